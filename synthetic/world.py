"""A whole world: planned, written as messages and tables, with its answer key apart."""

import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from sandan.record.errors import OutputError
from sandan.synthetic import groups, tables
from sandan.synthetic.companies import market
from sandan.synthetic.consignment import Case, Lists, Truth
from sandan.synthetic.dice import Dice
from sandan.synthetic.exports import export_lists
from sandan.synthetic.frauds import plan_frauds, share_of
from sandan.synthetic.goods import export_items, import_items, season
from sandan.synthetic.honest import World, day_weights, export_trade, hour_weights, order_time, trade
from sandan.synthetic.imports import import_lists
from sandan.synthetic.innocent_groups import INNOCENT
from sandan.synthetic.key import KeyRow, Persons, key_row, shipment_row, tax_at_stake, write_key
from sandan.synthetic.negatives import plan_negatives
from sandan.synthetic.noise import cut, disturb, withdraw, withdrawn
from sandan.synthetic.numbers import Numbers
from sandan.synthetic.params import WorldParams, check_params
from sandan.synthetic.people import population
from sandan.synthetic.places import cities
from sandan.synthetic.rings import RINGS
from sandan.synthetic.shipments import Shipment, background
from sandan.synthetic.traces import Traces
from sandan.synthetic.words import words
from sandan.synthetic.workshops import INNOCENT_SENDERS, WORKSHOPS
from sandan.synthetic.writer import MessageWriter

_FLUSH_EVERY = 250
# Parcels by post and express without lists, for each consignment with lists; those of groups come on top.
_PARCELS = 0.08
# Members of innocent groups for each member of a ring or workshop.
_INNOCENT = 1.7
_CANCELLED = Truth(kind="cancelled", sentence="Ordinary trade, cancelled: every list was deleted.")


@dataclass(frozen=True, slots=True)
class WorldFiles:
    """Where a world was written.

    Attributes:
        folder: Messages and tables.
        key: The answer key, beside the folder.
        n_files: Message files and tables.
        n_orders: Consignments with lists.
        n_parcels: Parcels without lists, in house waybills only.
    """

    folder: Path
    key: Path
    n_files: int
    n_orders: int
    n_parcels: int


def write_world(out: Path, params: WorldParams, *, progress: Callable[[int, int], None] | None = None) -> WorldFiles:
    """Makes a world and writes it; nothing is visible under `out` before all is there.

    Args:
        out: Folder to be made; may exist if it is empty.
        params: What to make.
        progress: Called with consignments written and all consignments.

    Returns:
        Where everything lies.

    Raises:
        ConfigError: The parameters do not make a world.
        OutputError: `out` holds something, or cannot be written.
    """
    check_params(params)
    # The key's name has `.key.csv` behind the folder's, also where that has a dot.
    key, part = out.with_name(out.name + ".key.csv"), out.with_name(out.name + ".part")
    key_part = key.with_name(key.name + ".part")
    try:
        if out.exists() and (not out.is_dir() or any(out.iterdir())):
            raise OutputError(f"{out} is not an empty folder: name another one, or empty it")
        if part.exists():
            # Left by a run that was broken off.
            shutil.rmtree(part)
        part.mkdir(parents=True)
        n_files, n_orders, n_parcels = _write(part, key_part, params, progress)
        key_part.replace(key)
        if out.exists():
            out.rmdir()
        part.rename(out)
    except OSError as error:
        raise OutputError(f"{out}: cannot be written: {error}") from error
    return WorldFiles(out, key, n_files, n_orders, n_parcels)


def _write(folder: Path, key: Path, params: WorldParams, progress: Callable[[int, int], None] | None) -> tuple[int, int, int]:
    world = _world(params)
    cases, shipments = plan(world, params)
    rows: list[KeyRow] = []
    persons = Persons()
    writer = MessageWriter(folder / "messages", Dice(params.seed, 6))
    traces = Traces(Dice(params.seed, 7), world.horizon, params, world.hits)
    for done, case in enumerate(cases):
        if done % _FLUSH_EVERY == 0:
            writer.advance(case.trade.earliest)
            if progress is not None:
                progress(done, len(cases))
        lists = _lists(world, case)
        sent = cut(lists, world.horizon)
        for record in sent:
            writer.add(record)
        traces.add(case, lists)
        if sent:
            rows.append(
                key_row(
                    case.trade,
                    case.truth,
                    is_settled=world.is_settled(case.trade.ordered),
                    tax=tax_at_stake(case.trade, case.truth, world.season),
                    persons=persons.behind(case.trade, sent),
                )
            )
    for made in shipments:
        traces.ship(made)
        rows.append(shipment_row(made, is_settled=world.is_settled(made.shipped)))
    writer.close()
    n_tables = _tables(folder, world, traces, Dice(params.seed, 8))
    write_key(key, rows)
    if progress is not None:
        progress(len(cases), len(cases))
    return writer.n_files + n_tables, len(rows) - len(shipments), len(shipments)


