// The bridge to Cytoscape.js: draws what the server wrote (nodes with their places), and tells it what was pointed at. Which nodes there are,
// where they stand and every word comes from the server; the address holds the state.
window.dash_clientside = window.dash_clientside || {};

(function () {
  const DEEP = "#12304a", FOCUS = "#1f6fd1", INK = "#1b2733";
  const STYLE = [
    { selector: "node", style: {
      width: "data(size)", height: "data(size)", shape: "ellipse", "background-opacity": 0, "background-image": "data(icon)", "background-fit": "contain",
      "background-clip": "none", "bounds-expansion": 4, label: "data(label)", "font-size": 11, "font-family": "system-ui, sans-serif", color: INK,
      "text-valign": "bottom", "text-margin-y": 3, "text-wrap": "ellipsis", "text-max-width": 94, "min-zoomed-font-size": 7,
      "text-background-color": "#fff", "text-background-opacity": 0.82, "text-background-padding": 1,
    } },
    { selector: "node[?item]", style: { shape: "round-rectangle", color: "#52637a", "font-size": 10 } },
    { selector: "node[?seed]", style: { "underlay-color": DEEP, "underlay-opacity": 0.16, "underlay-padding": 5, "underlay-shape": "ellipse" } },
    { selector: "node[?hub]", style: { "border-width": 2, "border-style": "dashed", "border-color": "#44566a", "background-width": "70%", "background-height": "70%" } },
    { selector: "node[?opens][!item]", style: { "border-width": 2, "border-style": "dotted", "border-color": "#7d8fa1", "background-width": "84%", "background-height": "84%" } },
    { selector: "edge", style: { width: "data(width)", "line-color": "#a9b8c6", "curve-style": "straight", opacity: 0.9 } },
    { selector: "edge.near", style: { "line-color": FOCUS, width: 2.5, label: "data(label)", "font-size": 10, "text-rotation": "autorotate", color: "#174a75",
      "text-background-color": "#fff", "text-background-opacity": 0.9, "text-background-padding": 1, "min-zoomed-font-size": 8 } },
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
  }

  function pick(id) {
    mark(id);
    window.dash_clientside.set_props("network-picked", { data: id });
  }

  function expand(node) {
    if (!node.data("opens")) return;
    const search = new URLSearchParams(window.location.search);
    const ids = (search.get("expand") || "").split(",").filter(Boolean);
    if (!ids.includes(node.id())) search.set("expand", [...ids, node.id()].join(","));
    window.dash_clientside.set_props("url", { search: "?" + search });
  }

  function make(canvas) {
    cy = new Network({ container: canvas, style: STYLE, minZoom: 0.15, maxZoom: 3, boxSelectionEnabled: false, autounselectify: true });
    canvas._sandanNetwork = cy;
    cy.on("tap", (event) => pick(event.target === cy ? null : event.target.isNode() ? event.target.id() : null));
    cy.on("dbltap", "node", (event) => expand(event.target));
    cy.on("mouseover", "node", () => (canvas.style.cursor = "pointer"));
    cy.on("mouseout", "node", () => (canvas.style.cursor = ""));
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
  });

  window.dash_clientside.network = {
    draw(data) {
      if (!data) return;
      wanted = data;
      whenLoaded(() => show(data));
    },
  };
})();
