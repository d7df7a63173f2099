"""Pictures that are kept with a case: what was expanded, hidden and pinned, where every node stood, and a note."""

import json
from collections.abc import Mapping
from typing import Any

import dash_mantine_components as dmc
from dash import dcc, html

from sandan.algorithms.results.results import Results
from sandan.dashboard.address import NETWORK, Address, Scene, case_path
from sandan.dashboard.components.run_summary import beijing
from sandan.dashboard.i18n import text
from sandan.dashboard.network.network_view import Picture, Places
from sandan.dashboard.serving.access import actor, may, services_of, user
from sandan.record.app.database import moment
from sandan.record.app.roles import Permission
from sandan.record.errors import UnknownId
from sandan.record.settings import Settings

KEEP, NOTE, SAID = "network-keep", "network-keep-note", "network-keep-said"


def may_keep() -> bool:
    """Whether whoever asks works on cases."""
    return user() is not None and may(Permission.CASES)


def kept_scene(settings: Settings, scene: Scene) -> Mapping[str, Any] | None:
    """The kept picture that a scene was opened from; None where there is none, or for those who work on no cases."""
    if not (scene.case and scene.kept and may_keep()):
        return None
    try:
        return services_of(settings).scenes.one(int(scene.case), int(scene.kept))
    except UnknownId:
        return None


def places_of(settings: Settings, scene: Scene) -> Places:
    """Where nodes stood in the kept picture that a scene was opened from; nowhere without one."""
    kept = kept_scene(settings, scene)
    return {name: (float(x), float(y)) for name, (x, y) in json.loads(kept["content"])["places"].items()} if kept else {}


def keep(settings: Settings, results: Results, picture: Picture, scene: Scene, note: str) -> int:
    """Keep a picture with the case that its page was opened from; return its number.

    Raises:
        UnknownId, InputError: There is no such case, it is closed, or the note is too long.
    """
    places = {node.id: picture.at[node.id] for node in picture.network.nodes}
    content = json.dumps({"step": scene.step, "places": places}, ensure_ascii=False, sort_keys=True)
    return services_of(settings).scenes.keep(actor(), int(scene.case or 0), results.run_id, content, note)


def address_of(row: Mapping[str, Any], address: Address) -> str:
    """The way to a kept picture."""
    given = {**json.loads(row["content"])["step"], "case": str(row["case_id"]), "kept": str(row["scene_id"])}
    return address.drawing(Scene.of_values(given)).to(NETWORK)


def box(settings: Settings, results: Results, address: Address) -> list[Any]:
    """What stands on the page where it was opened from a case: the kept note, and the way to keep it."""
    scene, language = address.scene, address.language
    if not scene.case or not may_keep():
        return []
    back = dcc.Link(["← ", text("network_of_case", language, n=scene.case)], href=case_path(int(scene.case), language))
    kept, said = kept_scene(settings, scene), []
    if kept:
        who = text("network_kept_by", language, who=kept["by"], at=beijing(moment(kept["at"])))
        said.append(html.P([html.Span(who, className="hint"), html.Span(kept["note"], className="note-text")], className="kept-note"))
        if kept["run_id"] != results.run_id:
            said.append(html.P(text("network_kept_run", language, run=kept["run_id"]), className="hint"))
    note = dmc.TextInput(
        id=NOTE, placeholder=text("network_keep_note", language), size="xs", w=320, **{"aria-label": text("network_keep_note", language)}
    )
    button = html.Button(text("network_keep", language, n=scene.case), id=KEEP, type="button", n_clicks=0, className="button")
    controls = html.Div([back, note, button, html.Span(id=SAID, role="status")], className="work-controls")
    return [html.Section([*said, controls], className="card kept")]
