// What the browser does itself: language and title of the document, focus, refreshing the queue, marking facts, copying.
window.dash_clientside = window.dash_clientside || {};

// The address may be known before the table is there: without a note of it the first change would go unseen.
function remember(search, tries) {
  const grid = document.getElementById("queue-grid");
  if (grid) grid.dataset.search ??= search;
  else if (tries) window.setTimeout(() => remember(search, tries - 1), 50);
}

window.dash_clientside.sandan = {
  announce(page) {
    if (!page) return;
    const isFirst = document.body.dataset.page === undefined;
    document.documentElement.lang = page.lang;
    document.title = page.title;
    document.body.dataset.page = page.path;
    // After a change of page the reader begins at its heading; on the first page the browser's own start is right.
    if (!isFirst) window.requestAnimationFrame(() => document.getElementById("page-title")?.focus({ preventScroll: false }));
    if (!isFirst) window.scrollTo(0, 0);
  },
  refreshQueue(search) {
    if (search === undefined) return;
    const grid = document.getElementById("queue-grid");
    if (!grid) return remember(search, 200);
    const before = grid.dataset.search;
    grid.dataset.search = search;
    if (before === undefined || before === search) return; // a new table asks for its rows by itself
    const api = window.dash_ag_grid.getApi("queue-grid");
    if (!api) return;
    api.deselectAll();
    if (api.getDisplayedRowCount() > 0) api.ensureIndexVisible(0);
    api.purgeInfiniteCache();
  },
  pickRows(rows) {
    const keys = [...new Set((rows || []).map((row) => row.key))].slice(0, 200);
    const bar = document.getElementById("bulk-bar"), n = document.getElementById("bulk-n");
    if (bar) bar.hidden = keys.length === 0;
    if (n) n.textContent = n.dataset.words.replace("{n}", keys.length);
    return keys;
  },
  afterBulk(said) {
    const api = said && window.dash_ag_grid.getApi("queue-grid");
    if (!api || document.querySelector("#bulk-said > .refused:only-child")) return; // nothing was done: the choice stays
    api.deselectAll();
    api.refreshInfiniteCache();
  },
};

(function () {
  // A mark is a list (`order`), a field of a list (`order.buyer`) or a field of every list (`address`).
  const hits = (ref, mark) => ref === mark || ref.startsWith(mark + ".") || ref.endsWith("." + mark);

  function point(target) {
    const reason = target instanceof Element ? target.closest("[data-marks]") : null;
    const marks = reason ? reason.dataset.marks.split(" ").filter(Boolean) : [];
    document.querySelectorAll("[data-ref]").forEach((cell) => {
      cell.classList.toggle("pointed", marks.some((mark) => hits(cell.dataset.ref, mark)));
    });
  }
  document.addEventListener("mouseover", (event) => point(event.target));
  document.addEventListener("focusin", (event) => point(event.target));

  document.addEventListener("click", async (event) => {
    const button = event.target instanceof Element ? event.target.closest("[data-copy]") : null;
    if (!button) return;
    const source = document.getElementById(button.dataset.copy);
    try {
      await navigator.clipboard.writeText(source.textContent);
      button.textContent = button.dataset.copied;
    } catch {
      window.getSelection().selectAllChildren(source); // without permission to copy, at least it is selected
    }
  });
})();

// Keys of the officer's work: what they press stands on the page, so that a key does nothing that a click could not.
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  const at = event.target instanceof Element ? event.target : document.body;
  if (at.closest("input, textarea, select, [contenteditable], [role=combobox]")) return;
  const wanted = { n: "work-next", c: "work-claim", d: "work-reason" }[event.key];
  const found = wanted && document.getElementById(wanted);
  if (!found || found.hidden) return;
  event.preventDefault();
  if (event.key === "d") found.focus();
  else found.click();
});

// The component for files draws a field that it gives no name: whoever does not see the words around it would not know what it takes.
new MutationObserver(() => {
  document.querySelectorAll("[data-file-label] input[type=file]:not([aria-label])").forEach((field) => {
    field.setAttribute("aria-label", field.closest("[data-file-label]").dataset.fileLabel);
  });
}).observe(document.documentElement, { childList: true, subtree: true });
