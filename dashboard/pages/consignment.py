"""One consignment: why it was flagged, and its lists side by side with the contradictions marked."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from dash import dcc, html

from sandan.algorithms.read_models.consignment import ConsignmentView, full_key, view_consignment
from sandan.algorithms.scoring.evidence import MOST_BITS
from sandan.algorithms.scoring.waterfall import waterfall
from sandan.algorithms.vocabulary.labels import LISTS, label
from sandan.algorithms.vocabulary.registry import registry
from sandan.algorithms.wording.render import because
from sandan.dashboard.address import ALERTS, CONSIGNMENT, NETWORK, Address, Scene, consignment_key
from sandan.dashboard.components import work_panel
from sandan.dashboard.components.run_summary import beijing, run_of
from sandan.dashboard.components.side_by_side import Column, Line, LineCell, SideBySide, marks_of, side_by_side
from sandan.dashboard.components.waterfall_chart import chart_height, waterfall_figure
from sandan.dashboard.components.widgets import grade_badge, only_read_aloud
from sandan.dashboard.i18n import Language, text, word
from sandan.dashboard.page import Page
from sandan.dashboard.pictures.section import WORDS as PICTURE_WORDS
from sandan.dashboard.pictures.section import pictures_of, routes
from sandan.dashboard.serving.access import actor, services_of, user
from sandan.dashboard.theme import graph_config
from sandan.dashboard.views import money
from sandan.record.home import HomePaths
from sandan.record.settings import Settings

# So many columns of one list, and events of one list, are drawn: a browser does not draw an order of ten thousand payments.
_MOST_COLUMNS, _MOST_EVENTS = 20, 100


def page(settings: Settings, key: str, address: Address) -> html.Div:
    """The consignment that a key names, in the newest run.

    Raises:
        NothingScored: There is no run yet.
        UnknownId: Nothing has that key.
        InputError: The key is a bare number of several consignments.
    """
    results = run_of(settings, None)
    view = view_consignment(HomePaths(settings.home), results, key)
    language = address.language
    if user() is not None:
        services_of(settings).user_data.look(actor(), full_key(view.alert), run_id=results.run_id, grade=view.alert["grade"])
    back = dcc.Link(["← ", text("back", language)], href=address.to(ALERTS), className="back")
    ways = html.Div([back, html.Div(_ways(view, address), className="tools")], className="section-head")
    return html.Div(
        [
            ways,
            _head(view, language),
            *work_panel.panel(settings, view, results, address),
            _reasons(view, language),
            *_adding_up(view, language),
            *pictures_of(settings, view.alert["logistics_no"], address),
            _lists(view, language),
            html.Div([_history(view, language), *_cypher(view, language)], className="two-columns"),
        ],
        className="consignment",
    )


def _ways(view: ConsignmentView, address: Address) -> list[dcc.Link]:
    """To its network, and to its cluster where it is in one."""
    alert, language = view.alert, address.language
    scenes = [(text("see_network", language), Scene(key=full_key(alert)))]
    if alert["cluster_id"]:
        scenes.append((text("see_cluster", language, cluster=alert["cluster_id"]), Scene(cluster=alert["cluster_id"])))
    return [dcc.Link(words, href=address.drawing(scene).to(NETWORK), className="button quiet") for words, scene in scenes]


def _head(view: ConsignmentView, language: Language) -> html.Div:
    alert = view.alert
    number = (
        text("order_title", language, no=alert["order_no"])
        if alert["order_no"]
        else text("parcel_title", language, no=alert["logistics_no"])
    )
    facts = [
        (text("declared_value", language), f"{money(alert['declared_cny'])} CNY" if alert["declared_cny"] is not None else "–"),
        (text("flow", language), word("flow", alert["flow"], language)),
        (text("status", language), word("status", alert["status"], language)),
        (text("customs_office", language), alert["customs_code"] or "–"),
        (text("known_since", language), beijing(alert["known_at"]) if alert["known_at"] else "–"),
        (text("key", language), full_key(alert)),
    ]
    score = html.Span(text("score_is", language, score=f"{alert['score']:.2f}"), className="score-text")
    title = html.Div(
        [html.H1(number, id="page-title", tabIndex="-1"), grade_badge(alert["grade"], language), score], className="consignment-title"
    )
    return html.Div(
        [title, html.Dl([html.Div([html.Dt(name), html.Dd(value)]) for name, value in facts])], className=f"card head head-{alert['grade']}"
    )


def _reasons(view: ConsignmentView, language: Language) -> html.Section:
    title = html.H2(text("reasons", language))
    if not view.findings:
        return html.Section([title, html.P(text("reasons_none", language))], className="card")
    items = [_reason(number, finding, language) for number, finding in enumerate(view.findings, 1)]
    hint = html.Span(text("reasons_hint", language), className="hint")
    return html.Section([html.Div([title, hint], className="section-head"), html.Ol(items, className="reasons")], className="card")


def _reason(number: int, finding: Any, language: Language) -> html.Li:
    bits = float(finding["bits"])
    width = min(max(bits, 0.0) / MOST_BITS, 1.0)
    bar = html.Span(html.Span(style={"width": f"{width:.0%}"}), className="bar", **{"aria-hidden": "true"})
    strength = html.Span([bar, text("strength", language, bits=f"{bits:+.1f}")], className="strength")
    sentence = html.Span(because(finding, language), className="because")
    parts = [
        html.Span(str(number), className="number"),
        html.Span(registry().label(finding["typology"], language), className="chip"),
        sentence,
        strength,
    ]
    return html.Li(parts, tabIndex="0", **{"data-marks": " ".join(marks_of(finding))})


def _adding_up(view: ConsignmentView, language: Language) -> list[html.Section]:
    """The waterfall of the evidence; none where nothing was found."""
    made = waterfall(view.findings, float(view.alert["score"]))
    if not made.steps:
        return []
    height = chart_height(made)
    graph = dcc.Graph(config=graph_config(language), figure=waterfall_figure(made, language), style={"height": f"{height}px"})
    steps = ", ".join(f"{registry().label(step.finding['typology'], language)} {step.bits:+.1f}" for step in made.steps)
    words = text("waterfall_label", language, start=f"{made.start:.1f}", end=f"{made.end:.1f}", steps=steps, rest=f"{made.rest:+.1f}")
    head = [html.H2(text("waterfall", language)), html.Span(text("waterfall_hint", language), className="hint")]
    shown = html.Div(graph, role="img", **{"aria-label": words})
    return [html.Section([html.Div(head, className="section-head"), shown], className="card chart")]


def _few(kinds: Sequence[str], most: int) -> list[int]:
    """Places of the first `most` of each kind, in their order."""
    so_far, places = Counter[str](), []
    for place, kind in enumerate(kinds):
        so_far[kind] += 1
        if so_far[kind] <= most:
            places.append(place)
    return places


def _left_out(n: int, language: Language) -> list[html.P]:
    return [html.P(text("left_out", language, n=f"{n:,}"), className="hint")] if n else []


def _lists(view: ConsignmentView, language: Language) -> html.Section:
    few = tuple(view.lists[place] for place in _few([item.kind for item in view.lists], _MOST_COLUMNS))
    return _table(side_by_side(replace(view, lists=few), language), len(view.lists) - len(few), language)


def _table(table: SideBySide, n_left_out: int, language: Language) -> html.Section:
    head = html.Tr([html.Th(text("field", language), scope="col"), *(_column(column, language) for column in table.columns)])
    bodies = []
    for name, lines in table.groups:
        group = html.Tr(html.Th(name, colSpan=len(table.columns) + 1, scope="rowgroup"), className="group")
        bodies.append(html.Tbody([group, *(_line(line, table.columns, language) for line in lines)]))
    caption = html.Caption(text("side_caption", language))
    shown = html.Div(
        html.Table([caption, html.Thead(head), *bodies], className="lists"),
        className="table-frame",
        tabIndex="0",
        role="region",
        **{"aria-label": text("side_by_side", language)},
    )
    return html.Section([html.H2(text("side_by_side", language)), shown, *_left_out(n_left_out, language)], className="card")


def _column(column: Column, language: Language) -> html.Th:
    why = [html.Span(text(f"{column.state}_why", language), className="why")] if column.state != "received" else []
    state = html.Span(text(column.state, language), className=f"state state-{column.state}")
    name = [html.Span(column.title, className="list-name"), state]
    return html.Th(
        [html.Div(name, className="list-head"), *_pointers(column.reasons, language), *why],
        scope="col",
        className=f"list-{column.state}",
        **{"data-ref": column.kind},
    )


def _line(line: Line, columns: tuple[Column, ...], language: Language) -> html.Tr:
    cells = [_cell(cell, column, language) for cell, column in zip(line.cells, columns, strict=True)]
    return html.Tr([html.Th(line.title, scope="row"), *cells])


def _cell(cell: LineCell, column: Column, language: Language) -> html.Td:
    if column.state != "received":
        return html.Td(only_read_aloud(text(column.state, language)), className=f"list-{column.state}", **{"data-ref": cell.ref})
    if not cell.text:
        return html.Td(html.Span(["–", only_read_aloud(text("not_named", language))], className="nothing"))
    shown = html.Span(cell.text, className="fact")
    if not cell.reasons:
        return html.Td(shown, **{"data-ref": cell.ref})
    aloud = text("contradicts", language, numbers=", ".join(map(str, cell.reasons)))
    return html.Td(
        [*_pointers(cell.reasons, language), shown], className="marked", **{"data-ref": cell.ref, "aria-label": f"{cell.text} – {aloud}"}
    )


def _pointers(reasons: tuple[int, ...], language: Language) -> list[html.Span]:
    """The sign of a contradiction and the numbers of its reasons."""
    if not reasons:
        return []
    words = text("contradicts", language, numbers=", ".join(map(str, reasons)))
    return [
        html.Span(
            ["⚠ ", *(html.Span(str(n), className="number") for n in reasons)],
            className="pointers",
            title=words,
            role="img",
            **{"aria-label": words},
        )
    ]


def _history(view: ConsignmentView, language: Language) -> html.Section:
    names = [text("time", language), text("list", language), text("change", language)]
    # The newest of each list, oldest first.
    newest = _few([kind for _, kind, _ in reversed(view.history)], _MOST_EVENTS)
    events = [view.history[-1 - place] for place in reversed(newest)]
    rows = [
        html.Tr([html.Td(at), html.Td(label(LISTS, kind, language)), html.Td(word("change", change, language))])
        for at, kind, change in events
    ]
    table = html.Table([html.Thead(html.Tr([html.Th(name, scope="col") for name in names])), html.Tbody(rows)], className="plain")
    left_out = _left_out(len(view.history) - len(events), language)
    return html.Section([html.H2(text("history", language)), table, *left_out], className="card")


def _cypher(view: ConsignmentView, language: Language) -> list[html.Section]:
    """One statement a block, each with its own button: what is copied runs as it is."""
    queries = list(dict.fromkeys(finding["cypher"] for finding in view.findings if finding["cypher"]))
    if not queries:
        return []
    blocks = []
    for place, query in enumerate(queries):
        name = f"cypher-{place}"
        copy = html.Button(
            text("copy", language),
            type="button",
            className="button quiet",
            **{"data-copy": name, "data-copied": text("copied", language)},
        )
        blocks.append(html.Div([html.Pre(query, id=name, className="code", tabIndex="0"), copy], className="statement"))
    hint = html.P(text("cypher_hint", language).replace("`", ""), className="hint")
    return [html.Section([html.H2(text("cypher", language)), *blocks, hint], className="card")]


PAGE = Page(
    CONSIGNMENT,
    "consignment",
    lambda settings, path, address: page(settings, consignment_key(path), address),
    section=lambda _address: ALERTS,
    register=work_panel.register,
    audited=False,
    actions=work_panel.ACTIONS,
    forms=work_panel.FORMS,
    routes=routes,
    words={
        **PICTURE_WORDS,
        "left_out": ("{n} more are not drawn here; sandan explain shows all.", "另有 {n} 项未在此显示；sandan explain 可列出全部。"),
    },
)
