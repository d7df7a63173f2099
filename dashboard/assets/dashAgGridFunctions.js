// Events of the tables: a click or Enter on a row opens what the row is about. Named by `eventListeners` in the pages.
var dagfuncs = (window.dashAgGridFunctions = window.dashAgGridFunctions || {});

window.sandanOpen = function (path, search) {
  window.dash_clientside.set_props("url", { pathname: path, search: search === undefined ? window.location.search : search });
};

dagfuncs.sandanRowClicked = function (params) {
  const event = params.event;
  const meant = event && (event.ctrlKey || event.metaKey || event.shiftKey || event.defaultPrevented);
  const selecting = String(window.getSelection()).length > 0; // marking text to copy is not a click
  if (params.data && params.data.path && !meant && !selecting) window.sandanOpen(params.data.path, params.data.search);
};

dagfuncs.sandanCellKeyDown = function (params) {
  if (params.event.key !== "Enter" || !params.data) return;
  const cluster = params.column.getColId() === "cluster" && params.data.cluster;
  if (cluster) window.sandanOpen(cluster.path, cluster.search);
  else if (params.data.path) window.sandanOpen(params.data.path, params.data.search);
  else if (params.data.operator) window.sandanOpen("/alerts", window.sandanOperatorSearch(params.data.operator));
};

window.sandanOperatorSearch = function (code) {
  const language = new URLSearchParams(window.location.search).get("lang");
  return "?" + new URLSearchParams({ grade: "all", operator: code, ...(language ? { lang: language } : {}) });
};