def _world(params: WorldParams) -> World:
    places = cities()
    pools = words(params.seed, [place.code for place in places])
    dice = Dice(params.seed, 1)
    items, abroad = import_items(dice), export_items(dice)
    calendar = season(dice, params.start, params.days)
    people = population(Dice(params.seed, 2), pools, places, max(200, int(params.n_orders * 0.55)))
    firms = market(Dice(params.seed, 3), pools, items, abroad, params.start, params.n_orders)
    numbers = Numbers(Dice(params.seed, 9))
    weights = day_weights(calendar)
    return World(
        Dice(params.seed, 4), Dice(params.seed, 5), pools, places, items, people, firms, calendar, numbers, weights, hour_weights(),
        difficulty=params.difficulty, label_bias=params.label_bias,
    )  # fmt: skip


def plan(world: World, params: WorldParams) -> tuple[list[Case], list[Shipment]]:
    """All consignments, by the time of the first thing that is sent of each, and all parcels without lists."""
    each, composite = share_of(round(params.n_orders * params.fraud_rate), params.n_orders)
    # Hard negatives first: what they add to registers and listings the frauds must know.
    cases = plan_negatives(world, round(params.n_orders * params.hard_negative_rate), each)
    cases += plan_frauds(world, each, composite)
    grouped, shipments = _groups(world, params)
    cases += grouped
    n_exports = round(params.n_orders * params.export_rate)
    for _ in range(max(0, params.n_orders - len(cases) - n_exports)):
        cases.append(_ordinary(world))
    cases += [Case(export_trade(world, order_time(world)), Truth()) for _ in range(n_exports)]
    cases.sort(key=lambda case: (case.trade.earliest, case.trade.order_no))
    shipments += background(_apart(world, params, 12), round(params.n_orders * _PARCELS))
    shipments.sort(key=lambda made: (made.shipped, made.number))
    return cases, shipments


def _groups(world: World, params: WorldParams) -> tuple[list[Case], list[Shipment]]:
    """Rings and workshops, and the innocent groups that look like them."""
    members = round(params.n_orders * params.ring_rate)
    cases: list[Case] = []
    shipments: list[Shipment] = []
    if params.fraud_rate > 0:
        cases, shipments = groups.carried_out(_apart(world, params, 10), (*RINGS, *WORKSHOPS), members, "fraud")
    if params.hard_negative_rate > 0:
        innocent = (*INNOCENT, *INNOCENT_SENDERS)
        more = groups.carried_out(_apart(world, params, 11), innocent, round(members * _INNOCENT), "hard_negative")
        cases, shipments = cases + more[0], shipments + more[1]
    return cases, shipments


def _apart(world: World, params: WorldParams, stream: int) -> World:
    """The same world, planned from a stream of its own: what one part draws does not move the others."""
    return replace(world, plan=Dice(params.seed, stream))


def _ordinary(world: World) -> Case:
    made = trade(world, order_time(world))
    if withdrawn(world.plan):
        return Case(made, _CANCELLED, lambda lists: withdraw(lists, world.write), plain=True)
    # What a buyer typed once often goes through all lists.
    return Case(made, Truth(), groups.one_writing(made, world.write) if world.plan.chance(0.12) else None)


def _lists(world: World, case: Case) -> Lists:
    if case.trade.flow == "export":
        lists = export_lists(case.trade, world.write, world.words)
    else:
        lists = import_lists(case.trade, world.write, world.market.silent)
    if case.alter is not None:
        case.alter(lists)
    if not case.plain:
        disturb(lists, world.write)
    return lists


def _tables(folder: Path, world: World, traces: Traces, dice: Dice) -> int:
    """Writes all tables; gives their number."""
    place = folder / "tables"
    place.mkdir()
    rows: dict[str, Sequence[tables.Row]] = {
        "companies": tables.companies(world),
        "payment_services": tables.payment_services(world),
        "market_prices": tables.market_prices(world, dice),
        "listings": tables.listings(world),
        "exchange_rates": tables.exchange_rates(world, dice),
        "brands": tables.brands(world),
        "tracking": traces.tracking,
        # By time: the order of the rows must not tell where they come from.
        "house_waybills": sorted(traces.house_waybills, key=lambda row: (row["shipped_at"], row["logistics_no"])),
        "outcomes": sorted(traces.outcomes, key=lambda row: (row["inspected_at"], row["logistics_no"])),
    }
    return sum(tables.write_table(place, name, table) for name, table in rows.items())
