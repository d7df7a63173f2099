"""What a browser may send to the callbacks: anything of another form is refused with 400 before it reaches one."""

import json
from collections.abc import Mapping, Sequence
from typing import Annotated, Any

import dash
from flask import Flask, Response, g, request
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, TypeAdapter, ValidationError

from sandan.dashboard import shell
from sandan.dashboard.network import controls
from sandan.dashboard.pages import clusters, network, operators, overview, pages, queue
from sandan.dashboard.serving.access import CALLS
from sandan.dashboard.serving.server import LARGEST_HEADER

PATH = CALLS
MOST_SORTS = 16
_STRICT = ConfigDict(strict=True)
_MOST_ROWS = 10**9
_LAST_DAY = 3_652_059  # ordinal of 9999-12-31

_Word = Annotated[str, StringConstraints(max_length=200)]
_Words = Annotated[list[_Word], Field(max_length=50)]
# A search text, as long as the address line that it becomes may be.
_Text = Annotated[str, StringConstraints(max_length=LARGEST_HEADER)]
_Day = Annotated[int, Field(ge=1, le=_LAST_DAY)]
_Row = Annotated[int, Field(ge=0, le=_MOST_ROWS)]


class _Sort(BaseModel):
    """A term of a table's order."""

    model_config = _STRICT
    colId: _Word = ""  # noqa: N815 # the table's own name for it
    sort: _Word | None = None


class _Rows(BaseModel):
    """What the table asks for as it is scrolled."""

    model_config = _STRICT
    startRow: _Row  # noqa: N815
    endRow: _Row  # noqa: N815
    sortModel: Annotated[list[_Sort], Field(max_length=MOST_SORTS)] | None = None  # noqa: N815


class _Point(BaseModel):
    """A bar that was clicked."""

    model_config = _STRICT
    customdata: _Word | int | float | None = None


class _Click(BaseModel):
    model_config = _STRICT
    points: Annotated[list[_Point], Field(max_length=50)] | None = None


class _Value(BaseModel):
    """A property of a component and its value; none where the component is not there."""

    model_config = _STRICT
    id: _Word
    property: _Word
    value: Any = None


class _Target(BaseModel):
    model_config = _STRICT
    id: _Word
    property: _Word


class _Post(BaseModel):
    """The call of a callback."""

    model_config = _STRICT
    output: str
    outputs: _Target | list[_Target]
    inputs: list[_Value]
    state: list[_Value] = []
    changedPropIds: list[str] = []  # noqa: N815 # Dash's own name for it


_FORMS: dict[tuple[str, str], Any] = {
    **{(url, "search"): _Text for url in (shell.URL, queue.URL, clusters.URL, network.URL)},
    (shell.URL, "pathname"): _Text,
    (shell.SHOWN, "data"): Annotated[dict[_Word, _Text], Field(max_length=8)],
    **{(run, "data"): _Word for run in (queue.RUN, overview.RUN, operators.RUN, clusters.RUN, network.RUN)},
    (queue.GRADE, "value"): _Words,
    **{
        (control, "value"): _Word
        for control in (queue.TYPOLOGY, queue.STATUS, queue.FLOW, queue.WORK_FILTER, overview.BY, operators.ROLE, clusters.KIND)
    },
    **{(control, "value"): _Text for control in (queue.SEARCH, operators.SEARCH)},
    (overview.CHART, "clickData"): _Click,
    (queue.GRID, "getRowsRequest"): _Rows,
    (operators.LANGUAGE, "data"): _Word,
    (network.PICKED, "data"): _Text,
    (controls.KIND, "value"): _Words,
    (controls.DAYS, "value"): Annotated[list[_Day], Field(min_length=2, max_length=2)],
    (controls.DAYS, "min"): _Day,
    (controls.DAYS, "max"): _Day,
}
_FORMS |= {key: form for page in pages() for key, form in page.forms.items()}
_ADAPTERS = {key: TypeAdapter(form | None, config=None if isinstance(form, type) else _STRICT) for key, form in _FORMS.items()}
_POST = TypeAdapter(_Post)


class BadPost(ValueError):
    """The body of a request is no call of a callback of this app."""


def check_posts(server: Flask, app: dash.Dash) -> None:
    """Refuse calls of callbacks that the app's own pages would not make, with 400 and the reason.

    Args:
        server: Whose requests are checked.
        app: Whose callbacks there are.
    """

    def check() -> Response | None:
        if request.path != PATH or request.method != "POST":
            return None
        try:
            g.call_output = check_post(request.get_data(cache=True), app.callback_map)
        except BadPost as exc:
            return Response(f"{exc}; reload the page\n", 400, mimetype="text/plain")
        # Dash reads the body as JSON only where the header says so; it is JSON by now.
        request.environ["CONTENT_TYPE"] = "application/json"
        return None

    server.before_request(check)


def check_post(body: bytes, callbacks: Mapping[str, Mapping[str, Any]]) -> str:
    """Compare a body with the callbacks of the app; return the id of the output that it names.

    Args:
        body: What was sent.
        callbacks: Dash's map of them, by the id of their outputs.

    Raises:
        BadPost: It is no JSON, names no callback, or has values of another form than its components give.
    """
    try:
        # Halves of a character are no text: nothing behind could write them.
        whole = json.loads(body.decode("utf-8"), parse_constant=_refuse)
        json.dumps(whole, ensure_ascii=False).encode("utf-8")
    except (ValueError, RecursionError) as exc:
        raise BadPost("the body is no JSON") from exc
    try:
        post = _POST.validate_python(whole)
    except ValidationError as exc:
        raise BadPost(f"the body is no call of a callback: {_first(exc)}") from exc
    known = callbacks.get(post.output)
    if known is None or "callback" not in known:
        raise BadPost("there is no such callback")
    targets = known["output"]
    if isinstance(targets, list | tuple) != isinstance(post.outputs, list) or _names(_listed(post.outputs)) != [
        (one.component_id, one.component_property) for one in _listed(targets)
    ]:
        raise BadPost("the callback has other outputs")
    expected = [[(one["id"], one["property"]) for one in known[part]] for part in ("inputs", "state")]
    if [_names(post.inputs), _names(post.state)] != expected:
        raise BadPost("the callback has other inputs")
    if not set(post.changedPropIds) <= {f"{name}.{prop}" for name, prop in expected[0]}:
        raise BadPost("what changed is none of its inputs")
    for one in (*post.inputs, *post.state):
        try:
            _ADAPTERS[one.id, one.property].validate_python(one.value)
        except ValidationError as exc:
            raise BadPost(f"{one.id}.{one.property} has another form: {_first(exc)}") from exc
    return post.output


def _names(parts: Sequence[Any]) -> list[tuple[str, str]]:
    return [(part.id, part.property) for part in parts]


def _listed(one_or_more: Any) -> list[Any]:
    return list(one_or_more) if isinstance(one_or_more, list | tuple) else [one_or_more]


def _first(exc: ValidationError) -> str:
    first = exc.errors(include_url=False, include_context=False, include_input=False)[0]
    return f"{'.'.join(map(str, first['loc']))[:200]} {first['msg'][:200]}".strip()


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is no JSON")
