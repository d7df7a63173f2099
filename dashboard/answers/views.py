"""The three views of an answer, and where it is kept while somebody looks at it."""

import secrets
import threading
from collections import Counter, OrderedDict
from collections.abc import Sequence
from typing import Annotated, Any

import dash
import dash_ag_grid as dag
import dash_cytoscape
import dash_mantine_components as dmc
from dash import Input, Output, State, dcc, html
from pydantic import StringConstraints

from sandan.algorithms.read_models.network.answered import answered
from sandan.algorithms.read_models.network.neighbourhood import MOST_NODES, Network, network_of
from sandan.dashboard.address import NETWORK, Address, Scene
from sandan.dashboard.answers.chart import BARS, LINE, Columns, chart, columns_of
from sandan.dashboard.components.drawing import positions
from sandan.dashboard.components.run_summary import run_of
from sandan.dashboard.components.widgets import plain_table
from sandan.dashboard.i18n import Language, text, word
from sandan.dashboard.network.network_view import atlas_of, icon_of, name_of
from sandan.dashboard.serving.access import user
from sandan.dashboard.theme import INK, graph_config, grid_options
from sandan.graph.store.base import QueryResult
from sandan.record.errors import NothingScored, StoreError
from sandan.record.settings import Settings

KEPT, LABELS, NUMBERS, KIND, CHART, CANVAS = (
    "answer-kept", "answer-labels", "answer-numbers", "answer-kind", "answer-chart", "answer-canvas",
)  # fmt: skip
_Place = Annotated[str, StringConstraints(max_length=5, pattern=r"^\d*$")]
FORMS: dict[tuple[str, str], Any] = {
    (KEPT, "data"): Annotated[str, StringConstraints(max_length=64)],
    (LABELS, "value"): _Place,
    (NUMBERS, "value"): _Place,
    (KIND, "value"): Annotated[str, StringConstraints(max_length=10)],
}
WORDS = {
    "answer_table": ("Table", "表格"),
    "answer_network": ("Network", "关系图"),
    "answer_chart": ("Chart", "图表"),
    "answer_views": ("How the answer is shown", "结果显示方式"),
    "answer_network_label": (
        "Picture of the answer's network. The table below it holds the same nodes.",
        "查询结果关系图。下方表格列出相同的节点。",
    ),
    "answer_no_nodes": (
        "The answer names no consignment or party of the graph. Let the query return nodes, paths or ids.",
        "结果中没有图中的单票或当事方。请让查询返回节点、路径或其编号。",
    ),
    "answer_first_nodes": (
        "Too many to draw: the first {n} of {total} nodes are shown. Ask for less, or open one in its own network.",
        "节点过多，仅画出 {total} 个中的前 {n} 个。请缩小查询范围，或打开单个节点的关系网络。",
    ),
    "answer_others": ("{n} nodes of kinds without a sign are not drawn.", "另有 {n} 个其他类型的节点未画出。"),
    "answer_drawn": ("{nodes} nodes, {ties} ties", "节点 {nodes} 个，联系 {ties} 条"),
    "answer_ties": ("Ties here", "图中联系数"),
    "answer_no_graph": ("There is no run whose graph could be drawn.", "没有可以绘图的批次。"),
    "answer_chart_labels": ("Labels", "标签列"),
    "answer_chart_numbers": ("Numbers", "数值列"),
    "answer_chart_kind": ("As", "形式"),
    "answer_chart_bars": ("Bars", "柱状图"),
    "answer_chart_line": ("Line over dates", "时间折线图"),
    "answer_chart_none": (
        "A chart takes a column of numbers and one of labels. Let the query return both.",
        "图表需要一个数值列和一个标签列，请让查询同时返回两者。",
    ),
    "answer_chart_no_rows": ("There are no rows, so there is nothing to draw.", "没有结果行，无可绘制内容。"),
    "answer_chart_without": ("{n} rows without a value are left out.", "未画出缺少数值的 {n} 行。"),
    "answer_chart_first": ("Too many for bars: the first {n} of {total} rows are shown.", "行数过多，仅画出 {total} 行中的前 {n} 行。"),
    "answer_chart_no_label": ("(none)", "（空）"),
    "answer_chart_label": ("{numbers} by {labels}; the table holds the same figures.", "按{labels}列示{numbers}，表格中有相同数据。"),
    "answer_chart_gone": ("The answer is not kept any more. Ask again.", "结果已不再保留，请重新查询。"),
}
# While somebody looks at an answer he may choose other columns for its chart: it is not asked again for that.
_MOST_KEPT, _LONGEST_NAME = 32, 16
_kept: OrderedDict[str, tuple[int, QueryResult]] = OrderedDict()
_lock = threading.Lock()


