"""The overview: what came in, what the newest run made of it, what changed since the run before, how far the officers are."""

from collections.abc import Mapping
from typing import Any

import dash
import dash_mantine_components as dmc
from dash import Input, Output, State, ctx, dcc, html, no_update

from sandan.algorithms.read_models.intake import ListIntake, intake_by_list
from sandan.algorithms.read_models.run_changes import RunChanges, changes_since
from sandan.algorithms.read_models.timeline import weekly
from sandan.algorithms.results.results import Results, kept_runs, open_results
from sandan.algorithms.vocabulary.registry import registry
from sandan.algorithms.wording.render import note
from sandan.dashboard.address import ALERTS, OVERVIEW, Address, Filters, consignment_path
from sandan.dashboard.alert_rows import count_typologies
from sandan.dashboard.components.run_summary import RunSummary, beijing, run_of, summarise
from sandan.dashboard.components.timeline_chart import HEIGHT, timeline_figure
from sandan.dashboard.components.typology_chart import typology_figure
from sandan.dashboard.components.widgets import grade_badge, page_title, plain_table, run_line
from sandan.dashboard.i18n import Language, text, word
from sandan.dashboard.page import Page
from sandan.dashboard.serving.access import services_of, user
from sandan.dashboard.theme import GLYPHS, GRADES, graph_config
from sandan.record.app.decisions import DECISIONS_IN_ORDER
from sandan.record.errors import DamagedFile, UnknownId
from sandan.record.home import HomePaths
from sandan.record.settings import Settings

URL, RUN, CHART, TIMELINE, BY = "overview-url", "overview-run", "overview-chart", "overview-timeline", "overview-by"
_MOST_SHOWN = 8
_BY = ("grade", "typology")


def page(settings: Settings, address: Address) -> html.Div:
    """The newest run at a glance.

    Raises:
        NothingScored: There is no run yet.
    """
    results, language = run_of(settings, None), address.language
    run, paths = summarise(results), HomePaths(settings.home)
    meta = run_line(run.as_of, run.run_id, language)
    chosen = Filters(grades=GRADES[:2])
    shown = typology_figure(count_typologies(results, chosen), "", language)
    typologies = _chart(CHART, shown, shown["layout"]["height"], "chart_label", language)
    by = dmc.SegmentedControl(
        id=BY, size="xs", value="grade", data=[{"value": one, "label": text(f"overview_by_{one}", language)} for one in _BY],
        **{"aria-label": text("overview_by", language)},
    )  # fmt: skip
    timeline = _chart(TIMELINE, timeline_figure(weekly(results, "grade"), "grade", language), HEIGHT, "overview_time_label", language)
    return html.Div(
        [
            dcc.Location(id=URL, refresh="callback-nav"),
            dcc.Store(id=RUN, data=run.run_id),
            page_title(text("overview", language), meta),
            html.Div([html.Div([_cards(run, address), _notes(run, language)], className="band-left"),
                      _section("overview_typologies", [typologies], language, hint="chart_hint_overview")], className="band"),
            _section("overview_time", [timeline], language, beside=by),
            html.Div([_changes(paths, results, address), _officers(settings, run, address)], className="two-columns"),
            _section("overview_intake", [_intake(paths, results, language)], language),
            _section("overview_model", [_model(results, language)], language),
        ],
        className="overview",
    )  # fmt: skip


def register(app: dash.Dash, settings: Settings) -> None:
    """Register the charts' callbacks."""

    def to_queue(click: dict[str, Any] | None, search: str | None) -> Any:
        points = (click or {}).get("points") or []
        typology = str(points[0].get("customdata") or "") if points else ""
        if typology not in registry():
            return no_update
        return Address.parse(search, settings.language).without_filters().having(typology=typology).to(ALERTS)

    def draw(by: str | None, run_id: str | None, search: str | None) -> Any:
        if ctx.triggered_id is None or by not in _BY:
            return no_update
        return timeline_figure(weekly(run_of(settings, run_id), by), by, Address.parse(search, settings.language).language)

    app.callback(Output(URL, "href"), Input(CHART, "clickData"), State("url", "search"), prevent_initial_call=True)(to_queue)
    app.callback(
        Output(TIMELINE, "figure"), Input(BY, "value"), State(RUN, "data"), State("url", "search"), prevent_initial_call=True,
    )(draw)  # fmt: skip


