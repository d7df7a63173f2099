"""The forms in which a world's lists are written."""

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Literal, Protocol

from sandan.synthetic.dice import Dice
from sandan.synthetic.output.lists import ListWriter, tabled
from sandan.synthetic.output.writer import MessageWriter, Sent, sent
from sandan.synthetic.trade.consignment import Record
from sandan.synthetic.trade.honest import World

Form = Literal["messages", "tables"]


class Writer(Protocol):
    """Takes records in any order within a day's reach, and writes them by time."""

    @property
    def n_files(self) -> int:
        """Files so far."""

    def add(self, record: Sent) -> None:
        """Takes one record."""

    def advance(self, until: dt.datetime) -> None:
        """Nothing that was sent before this moment comes any more."""

    def close(self) -> None:
        """Writes all that is left."""


def encoder(form: Form) -> Callable[[Record], Sent]:
    """How one record is written."""
    return sent if form == "messages" else tabled


def opened(form: Form, folder: Path, world: World, dice: Dice) -> Writer:
    """What collects the records under a folder."""
    if form == "tables":
        return ListWriter(folder / "tables")
    return MessageWriter(folder / "messages", dice, {company.code: company for company in world.market.register()})
