// The bridge to Cytoscape.js: draws what the server wrote (nodes with their places), and tells it what was pointed at. Which nodes there are,
// where they stand and every word comes from the server; the address holds the state.
window.dash_clientside = window.dash_clientside || {};

(function () {
  const DEEP = "#12304a", FOCUS = "#1f6fd1", INK = "#1b2733", WAY = "#b07d00";
  const LETTERS = 11, MOST_STEPS = 100; // pixels on the screen, at any zoom; steps that can be undone
  const STYLE = [
    { selector: "node", style: {
      width: "data(size)", height: "data(size)", shape: "ellipse", "background-opacity": 0, "background-image": "data(icon)", "background-fit": "contain",
      "background-clip": "none", "bounds-expansion": 4, label: "data(label)", "font-size": 11, "font-family": "system-ui, sans-serif", color: INK,
      "text-valign": "bottom", "text-margin-y": 3, "text-wrap": "ellipsis", "text-max-width": 94,
      "text-background-color": "#fff", "text-background-opacity": 0.82, "text-background-padding": 1,
    } },
    { selector: "node[?item]", style: { shape: "round-rectangle", color: "#52637a", "font-size": 10 } },
    { selector: "node[?seed]", style: { "underlay-color": DEEP, "underlay-opacity": 0.16, "underlay-padding": 5, "underlay-shape": "ellipse" } },
    { selector: "node[?hub]", style: { "border-width": 2, "border-style": "dashed", "border-color": "#44566a", "background-width": "70%", "background-height": "70%" } },
    { selector: "node[?opens][!item]", style: { "border-width": 2, "border-style": "dotted", "border-color": "#7d8fa1", "background-width": "84%", "background-height": "84%" } },
    { selector: "edge", style: { width: "data(width)", "line-color": "#a9b8c6", "curve-style": "straight", opacity: 0.9 } },
    { selector: "node[?pinned]", style: { "border-width": 2, "border-style": "solid", "border-color": DEEP, "background-width": "84%", "background-height": "84%" } },
    { selector: "edge[?way]", style: { "line-color": WAY, width: 5, opacity: 1 } },
    { selector: "node[?way]", style: { "underlay-color": WAY, "underlay-opacity": 0.35, "underlay-padding": 6, "underlay-shape": "ellipse" } },
    { selector: "edge.near", style: { "line-color": FOCUS, width: 2.5 } },
    // Words on a tie only while it, or a node of it, is pointed at: on all of them at once nobody could read any.
    { selector: "edge.told", style: { "line-color": FOCUS, width: 3, label: "data(label)", "text-rotation": "autorotate", color: "#174a75",
      "text-background-color": "#fff", "text-background-opacity": 0.9, "text-background-padding": 1, "z-index": 9 } },
    { selector: "node.quiet", style: { "text-opacity": 0, "text-background-opacity": 0 } },
    { selector: ".far", style: { opacity: 0.18 } },
    { selector: "node.chosen", style: { "overlay-color": FOCUS, "overlay-opacity": 0.22, "overlay-padding": 6, "text-wrap": "none", label: "data(name)", "z-index": 10 } },
  ];
  let cy = null, Network = null, wanted = null;
  const still = () => window.matchMedia("(prefers-reduced-motion: reduce)").matches;

  // Cytoscape.js comes with the package dash-cytoscape, whose component keeps the class of networks to itself: it is read off the empty
  // instance that the component registers in its container. What is drawn is an instance of our own, because the component writes every
  // change of its instance back into its properties, and applies a property that came late over what is drawn.
  // Cytoscape.js warns on the console of any sensitivity of the wheel that it is given, and the component gives it its own default.
  delete window.dash_cytoscape.Cytoscape.defaultProps.wheelSensitivity;
  function whenLoaded(go) {
    const container = document.getElementById("network-library");
    const registered = container && container._cyreg && container._cyreg.cy;
    if (registered) Network = registered.constructor;
    if (Network) go();
    else if (document.getElementById("network-canvas")) window.requestAnimationFrame(() => whenLoaded(go)); // the component mounts in this page
  }

  function mark(id) {
    if (!cy) return;
    cy.batch(() => {
      cy.elements().removeClass("near far chosen");
      const node = id ? cy.getElementById(id) : cy.collection();
      if (!node.length) return;
      cy.elements().not(node.closedNeighborhood()).addClass("far");
      node.connectedEdges().addClass("near");
      node.addClass("chosen");
    });
    writeSoon();
  }

  function pick(id) {
    mark(id);
    window.dash_clientside.set_props("network-picked", { data: id });
  }

  // Words have one size on the screen, however near the picture is; where two would lie on each other, the less important one waits.
  const width = (words) => [...words].reduce((sum, c) => sum + (c.charCodeAt(0) > 0x2e7f ? LETTERS : LETTERS * 0.58), 0);
  function write() {
    if (!cy || cy.destroyed()) return;
    const zoom = cy.zoom(), taken = [];
    const rank = (node) => (node.hasClass("chosen") ? 8 : 0) + (node.data("way") ? 4 : 0) + (node.data("seed") || node.data("pinned") ? 2 : 0) + (node.data("item") ? 0 : 1);
    cy.batch(() => {
      cy.elements().style({ "font-size": LETTERS / zoom });
      cy.nodes().style({ "text-max-width": 94 / zoom, "text-margin-y": 3 / zoom });
      cy.nodes().sort((a, b) => rank(b) - rank(a) || b.degree() - a.degree()).forEach((node) => {
        const at = node.renderedPosition(), words = node.hasClass("chosen") ? node.data("name") : node.data("label");
        const half = Math.min(width(words), node.hasClass("chosen") ? 1e4 : 94) / 2 + 2, top = at.y + node.renderedHeight() / 2 + 3;
        const box = [at.x - half, top, at.x + half, top + LETTERS + 4];
        const free = node.hasClass("chosen") || !taken.some((b) => box[0] < b[2] && b[0] < box[2] && box[1] < b[3] && b[1] < box[3]);
        node.toggleClass("quiet", !free);
        if (free) taken.push(box);
      });
    });
    cy.container().dataset.letters = String(LETTERS);
  }
  let writing = 0;
  function writeSoon() {
    window.cancelAnimationFrame(writing);
    writing = window.requestAnimationFrame(write);
  }

  // Steps on one subject: what the address said after each. Undoing one is going to the address before it.
  let steps = [], step = -1, subject = null, names = [];
  const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);
  function note(data) {
    names = data.names;
    if (data.subject !== subject) {
      [steps, step, subject] = [[data.step], 0, data.subject];
    } else if (!same(data.step, steps[step])) {
      const there = [step - 1, step + 1].find((i) => same(data.step, steps[i]));
      if (there !== undefined) step = there;
      else {
        steps = [...steps.slice(0, step + 1), data.step].slice(-MOST_STEPS - 1);
        step = steps.length - 1;
      }
    }
    const undo = document.getElementById("network-undo"), redo = document.getElementById("network-redo");
    if (undo) undo.disabled = step <= 0;
    if (redo) redo.disabled = step >= steps.length - 1;
  }
  function go(parts) {
    const search = new URLSearchParams(window.location.search);
    names.forEach((name) => search.delete(name));
    Object.entries(parts).forEach(([name, value]) => search.set(name, value));
    window.dash_clientside.set_props("url", { search: "?" + search });
  }
  function back(by) {
    if (document.getElementById("network-canvas") && steps[step + by]) go(steps[step + by]);
  }

  // Ids in lists are written as the server writes them: without the signs that divide the list.
  const quoted = (id) => encodeURIComponent(id).replace(/%3A/g, ":").replace(/%2F/g, "/").replace(/%20/g, " ").replace(/[!'()*]/g, (c) => "%" + c.charCodeAt(0).toString(16).toUpperCase());

  function pin(node) {
    const search = new URLSearchParams(window.location.search), id = quoted(node.id()), at = node.position();
    const others = (search.get("pin") || "").split(",").filter((part) => part && !part.startsWith(id + "@"));
    search.set("pin", [...others, `${id}@${Math.round(at.x)}@${Math.round(at.y)}`].join(","));
    window.dash_clientside.set_props("url", { search: "?" + search });
  }

  function expand(node) {
    if (!node.data("opens")) return;
    const search = new URLSearchParams(window.location.search);
    const ids = (search.get("expand") || "").split(",").filter(Boolean);
    if (!ids.includes(quoted(node.id()))) search.set("expand", [...ids, quoted(node.id())].join(","));
    window.dash_clientside.set_props("url", { search: "?" + search });
  }

  function make(canvas) {
    cy = new Network({ container: canvas, style: STYLE, minZoom: 0.15, maxZoom: 3, boxSelectionEnabled: false, autounselectify: true });
    canvas._sandanNetwork = cy;
    cy.on("tap", (event) => pick(event.target === cy ? null : event.target.isNode() ? event.target.id() : null));
    cy.on("dbltap", "node", (event) => expand(event.target));
    cy.on("mouseover", "node", (event) => {
      canvas.style.cursor = "pointer";
      event.target.connectedEdges().addClass("told");
    });
    cy.on("mouseover", "edge", (event) => event.target.addClass("told"));
    const silence = () => {
      canvas.style.cursor = "";
      if (!cy.destroyed()) cy.edges(".told").removeClass("told");
    };
    cy.on("mouseout", "node, edge", silence);
    canvas.addEventListener("mouseleave", silence); // whoever leaves the picture from a node leaves that too
    cy.on("dragfree", "node", (event) => pin(event.target));
    cy.on("zoom pan position", writeSoon);
    new ResizeObserver(() => cy && cy.container() === canvas && cy.resize()).observe(canvas);
  }

  function fit() {
    if (!cy) return;
    cy.fit(cy.elements(), 28);
    if (cy.zoom() > 1.35) cy.zoom({ level: 1.35, renderedPosition: { x: cy.width() / 2, y: cy.height() / 2 } });
  }

  function show(data) {
    const canvas = document.getElementById("network-canvas");
    if (!canvas || data !== wanted) return;
    note(data);
    if (data.listed) {
      // As a list nothing is drawn; the picture is made when it is asked for.
      if (cy && !cy.destroyed()) cy.destroy();
      delete canvas.dataset.nodes;
      return;
    }
    const fresh = !cy || cy.destroyed() || cy.container() !== canvas || canvas.dataset.subject !== data.subject;
    if (!cy || cy.destroyed() || cy.container() !== canvas) {
      if (cy && !cy.destroyed()) cy.destroy();
      make(canvas);
    }
    canvas.dataset.subject = data.subject;
    const ids = new Set([...data.nodes, ...data.edges].map((part) => part.id));
    let chosen = null;
    cy.batch(() => {
      chosen = cy.nodes(".chosen").map((node) => node.id())[0] || null;
      cy.elements().filter((part) => !ids.has(part.id())).remove();
      data.nodes.forEach((part) => {
        const known = cy.getElementById(part.id);
        if (known.length) known.data(part);
        else {
          // New nodes grow out of a neighbour that is already there.
          const edge = data.edges.find((e) => (e.source === part.id && cy.getElementById(e.target).length) || (e.target === part.id && cy.getElementById(e.source).length));
          const from = !fresh && edge ? cy.getElementById(edge.source === part.id ? edge.target : edge.source).position() : { x: part.x, y: part.y };
          cy.add({ group: "nodes", data: part, position: { ...from } });
        }
      });
      data.edges.forEach((part) => (cy.getElementById(part.id).length ? cy.getElementById(part.id).data(part) : cy.add({ group: "edges", data: part })));
    });
    const places = { name: "preset", positions: (node) => ({ x: node.data("x"), y: node.data("y") }), fit: false };
    if (fresh || still()) {
      cy.layout(places).run();
      fit();
    } else {
      const layout = cy.layout({ ...places, animate: true, animationDuration: 350 });
      layout.one("layoutstop", fit);
      layout.run();
    }
    mark(chosen);
    canvas.dataset.nodes = String(cy.nodes().length);
  }

  document.addEventListener("click", (event) => {
    const target = event.target instanceof Element ? event.target : null;
    const button = target && target.closest("[data-pick]");
    if (button) pick(button.dataset.pick);
    if (target && target.closest("#network-fit")) fit();
    if (target && target.closest("#network-undo")) back(-1);
    if (target && target.closest("#network-redo")) back(1);
  });
  document.addEventListener("keydown", (event) => {
    const typed = event.target instanceof Element && event.target.closest("input, textarea, select, [contenteditable]");
    if (typed || !(event.ctrlKey || event.metaKey) || event.altKey || !document.getElementById("network-canvas")) return;
    const key = event.key.toLowerCase();
    if (key !== "z" && key !== "y") return;
    event.preventDefault();
    back(key === "y" || event.shiftKey ? 1 : -1);
  });

  // The picture as a file: what is drawn, and under it who took it out, when, of which run.
  async function save(given) {
    if (!cy || cy.destroyed() || !cy.nodes().length) return;
    const drawn = await window.createImageBitmap(await cy.png({ output: "blob-promise", bg: "#ffffff", full: true, scale: 2, maxWidth: 4000, maxHeight: 4000 }));
    const sheet = document.createElement("canvas"), room = 48;
    const paper = sheet.getContext("2d");
    paper.font = "20px system-ui, sans-serif";
    sheet.width = Math.max(drawn.width, Math.ceil(paper.measureText(given.caption).width)) + 2 * room;
    sheet.height = drawn.height + 3 * room;
    paper.fillStyle = "#ffffff";
    paper.fillRect(0, 0, sheet.width, sheet.height);
    paper.drawImage(drawn, room, room);
    paper.fillStyle = INK;
    paper.font = "20px system-ui, sans-serif"; // a canvas forgets it when its size changes
    paper.fillText(given.caption, room, sheet.height - room * 0.6);
    const link = document.createElement("a"), file = URL.createObjectURL(await new Promise((done) => sheet.toBlob(done, "image/png")));
    link.href = file;
    link.download = given.name;
    link.click();
    window.setTimeout(() => URL.revokeObjectURL(file), 10000);
  }

  window.dash_clientside.network = {
    draw(data) {
      if (!data) return;
      wanted = data;
      whenLoaded(() => show(data));
    },
    save(given) {
      if (given) save(given);
    },
  };
})();
