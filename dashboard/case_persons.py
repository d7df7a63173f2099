"""The persons of a case's consignments in clear: asked for with a purpose by whom the case is assigned to, for a while."""

from collections.abc import Mapping
from typing import Annotated, Any

import dash
import dash_mantine_components as dmc
from dash import Input, Output, State, dcc, html
from pydantic import StringConstraints

from sandan.algorithms.read_models.persons import persons_in_clear
from sandan.algorithms.vocabulary.labels import FIELDS, LISTS, label
from sandan.dashboard.address import Address, consignment_path
from sandan.dashboard.components.run_summary import beijing, run_of
from sandan.dashboard.components.widgets import plain_table
from sandan.dashboard.i18n import Language, text
from sandan.dashboard.page import Count
from sandan.dashboard.serving.access import actor, may, services_of, user
from sandan.record.app.roles import Permission
from sandan.record.app.tables import CLOSED
from sandan.record.app.unmaskings import UNMASKED_MINUTES
from sandan.record.catalog.keys import CONSIGNMENT_KEY_SQL
from sandan.record.errors import InputError, NothingScored, UnknownId
from sandan.record.home import HomePaths
from sandan.record.settings import Settings

BOX, PURPOSE, UNMASK = "case-persons", "case-purpose", "case-unmask"
MOST_SHOWN = 100  # consignments
ACTIONS = {BOX: Permission.UNMASK}
FORMS: dict[tuple[str, str], Any] = {
    (UNMASK, "n_clicks"): Count,
    (PURPOSE, "value"): Annotated[str, StringConstraints(max_length=5000)],
}
WORDS = {
    "case_persons_hint": (
        "The persons of the consignments that are in the case now: shown to you for {n} minutes, or until the case is closed or given to "
        "somebody else; the audit keeps who saw them and why.",
        "案件当前所含单票的当事人：仅向您显示 {n} 分钟，结案或移交他人即止；审计记录查看人与目的。",
    ),
    "case_persons_whose": ("Whoever the case is assigned to may ask for it: {who}.", "仅承办人可以申请查看：{who}。"),
    "case_persons_closed": ("The case is closed.", "案件已结。"),
    "case_persons_none": ("The case holds no consignment.", "案件中没有单票。"),
    "case_persons_gone": ("The newest run has none of these consignments.", "最新批次中没有这些单票。"),
    "case_persons_more": (
        "{n} more are not listed here; their own pages show them.",
        "另有 {n} 票未列出，可在各单票页面查看。",
    ),
}


def box(settings: Settings, case: Mapping[str, Any], address: Address) -> list[html.Details]:
    """The part of a case's page for it; nothing for whom it is not."""
    if user() is None or not may(Permission.UNMASK):
        return []
    until = _until(settings, case)
    return [html.Details(_shown(settings, case, address.language, address), id=BOX, className="card work", open=until is not None)]


def register(app: dash.Dash, settings: Settings, case_id: str) -> None:
    """Register the button.

    Args:
        app: The app.
        settings: The home.
        case_id: Id of what holds the case's number.
    """

    def unmask(_: int, purpose: str | None, number: int | None, search: str | None) -> Any:
        address, services = Address.parse(search, settings.language), services_of(settings)
        try:
            case, said = services.cases.whole(number or 0), ""
        except UnknownId:
            return dash.no_update
        try:
            services.unmaskings.unmask_case(actor(), case["case_id"], purpose or "")
        except InputError:
            # Why the box itself says, but where only the purpose lacks.
            said = text("purpose_needed", address.language)
        return _shown(settings, case, address.language, address, said)

    app.callback(
        Output(BOX, "children"), Input(UNMASK, "n_clicks"), State(PURPOSE, "value"), State(case_id, "data"), State("url", "search"),
        prevent_initial_call=True,
    )(unmask)  # fmt: skip


def in_clear(settings: Settings, case: Mapping[str, Any]) -> bool:
    """Whether whoever sent the request sees the case's persons in clear now."""
    return may(Permission.UNMASK) and _until(settings, case) is not None


def _until(settings: Settings, case: Mapping[str, Any]) -> Any:
    me = user()
    return services_of(settings).unmaskings.until_of_case(me.user_id, case["case_id"]) if me else None


def _shown(settings: Settings, case: Mapping[str, Any], language: Language, address: Address, said: str = "") -> list[Any]:
    title = html.Summary(text("persons", language))
    if (until := _until(settings, case)) is not None:
        shown = html.P(text("unmasked_until", language, until=beijing(until)), className="hint")
        return [title, shown, *_persons(settings, case, language, address)]
    if (why := _why_not(case, language)) is not None:
        return [title, html.P(why, className="hint")]
    ask = [
        dmc.TextInput(id=PURPOSE, label=text("purpose", language), w=420, size="xs"),
        html.Button(text("unmask", language), id=UNMASK, type="button", className="button quiet", n_clicks=0),
    ]
    refused = [html.P(said, role="alert", className="refused")] if said else []
    hint = html.P(text("case_persons_hint", language, n=UNMASKED_MINUTES), className="hint")
    return [title, *refused, html.Div(ask, className="work-controls"), hint]


def _why_not(case: Mapping[str, Any], language: Language) -> str | None:
    """Why nobody, or not this user, may ask; None where he may."""
    if case["state"] in CLOSED:
        return text("case_persons_closed", language)
    if case["assigned_to"] != actor().name:
        return text("case_persons_whose", language, who=case["assigned_to"])
    if not any(one["kind"] == "consignment" for one in case["subjects"]):
        return text("case_persons_none", language)
    return None


def _persons(settings: Settings, case: Mapping[str, Any], language: Language, address: Address) -> list[Any]:
    """What the lists of the case's consignments say of persons, one table each, the riskiest first."""
    services, me = services_of(settings), user()
    names = [one["subject"] for one in case["subjects"] if one["kind"] == "consignment"]
    asked = [name for name in names if me and services.unmaskings.until(me.user_id, name) is not None]
    try:
        results = run_of(settings, None)
    except NothingScored:
        return [html.P(text("report_no_run", language), className="hint")]
    rows = results.query(
        f"SELECT flow, ebp_code, order_no, logistics_code, logistics_no, consignment_id, {CONSIGNMENT_KEY_SQL} AS full_key FROM alerts "
        f"WHERE list_contains($keys, {CONSIGNMENT_KEY_SQL}) ORDER BY file_row_number",
        keys=asked or [""],
    )
    # Two declarations of one order have the same persons.
    alerts = {row["full_key"]: row for row in reversed(rows)}
    if not alerts:
        return [html.P(text("case_persons_gone", language), className="hint")]
    shown = sorted(alerts.values(), key=rows.index)[:MOST_SHOWN]
    parts: list[Any] = []
    for key, persons in persons_in_clear(HomePaths(settings.home), results, shown).items():
        number = alerts[key]["order_no"] or alerts[key]["logistics_no"] or key
        table = plain_table((), [(label(LISTS, one.kind, language), label(FIELDS, one.field, language), one.value) for one in persons])
        parts += [html.H3(dcc.Link(number, href=address.to(consignment_path(key)))), html.Div(table, className="persons")]
    left = len(alerts) - len(shown)
    return [*parts, *([html.P(text("case_persons_more", language, n=left), className="hint")] if left else [])]
