"""Small parts that several pages use."""

from collections.abc import Collection, Iterable, Sequence
from typing import Any

import dash_ag_grid as dag
from dash import dcc, html

from sandan.dashboard.address import ALERTS, Address
from sandan.dashboard.i18n import Language, text
from sandan.dashboard.theme import GLYPHS, grid_options

# Of a table whose rows lead somewhere: dashAgGridFunctions.js follows them.
ROW_EVENTS = {"rowClicked": ["sandanRowClicked(params)"], "cellKeyDown": ["sandanCellKeyDown(params)"]}


def grade_badge(grade: str, language: Language) -> html.Span:
    """A grade with its sign, its words and its colour."""
    glyph = html.Span(GLYPHS.get(grade, ""), className="glyph", **{"aria-hidden": "true"})
    return html.Span([glyph, text(f"grade_risk_{grade}", language)], className=f"badge grade-{grade}")


def only_read_aloud(words: str) -> html.Span:
    """Words for screen readers that the eye gets in another way."""
    return html.Span(words, className="sr-only")


def table(
    grid_id: str, columns: list[dict[str, Any]], language: Language, *, label: str, events: dict[str, list[str]], **more: Any
) -> html.Div:
    """A grid in the app's look, with a name for screen readers."""
    options = {**grid_options(text("loading", language), text("n_none", language), language), **more.pop("dashGridOptions", {})}
    grid = dag.AgGrid(
        id=grid_id,
        columnDefs=columns,
        defaultColDef={"resizable": True, "sortable": False, "suppressHeaderMenuButton": True, "filter": False, "cellDataType": False},
        dashGridOptions=options,
        eventListeners=events,
        className="grid",
        **more,
    )
    return html.Div(grid, role="region", className="grid-frame", **{"aria-label": label})


def page_title(words: str, *more: Any) -> html.Div:
    """The heading of a page, which gets the focus when the page comes up."""
    return html.Div([html.H1(words, id="page-title", tabIndex="-1"), *more], className="title-row")


def run_line(as_of: str, run_id: str, language: Language, *more: Any) -> html.P:
    """Which run a page shows, and up to when it knew."""
    said = [f"{text('as_of', language)} ", html.Strong(as_of), f" · {text('run', language)} ", html.Code(run_id)]
    return html.P([*said, *more], className="meta")


def message(title: str, body: list[Any], address: Address, *, link: bool = True) -> html.Div:
    """A page that only says something, with the way back."""
    back = [dcc.Link(text("to_queue", address.language), href=address.to(ALERTS), className="button")] if link else []
    return html.Div([html.H1(title, id="page-title", tabIndex="-1"), *body, *back], className="card message")


def plain_table(names: Sequence[str], rows: Iterable[Sequence[Any]], *, numbers: Collection[int] = ()) -> html.Table:
    """A small table.

    Args:
        names: Names of its columns; none for a table without a head.
        rows: Its cells, row by row.
        numbers: Places of the columns that stand to the right.
    """

    def row(cells: Sequence[Any], cell: Any, **more: Any) -> html.Tr:
        return html.Tr([cell(one, className="number-cell" if place in numbers else "", **more) for place, one in enumerate(cells)])

    head = [html.Thead(row(names, html.Th, scope="col"))] if names else []
    return html.Table([*head, html.Tbody([row(cells, html.Td) for cells in rows])], className="plain")
