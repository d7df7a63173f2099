"""The newest inspection plan: what to inspect, where, how and why."""

from typing import Any

from dash import html

from sandan.algorithms.read_models.plans import KeptPlan, open_plan, plan_rows
from sandan.dashboard.address import Address, consignment_path
from sandan.dashboard.components.widgets import ROW_EVENTS, message, page_title, table
from sandan.dashboard.i18n import Language, text, word
from sandan.dashboard.page import Page
from sandan.dashboard.views import grade_cell, money, typology_names
from sandan.record.catalog.keys import consignment_key
from sandan.record.errors import UnknownId
from sandan.record.settings import Settings

PLAN, GRID = "/plan", "plan-grid"


def page(settings: Settings, address: Address) -> html.Div:
    """The newest plan; how to make one where there is none."""
    language = address.language
    try:
        plan = open_plan(settings)
    except UnknownId:
        command = html.Code("sandan plan --capacity N")
        return message(text("plan_none", language), [html.P([text("plan_none_how", language), " ", command])], address)
    rows = plan_rows(settings.model_copy(update={"language": language}), plan, released=False)
    return html.Div(
        [
            page_title(text("plan_title", language), _meta(plan, language)),
            html.P(text("plan_hint", language), className="lead"),
            html.Div([_counts(plan, "method", language), _counts(plan, "why", language)], className="controls card"),
            table(
                GRID,
                _columns(language),
                language,
                label=text("plan_label", language),
                events=ROW_EVENTS,
                rowData=[_row(row, address) for row in rows],
                dashGridOptions={"rowHeight": 66, "localeText": {"noRowsToShow": text("plan_empty", language)}},
            ),
        ],
        className="queue",
    )


def _meta(plan: KeptPlan, language: Language) -> html.P:
    report = plan.report
    used = sum(report["why"].values())
    parts: list[Any] = [text("run", language), " ", html.Code(report["run_id"])]
    parts += [" · ", text("plan_used", language, n=f"{used:,}", capacity=f"{report['capacity']:,}")]
    parts += [" · ", text("plan_released", language, n=f"{report['n_released']:,}")]
    return html.P(parts, className="meta")


def _counts(plan: KeptPlan, what: str, language: Language) -> html.Div:
    """How many of each kind, as words."""
    found = ("、" if language == "zh" else ", ").join(
        f"{word(f'plan_{what}', name, language)} {n:,}" for name, n in sorted(plan.report[what].items())
    )
    return html.Div([html.Span(text(f"plan_{what}", language), className="control-name"), html.Span(found or "–")], className="control")


def _row(row: dict[str, Any], address: Address) -> dict[str, Any]:
    language, key = address.language, consignment_key(row)
    return {
        "id": row["consignment_id"],
        "path": consignment_path(key),
        "search": address.search,
        "number": row["order_no"] or row["logistics_no"],
        "under": row["ebp_code"] or row["logistics_code"],
        "rank": row["rank"],
        "office": row["customs_code"] or "–",
        "method": word("plan_method", row["method"], language),
        "why": word("plan_why", row["why"], language),
        "gain": money(row["expected_gain"]),
        "grade": grade_cell(row["grade"], language),
        "score": f"{row['score']:.2f}",
        "typologies": typology_names(row["typologies"].split("|") if row["typologies"] else [], language),
        "reason": row["reasons"].replace("|", "\n"),
    }


def _columns(language: Language) -> list[dict[str, Any]]:
    def column(field: str, key: str, width: int, **more: Any) -> dict[str, Any]:
        return {"field": field, "headerName": text(key, language), "width": width, **more}

    return [
        column("rank", "plan_rank", 64, type="rightAligned"),
        column("number", "col_number", 176, cellRenderer="SandanNumber"),
        column("office", "plan_office", 80),
        column("method", "plan_method", 116),
        column("why", "plan_why", 124),
        column("gain", "plan_gain", 124, type="rightAligned"),
        column("grade", "grade", 108, cellRenderer="SandanGrade"),
        column("score", "col_score", 78, cellRenderer="SandanScore"),
        column("typologies", "typologies", 160, cellRenderer="SandanChips"),
        column("reason", "col_reasons", 240, cellRenderer="SandanReason", flex=1, minWidth=200, tooltipField="reason"),
    ]


PAGE = Page(
    PLAN,
    "plan_title",
    lambda settings, _path, address: page(settings, address),
    "nav_plan",
    4,
    words={
        "nav_plan": ("Plan", "布控计划"),
        "plan_title": ("Inspection plan", "查验计划"),
        "plan_hint": (
            "High risk first, by what an inspection is expected to bring; one of a cluster before a second; some of low risk at random.",
            "先高风险，按查验的预期收益排列；同一团组先查一票；另随机抽查少量低风险货物。",
        ),
        "plan_label": ("Consignments to inspect", "待查验货物"),
        "plan_none": ("No plan was made yet", "尚无查验计划"),
        "plan_none_how": ("Give the number of inspections:", "请指定查验数量："),
        "plan_empty": ("Nothing is to be inspected.", "没有需要查验的货物。"),
        "plan_used": ("{n} of {capacity} inspections", "已用 {n} / {capacity} 次查验"),
        "plan_released": ("{n} released at once", "{n} 票直接放行"),
        "plan_rank": ("Rank", "次序"),
        "plan_office": ("Office", "海关"),
        "plan_method": ("Method", "方式"),
        "plan_why": ("Why", "原因"),
        "plan_gain": ("Expected gain", "预期收益"),
        "plan_method_document": ("documents", "单证审核"),
        "plan_method_xray": ("X-ray", "机检"),
        "plan_method_physical": ("opening", "开箱查验"),
        "plan_method_phone": ("telephone call", "电话核查"),
        "plan_method_tracking": ("tracking", "物流轨迹核查"),
        "plan_why_risk": ("risk", "风险"),
        "plan_why_cluster": ("one of a cluster", "团组代表"),
        "plan_why_explore": ("at random", "随机抽查"),
    },
)