def _section(title: str, body: list[Any], language: Language, *, hint: str = "", beside: Any = None) -> html.Section:
    aside = html.Span(text(hint, language), className="hint") if hint else beside
    return html.Section(
        [html.Div([html.H2(text(title, language)), *([aside] if aside is not None else [])], className="section-head"), *body],
        className="card",
    )


def _chart(chart: str, figure: dict[str, Any], height: int, label: str, language: Language) -> html.Div:
    graph = dcc.Graph(id=chart, config=graph_config(language), figure=figure, style={"height": f"{height}px"})
    return html.Div(graph, role="img", **{"aria-label": text(label, language)})


def _cards(run: RunSummary, address: Address) -> html.Div:
    language, plain = address.language, address.without_filters()
    cards = [_card("all", "", text("consignments", language), run.total, plain.having(grades=GRADES))]
    cards += [_card(g, GLYPHS[g], text(f"grade_risk_{g}", language), run.grades.get(g, 0), plain.having(grades=(g,))) for g in GRADES]
    return html.Div(cards, className="cards")


def _card(kind: str, glyph: str, name: str, n: int, to: Address) -> dcc.Link:
    sign = [html.Span(glyph, className="glyph", **{"aria-hidden": "true"})] if glyph else []
    words = [html.Span([*sign, name], className="card-name"), html.Span(f"{n:,}", className="card-n")]
    return dcc.Link(words, href=to.to(ALERTS), className=f"count-card count-{kind}")


def _notes(run: RunSummary, language: Language) -> html.Aside:
    # Of a run of an older version only English sentences are kept.
    items = [html.Li(note(one, language, labels=True), **({"lang": "en"} if isinstance(one, str) else {})) for one in run.notes]
    compared = text("compared", language, **{name: f"{n:,}" for name, n in run.compared.items()})
    return html.Aside([html.H2(text("run_notes", language)), html.Ul([*items, html.Li(compared)], tabIndex="0")], className="notes")


def _changes(paths: HomePaths, results: Results, address: Address) -> html.Section:
    language = address.language
    before = [run for run in kept_runs(paths) if run < results.run_id]
    try:
        changed = changes_since(results, open_results(paths, before[-1])) if before else None
    except (DamagedFile, UnknownId):
        changed = None  # what an older run left can no longer be read
    if changed is None:
        return _section("overview_changes", [html.P(text("overview_no_former", language), className="hint")], language)
    return _section("overview_changes", [_change_words(changed, before[-1], language), _raised(changed, address)], language)


def _change_words(changed: RunChanges, before: str, language: Language) -> html.P:
    said = text(
        "overview_changed", language, new=f"{changed.n_new:,}", gone=f"{changed.n_gone:,}", up=f"{changed.n_raised:,}",
        down=f"{changed.n_lowered:,}", run=before,
    )  # fmt: skip
    return html.P(said, className="hint")


def _raised(changed: RunChanges, address: Address) -> Any:
    language = address.language
    if not changed.raised:
        return html.P(text("overview_none_raised", language), className="hint")
    rows = [
        [
            dcc.Link(one.number, href=address.to(consignment_path(one.key))),
            grade_badge(one.grade, language),
            word("grade", one.before, language) if one.before else text("overview_is_new", language),
            f"{one.score:.2f}",
        ]
        for one in changed.raised[:_MOST_SHOWN]
    ]
    return plain_table([text(name, language) for name in ("col_number", "grade", "overview_before", "col_score")], rows)


def _officers(settings: Settings, run: RunSummary, address: Address) -> html.Section:
    language = address.language
    if user() is None:
        return _section("overview_work", [html.P(text("overview_nobody", language), className="hint")], language)
    decisions = services_of(settings).decisions
    counts: dict[str, int] = {}
    for decision in decisions.all_standing().values():
        counts[decision] = counts.get(decision, 0) + 1
    decided = address.without_filters().having(grades=GRADES, work="decided").to(ALERTS)
    rows: list[list[Any]] = [[word("decision", name, language), f"{counts.get(name, 0):,}"] for name in DECISIONS_IN_ORDER]
    rows.append([text("claimed", language), f"{len(decisions.claims()):,}"])
    link = dcc.Link(text("overview_see_decided", language), href=decided)
    return _section(
        "overview_work", [plain_table([text("decision", language), text("consignments", language)], rows, numbers=[1]), link], language
    )


