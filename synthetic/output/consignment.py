"""One consignment as it goes into the files: its records, its row of the key, and what it leaves in tables."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from sandan.synthetic.documents.exports import export_lists
from sandan.synthetic.documents.imports import import_lists
from sandan.synthetic.documents.noise import cut, disturb, send_back
from sandan.synthetic.output.key import KeyRow, key_row, persons_behind, tax_at_stake
from sandan.synthetic.output.traces import Left, Traces
from sandan.synthetic.output.writer import Sent
from sandan.synthetic.trade.consignment import Case, Lists, Record
from sandan.synthetic.trade.honest import World


@dataclass(frozen=True, slots=True)
class Written:
    """What one consignment leaves.

    Attributes:
        order: Its position among all: the time of the first thing that is sent, then the order's number.
        row: What the key says, persons by their identity numbers; None where nothing was sent before the end of the world.
    """

    order: tuple[dt.datetime, str]
    records: list[Sent]
    row: KeyRow | None
    left: Left


def written(world: World, case: Case, traces: Traces, encode: Callable[[Record], Sent]) -> Written:
    """Writes one consignment."""
    lists = _lists(world, case)
    records = cut(lists, world.horizon)
    row = None
    if records:
        row = key_row(
            case.trade,
            case.truth,
            is_settled=world.is_settled(case.trade.ordered),
            tax=tax_at_stake(case.trade, case.truth, world.season),
            persons=persons_behind(case.trade, records),
        )
    return Written(case.order, [encode(record) for record in records], row, traces.of_case(case, lists))


def _lists(world: World, case: Case) -> Lists:
    if case.trade.flow == "export":
        lists = export_lists(case.trade, world.write, world.words)
    else:
        lists = import_lists(case.trade, world.write, world.market.silent)
    if case.alter is not None:
        case.alter(lists)
    if not case.plain:
        disturb(lists, world.write)
        if case.trade.flow == "import":
            send_back(case.trade, lists, world.write)
    return lists