def views(settings: Settings, result: QueryResult, address: Address) -> list[Any]:
    """An answer as table, network and chart."""
    language, n = address.language, len(result.rows)
    said = text("query_first" if result.truncated else "query_n", language, n=f"{n:,}")
    panels = {
        "table": ("answer_table", [_table(result, language)]),
        "network": ("answer_network", _network(settings, result, address)),
        "chart": ("answer_chart", _chart(result, language)),
    }
    tabs = [dmc.TabsTab(text(name, language), value=key) for key, (name, _) in panels.items()]
    shown = [dmc.TabsPanel(parts, value=key, keepMounted=False, className="answer-panel") for key, (_, parts) in panels.items()]
    made = dmc.Tabs([dmc.TabsList(tabs, **{"aria-label": text("answer_views", language)}), *shown], value="table", keepMounted=False)
    return [html.P(said, role="status", className="hint"), made]


def register(app: dash.Dash, settings: Settings) -> None:
    """Register the choice of the chart's columns."""

    def draw(labels: str | None, numbers: str | None, kind: str | None, token: str | None, search: str | None) -> list[Any]:
        language, result = Address.parse(search, settings.language).language, _take(token or "")
        if result is None:
            return [html.P(text("answer_chart_gone", language), className="hint")]
        return drawn(result, labels or "", numbers or "", kind or BARS, language)

    app.callback(
        Output(CHART, "children"), Input(LABELS, "value"), Input(NUMBERS, "value"), Input(KIND, "value"), State(KEPT, "data"),
        State("url", "search"), prevent_initial_call=True,
    )(draw)  # fmt: skip


def drawn(result: QueryResult, labels: str, numbers: str, kind: str, language: Language) -> list[Any]:
    """The chart over two columns; over those that one begins with where it can not take these."""
    columns = columns_of(result)
    if not result.rows or columns.default is None:
        return [html.P(text("answer_chart_none" if result.rows else "answer_chart_no_rows", language), className="hint")]
    label, number = (int(place) if place else -1 for place in (labels, numbers))
    if label not in columns.labels or number not in columns.numbers or label == number:
        label, number = columns.default
    figure, notes = chart(result, label, number, LINE if kind == LINE and label in columns.dates else BARS, language)
    words = text("answer_chart_label", language, labels=result.columns[label], numbers=result.columns[number])
    graph = dcc.Graph(figure=figure, config=graph_config(language))
    return [*(html.P(note, className="hint") for note in notes), html.Div(graph, role="img", **{"aria-label": words})]


def _table(result: QueryResult, language: Language) -> html.Div:
    columns = [{"field": f"c{i}", "headerName": name, "sortable": True} for i, name in enumerate(result.columns)]
    rows = [{f"c{i}": value if isinstance(value, int | float) else _cell(value) for i, value in enumerate(row)} for row in result.rows]
    grid = dag.AgGrid(
        columnDefs=columns, rowData=rows, columnSize="responsiveSizeToFit", className="grid",
        defaultColDef={"resizable": True, "cellDataType": False, "tooltipValueGetter": None},
        dashGridOptions=grid_options(text("loading", language), text("query_no_rows", language), language),
        style={"height": "460px"},
    )  # fmt: skip
    return html.Div(grid, role="region", **{"aria-label": text("query_result", language)})


def _cell(value: object) -> str:
    """A value as a text: a node as its label and id, a path as its nodes."""
    if value is None:
        return ""
    if isinstance(value, dict) and "_nodes" in value:
        return " → ".join(_cell(node) for node in value["_nodes"])
    if isinstance(value, dict) and "_label" in value:
        return f"{value['_label']} {value.get('id', '')}".strip()
    return ", ".join(_cell(one) for one in value) if isinstance(value, list) else str(value)


def _network(settings: Settings, result: QueryResult, address: Address) -> list[Any]:
    language = address.language
    try:
        atlas = atlas_of(settings, run_of(settings, None))
    except (NothingScored, StoreError):
        return [html.P(text("answer_no_graph", language), className="hint")]
    found = answered(atlas, result)
    if not found.nodes:
        return [html.P(text("answer_no_nodes", language), className="hint")]
    network, total = network_of(atlas, found.nodes[:MOST_NODES]), len(found.nodes)
    notes = [text("answer_drawn", language, nodes=len(network.nodes), ties=len(network.edges))]
    if total > MOST_NODES:
        notes.append(text("answer_first_nodes", language, n=MOST_NODES, total=f"{total:,}"))
    if found.n_others:
        notes.append(text("answer_others", language, n=f"{found.n_others:,}"))
    canvas = html.Div(_picture(network, language), className="canvas", role="img", **{"aria-label": text("answer_network_label", language)})
    return [*(html.P(note, className="hint") for note in notes), canvas, _nodes(network, address)]


