// Cells of the tables. They only draw what the server wrote; every word comes in the row.
var dagcomponentfuncs = (window.dashAgGridComponentFunctions = window.dashAgGridComponentFunctions || {});

(function () {
  const el = (...args) => window.React.createElement(...args);
  const span = (className, ...children) => el("span", { className }, ...children);

  const link = (path, search, words) => {
    const onClick = (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      event.stopPropagation();
      window.sandanOpen(path, search);
    };
    return el("a", { href: path + (search === undefined ? window.location.search : search), onClick, tabIndex: -1 }, words);
  };

  dagcomponentfuncs.SandanGrade = function (props) {
    const grade = props.value;
    if (!grade) return null;
    return span("badge grade-" + grade.key, el("span", { className: "glyph", "aria-hidden": "true" }, grade.glyph), grade.word);
  };

  dagcomponentfuncs.SandanScore = function (props) {
    if (props.value === undefined) return null;
    const width = 100 * parseFloat(props.value) + "%";
    const bar = el("span", { className: "bar", "aria-hidden": "true" }, el("span", { style: { width } }));
    return span("score " + "score-" + props.data.grade.key, props.value, bar);
  };

  dagcomponentfuncs.SandanNumber = function (props) {
    if (!props.data) return null;
    // A real link, so that it opens in a new tab too; a plain click is the row's (dashAgGridFunctions.js).
    const seen = props.data.visited ? "two-lines visited" : "two-lines";
    return span(seen, link(props.data.path, props.data.search, props.value), span("under", props.data.under));
  };

  dagcomponentfuncs.SandanCluster = function (props) {
    const cluster = props.value;
    if (!cluster) return null;
    const under = cluster.folded ? link("/alerts", cluster.rows, cluster.folded) : cluster.under;
    return span("two-lines", link(cluster.path, cluster.search, cluster.name), span("under", under));
  };

  dagcomponentfuncs.SandanOperator = function (props) {
    return props.data ? link(props.data.path, props.data.search, props.value) : null;
  };

  dagcomponentfuncs.SandanTwoLines = function (props) {
    return props.data ? span("two-lines", span("", props.value), span("under", props.data[props.under])) : null;
  };

  dagcomponentfuncs.SandanChips = function (props) {
    const names = props.value || [];
    const shown = names.length > 2 ? names.slice(0, 1) : names; // a row holds two lines
    const chips = shown.map((name) => el("span", { className: "chip", key: name }, name));
    const rest = names.slice(shown.length);
    const more = rest.length ? el("span", { className: "chip", key: "+", title: rest.join(", ") }, "+" + rest.length) : null;
    return el("span", { className: "chips-cell", title: names.join(", ") }, ...chips, more);
  };

  dagcomponentfuncs.SandanReason = function (props) {
    if (!props.data) return null;
    return span("reason-cell", el("span", { className: "reason-text" }, props.value), props.data.more ? span("under", props.data.more) : null);
  };
})();
