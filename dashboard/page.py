"""What a page of the app is: where it stands, what it is called, what makes it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any

import dash
import flask
from pydantic import Field

from sandan.dashboard.address import Address
from sandan.dashboard.i18n import Language, text
from sandan.record.app.roles import Permission
from sandan.record.settings import Settings

Pair = tuple[str, str]
# A number that a browser may send: of clicks, of a case.
Count = Annotated[int, Field(ge=0, le=10**9)]


@dataclass(frozen=True, slots=True)
class Page:
    """One page, in a file of `sandan.dashboard.pages` as `PAGE`.

    Attributes:
        path: Where it stands; one that ends with `/` stands for all paths below it.
        title: Key of its text: the name of the browser's window.
        make: Makes it from the settings, the path and the address.
        link: Key of its link's text in the header; empty text for none.
        rank: Place of its link.
        section: Path of the page whose link is current while it is shown; None: its own.
        register: Registers its callbacks.
        needs: What one must be permitted to see it.
        audited: Whether opening it is written down with its path; not where the page itself writes down what was looked at.
        actions: What a callback of it needs beyond that, by the id of an output's component.
        routes: Adds routes that are no page to the server: files that go in or out.
        forms: Values that a browser may send to its callbacks: type by id and property (docs/dashboard.md).
        words: Texts that no other page uses, by key, in English and Chinese.
    """

    path: str
    title: str
    make: Callable[[Settings, str, Address], Any]
    link: str = ""
    rank: int = 100
    section: Callable[[Address], str] | None = None
    register: Callable[[dash.Dash, Settings], None] | None = None
    needs: Permission = Permission.SEE
    audited: bool = True
    actions: Mapping[str, Permission] = field(default_factory=dict)
    routes: Callable[[flask.Flask, Settings], None] | None = None
    forms: Mapping[tuple[str, str], Any] = field(default_factory=dict)
    words: Mapping[str, Pair] = field(default_factory=dict)

    def name(self, language: Language) -> str:
        """Name of the browser's window."""
        return f"{text(self.title, language)} · {text('app', language)}"

    def is_at(self, path: str) -> bool:
        """Whether it is the page at a path."""
        return path.startswith(self.path) if self.path.endswith("/") else path.rstrip("/") == self.path