def _picture(network: Network, language: Language) -> dash_cytoscape.Cytoscape:
    at = positions(network.nodes, network.edges)
    nodes = []
    for node in network.nodes:
        short, (x, y) = node.label if len(node.label) <= _LONGEST_NAME else f"…{node.label[-6:]}", at[node.id]
        data = {"id": node.id, "label": short, "icon": f"/assets/icons/{icon_of(node)}.svg"}
        nodes.append({"data": data, "position": {"x": x, "y": y}})
    ties = [{"data": {"source": edge.source, "target": edge.target}} for edge in network.edges]
    look = {"width": 34, "height": 34, "background-opacity": 0, "background-image": "data(icon)", "background-fit": "contain"}
    words = {"label": "data(label)", "font-size": 11, "text-valign": "bottom", "color": INK}
    style = [
        {"selector": "node", "style": {**look, **words}},
        {"selector": "edge", "style": {"line-color": "#a9b8c6", "curve-style": "straight"}},
    ]
    return dash_cytoscape.Cytoscape(
        id=CANVAS, elements=[*nodes, *ties], layout={"name": "preset", "fit": True, "padding": 30}, stylesheet=style,
        style={"width": "100%", "height": "100%"}, responsive=False, minZoom=0.15, maxZoom=3,
    )  # fmt: skip


def _nodes(network: Network, address: Address) -> html.Div:
    language, n = address.language, Counter(end for edge in network.edges for end in (edge.source, edge.target))
    rows = []
    for node in network.nodes:
        way = dcc.Link(text("network_here", language), href=address.drawing(Scene(key=node.key)).to(NETWORK)) if node.is_item else ""
        rows.append((word("node", node.kind, language), name_of(node, language), str(n[node.id]), way))
    names = [text("node_kind", language), text("node", language), text("answer_ties", language), text("network_title", language)]
    table = plain_table(names, rows, numbers={2})
    return html.Div(table, className="scroll", tabIndex="0", role="region", **{"aria-label": text("nodes", language)})


def _chart(result: QueryResult, language: Language) -> list[Any]:
    columns = columns_of(result)
    if columns.default is None or not result.rows:
        return drawn(result, "", "", BARS, language)
    label, number = columns.default
    kind = LINE if label in columns.dates else BARS
    choices = [
        _select(LABELS, "answer_chart_labels", columns.labels, label, result, language),
        _select(NUMBERS, "answer_chart_numbers", columns.numbers, number, result, language),
        *_kinds(columns, kind, language),
    ]
    shown = html.Div(drawn(result, str(label), str(number), kind, language), id=CHART)
    return [dcc.Store(id=KEPT, data=_keep(result)), html.Div(choices, className="work-controls"), shown]


def _select(name: str, words: str, places: Sequence[int], chosen: int, result: QueryResult, language: Language) -> dmc.Select:
    choices = [{"value": str(place), "label": result.columns[place]} for place in places]
    return dmc.Select(id=name, label=text(words, language), data=choices, value=str(chosen), allowDeselect=False, w=200, size="xs")


def _kinds(columns: Columns, kind: str, language: Language) -> list[dmc.Select]:
    names = {BARS: "answer_chart_bars", **({LINE: "answer_chart_line"} if columns.dates else {})}
    choices = [{"value": one, "label": text(name, language)} for one, name in names.items()]
    return [dmc.Select(id=KIND, label=text("answer_chart_kind", language), data=choices, value=kind, allowDeselect=False, w=170, size="xs")]


def _keep(result: QueryResult) -> str:
    """Keep an answer for whoever asked; return by what it is found again."""
    me, token = user(), secrets.token_urlsafe(18)
    with _lock:
        _kept[token] = (me.user_id if me else 0, result)
        while len(_kept) > _MOST_KEPT:
            _kept.popitem(last=False)
    return token


def _take(token: str) -> QueryResult | None:
    """An answer that is kept; None where it is not, or is somebody else's."""
    me = user()
    with _lock:
        whose, result = _kept.get(token, (-1, None))
    return result if result is not None and whose == (me.user_id if me else 0) else None