def _intake(paths: HomePaths, results: Results, language: Language) -> Any:
    names = ("list", "read", "loaded", "superseded", "duplicate", "rejected", "newest", "lag", "complete")
    rows = [_intake_row(one, language) for one in intake_by_list(paths, results)]
    shown = plain_table([text(f"intake_{name}", language) for name in names], rows, numbers=range(1, 9))
    return html.Div(shown, className="scroll", tabIndex="0", role="region", **{"aria-label": text("overview_intake", language)})


def _intake_row(one: ListIntake, language: Language) -> list[Any]:
    counts = [f"{n:,}" for n in (one.read, one.loaded, one.superseded, one.duplicate, one.rejected)]
    lag = "" if one.lag_days is None else text("age_days", language, n=f"{one.lag_days:.1f}")
    share = "" if one.completeness is None else f"{one.completeness:.1%}"
    return [word("list", one.name, language), *counts, beijing(one.known_to) if one.known_to else "", lag, share]


def _model(results: Results, language: Language) -> Any:
    model: Mapping[str, Any] | None = results.report.get("model")
    if not model:
        return html.P(text("overview_no_model", language), className="hint")
    rows: list[list[Any]] = [
        [text("overview_model_id", language), html.Code(model["model_id"])],
        [text("overview_model_as_of", language), str(model.get("as_of", ""))[:10]],
        [text("overview_model_found", language), f"{model.get('found', 0):,}"],
        [text("overview_model_due", language), text("overview_yes" if model.get("due") else "overview_no", language)],
    ]
    return [plain_table([], rows), html.P(text("overview_card", language), className="hint")]


PAGE = Page(
    OVERVIEW,
    "overview",
    lambda settings, _path, address: page(settings, address),
    "overview",
    5,
    register=register,
    words={
        "overview": ("Overview", "总览"),
        "overview_typologies": ("Typologies at medium and high", "中高风险的风险类型"),
        "chart_hint_overview": ("Click a bar to see its consignments", "点击条形查看单票"),
        "overview_time": ("Alerts over time", "预警走势"),
        "overview_time_label": (
            "Bar chart: alerts at medium and high by the week in which they became known.",
            "条形图：中高风险预警按获知周统计。",
        ),
        "overview_by": ("Stacked by", "分组方式"),
        "overview_by_grade": ("By grade", "按等级"),
        "overview_by_typology": ("By typology", "按风险类型"),
        "overview_changes": ("Since the run before", "与上一批次相比"),
        "overview_no_former": ("No earlier run is kept.", "未保留更早的批次。"),
        "overview_changed": (
            "{new} new, {gone} gone, {up} graded higher, {down} graded lower than in run {run}.",
            "新增 {new} 票，消失 {gone} 票，升级 {up} 票，降级 {down} 票（对比批次 {run}）。",
        ),
        "overview_none_raised": ("Nothing was graded higher.", "没有升级的单票。"),
        "overview_is_new": ("new", "新增"),
        "overview_before": ("Before", "原等级"),
        "overview_work": ("Work of the officers", "处置进展"),
        "overview_nobody": ("Nobody is signed in.", "未登录。"),
        "overview_see_decided": ("See what was decided", "查看已处置单票"),
        "overview_intake": ("What came in", "数据接收"),
        "intake_list": ("List", "清单"),
        "intake_read": ("Read", "读取"),
        "intake_loaded": ("Loaded", "入库"),
        "intake_superseded": ("Superseded", "被更新"),
        "intake_duplicate": ("Duplicate", "重复"),
        "intake_rejected": ("Rejected", "拒收"),
        "intake_newest": ("Newest record", "最新记录"),
        "intake_lag": ("Behind the run", "滞后"),
        "intake_complete": ("Complete", "完整率"),
        "overview_model": ("Model", "模型"),
        "overview_no_model": (
            "No model takes part: nothing was learned from outcomes yet, the score ranks by the weight of the evidence.",
            "暂无模型：尚未从查验结果中学习，分值按证据权重排序。",
        ),
        "overview_model_id": ("Model", "模型"),
        "overview_model_as_of": ("Learned up to", "学习截至"),
        "overview_model_found": ("Consignments that it alone found", "仅由模型发现的票数"),
        "overview_model_due": ("Training is due", "是否应重新训练"),
        "overview_yes": ("yes", "是"),
        "overview_no": ("no", "否"),
        "overview_card": ("`sandan card` prints its whole card.", "完整的模型卡可用命令行查看。"),
    },
)
