// Events of the tables: a click or Enter on a row opens what the row is about. Named by `eventListeners` in the pages.
var dagfuncs = (window.dashAgGridFunctions = window.dashAgGridFunctions || {});

window.sandanOpen = function (path, search) {
  window.dash_clientside.set_props("url", { pathname: path, search: search === undefined ? window.location.search : search });
};

dagfuncs.sandanRowClicked = function (params) {
  const event = params.event;
  const meant = event && (event.ctrlKey || event.metaKey || event.shiftKey || event.defaultPrevented);
  const selecting = String(window.getSelection()).length > 0; // marking text to copy is not a click
  const choosing = event && event.target instanceof Element && event.target.closest("[col-id=ag-Grid-SelectionColumn]");
  if (!params.data || !params.data.path || meant || selecting || choosing) return;
  window.sandanLeaveQueue(params.api);
  window.sandanOpen(params.data.path, params.data.search);
};

// Where the queue stood is kept for the way back, by its address, in this browser window only: the number of a row, nothing of a person's.
window.sandanQueuePlace = function () {
  const search = new URLSearchParams(window.location.search);
  search.delete("lang"); // the same rows in every language
  search.sort();
  return "queue?" + search;
};

window.sandanLeaveQueue = function (api) {
  const first = api.getFirstDisplayedRowIndex ? api.getFirstDisplayedRowIndex() : 0;
  window.sessionStorage.setItem(window.sandanQueuePlace(), String(Math.max(first, 0)));
};

dagfuncs.sandanQueueShown = function (params) {
  const first = parseInt(window.sessionStorage.getItem(window.sandanQueuePlace()) || "0", 10);
  if (first > 0 && first < params.api.getDisplayedRowCount()) params.api.ensureIndexVisible(first, "top");
};

// The order stands in the address; the table has already asked for the rows in it.
dagfuncs.sandanSorted = function (params) {
  const by = params.api.getColumnState().find((column) => column.sort);
  const search = new URLSearchParams(window.location.search);
  const wanted = by ? by.colId + ":" + by.sort : "";
  if ((search.get("sort") || "") === wanted) return;
  if (wanted) search.set("sort", wanted);
  else search.delete("sort");
  const grid = document.getElementById("queue-grid");
  if (grid) grid.dataset.search = "?" + search;
  window.dash_clientside.set_props("queue-url", { search: "?" + search });
};

dagfuncs.sandanCellKeyDown = function (params) {
  if (params.event.key !== "Enter" || !params.data) return;
  if (params.column.getColId() === "ag-Grid-SelectionColumn") return;
  const cluster = params.column.getColId() === "cluster" && params.data.cluster;
  if (params.data.reason !== undefined) window.sandanLeaveQueue(params.api);
  if (cluster) window.sandanOpen(cluster.path, cluster.search);
  else if (params.data.path) window.sandanOpen(params.data.path, params.data.search);
};

