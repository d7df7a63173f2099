"""The tables that accompany the messages: registers, prices, listings, rates, brands; and the rows that trades leave."""

import csv
import datetime as dt
from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from operator import itemgetter
from pathlib import Path
from typing import Self

from sandan.record.catalog.tables import CATALOG
from sandan.synthetic.dice import Dice
from sandan.synthetic.market.companies import Platform
from sandan.synthetic.market.goods import Item, going_price, shelf_price
from sandan.synthetic.market.marks import MARKS
from sandan.synthetic.output.traces import Left
from sandan.synthetic.trade.honest import World

Row = Mapping[str, str]
_STREAMED = {"house_waybills"}
# The time by which rows are ordered that are kept to the end.
_TIMES = {"outcomes": "inspected_at", "scans": "scanned_at"}
_LISTED_EVERY = 12
_PRICED_EVERY = 5


class _Table:
    """One table as CSV, the columns in the catalogue's order; there is no file without a row.

    Args:
        folder: Where it lies.
        name: The list.
        columns: Those that the rows may have.

    Raises:
        KeyError: A column that the list does not know, or a mandatory one is lacking.
    """

    def __init__(self, folder: Path, name: str, columns: Iterable[str]) -> None:
        used, known = set(columns), CATALOG[name]
        self._columns = [column.name for column in known.columns if column.name in used]
        missing = [column for column in known.mandatory if column not in used]
        if missing or len(self._columns) != len(used):
            raise KeyError(f"{name}: columns {', '.join(sorted(used))}; missing: {', '.join(missing)}")
        self._file = (folder / f"{name}.csv").open("w", encoding="utf-8", newline="")
        self._csv = csv.writer(self._file, lineterminator="\n")
        self._csv.writerow(self._columns)

    def add(self, rows: Iterable[Row]) -> None:
        self._csv.writerows([row.get(column, "") for column in self._columns] for row in rows)

    def close(self) -> None:
        self._file.close()


class WorldTables:
    """Writes all tables of a world: what is many while it is made, the rest at the end.

    Args:
        folder: Is made.
        world: Its registers may get rows until the end.
        dice: Stream of prices and rates.
    """

    def __init__(self, folder: Path, world: World, dice: Dice) -> None:
        folder.mkdir()
        self._folder, self._world, self._dice = folder, world, dice
        self._open: dict[str, _Table] = {}
        # By time: the order of the rows must not show where they come from.
        self._shipped: list[tuple[str, str, Row]] = []
        self._apart: dict[str, list[Row]] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *rest: object) -> None:
        try:
            if kind is None:
                self._finish()
        finally:
            for table in self._open.values():
                table.close()

    @property
    def n_tables(self) -> int:
        """Files so far."""
        return len(self._open)

    def add(self, left: Left) -> None:
        """Takes what a consignment or parcel leaves."""
        self._write("tracking", left.tracking)
        self._shipped += [(row["shipped_at"], row["logistics_no"], row) for row in left.house_waybills]
        for name, rows in (("outcomes", left.outcomes), ("scans", left.scans)):
            if rows:
                self._apart.setdefault(name, []).extend(rows)

    def advance(self, until: dt.datetime) -> None:
        """Writes what can not be preceded any more; the caller promises that no parcel shipped before `until` comes later."""
        self._shipped.sort(key=itemgetter(0, 1))
        ready = bisect_left(self._shipped, until.isoformat(), key=itemgetter(0))
        self._write("house_waybills", [row for _, _, row in self._shipped[:ready]])
        del self._shipped[:ready]

    def _finish(self) -> None:
        world, dice = self._world, self._dice
        self.advance(dt.datetime.max)
        tables: dict[str, Sequence[Row]] = {
            "companies": companies(world),
            "payment_services": payment_services(world),
            "market_prices": market_prices(world, dice),
            "listings": listings(world),
            "exchange_rates": list(world.season.rates.rows()),
            "brands": brands(world),
        }
        for name, rows in tables.items():
            self._write(name, rows)
        for name, rows in self._apart.items():
            self._write(name, sorted(rows, key=lambda row: (row[_TIMES[name]], row["logistics_no"])))

    def _write(self, name: str, rows: Sequence[Row]) -> None:
        if not rows:
            return
        if name not in self._open:
            # Of those that are written while they come, not every row has every column.
            columns = [column.name for column in CATALOG[name].columns] if name in _STREAMED else {key for row in rows for key in row}
            self._open[name] = _Table(self._folder, name, columns)
        self._open[name].add(rows)


def companies(world: World) -> list[Row]:
    """The register of companies."""
    return [
        {
            "code": company.code, "name": company.name, "role": company.role, "registered_on": str(company.registered_on), "revoked_on": "",
            "uscc": company.uscc, "credit": company.credit,
        }
        for company in world.market.register()
    ]  # fmt: skip


def payment_services(world: World) -> list[Row]:
    """Which payment company works on which platform since when."""
    return [{"pay_code": pay, "ebp_code": ebp, "active_from": str(day)} for (pay, ebp), day in world.market.services.items()]


def market_prices(world: World, dice: Dice) -> list[Row]:
    """Prices seen on a platform that sells a thing, else in shops elsewhere; before and in the world's days, with noise."""
    made: list[Row] = []
    sold = {platform.company.code: _sold(world, platform) for platform in world.market.platforms}
    for item in world.items:
        there = [(p.company.code, p.level) for p in world.market.platforms if item.item_no in sold[p.company.code]] or [("", 1.0)]
        for offset in range(-4 * _PRICED_EVERY, world.season.days, _PRICED_EVERY):
            day = world.season.start + dt.timedelta(days=offset + dice.whole(0, 3))
            code, level = dice.pick(there)
            price = going_price(item, day, world.season, level) * (1 + dice.normal(0.04))
            made.append(
                {
                    "hs_code": item.hs_code, "item_name": item.name, "price": f"{price:.2f}", "currency": "CNY", "seen_on": str(day),
                    "brand": item.brand, "bar_code": "" if item.bar_code == "无" else item.bar_code, "platform": code,
                }
            )  # fmt: skip
    return made


def _sold(world: World, platform: Platform) -> dict[str, Item]:
    """Item number -> what sellers have on a platform."""
    items = [item for seller in world.market.sellers if platform in seller.platforms for item in seller.items]
    return {item.item_no: item for item in items if item.item_no not in platform.absent}


def listings(world: World) -> list[Row]:
    """What is on sale where: all that sellers have there, novelties from their first day, some goods under another name."""
    made: list[Row] = []
    by_number = {item.item_no: item for item in world.items}
    days = [world.season.start + dt.timedelta(days=offset) for offset in range(-4, world.season.days, _LISTED_EVERY)]
    for platform in world.market.platforms:
        code = platform.company.code
        for item in _sold(world, platform).values():
            made += [_listing(world, code, platform.level, item, item.name, day) for day in days]
        for (ebp, number), first in world.late_listings.items():
            if ebp == code:
                seen = [first, *(day for day in days if day > first)]
                made += [_listing(world, code, platform.level, by_number[number], by_number[number].name, day) for day in seen]
        for (ebp, number), name in world.renamed_listings.items():
            if ebp == code:
                made += [_listing(world, code, platform.level, by_number[number], name, day) for day in days]
    return made


def _listing(world: World, code: str, level: float, item: Item, name: str, day: dt.date) -> Row:
    price = shelf_price(item, day, world.season, level)
    return {
        "ebp_code": code, "item_name": name, "seen_on": str(day), "price": f"{price / 100:.2f}", "currency": "CNY",
        "bar_code": "" if item.bar_code == "无" else item.bar_code,
    }  # fmt: skip


def brands(world: World) -> list[Row]:
    """Brands on record at customs, with what they are recorded for."""
    prefixes: dict[str, dict[str, None]] = {}
    aliases: dict[str, dict[str, None]] = {}
    for item in world.items:
        if item.brand:
            prefixes.setdefault(item.brand, {})[item.hs_code[:4]] = None
            aliases.setdefault(item.brand, {}).update(dict.fromkeys(item.gmodel.split("|")[1].split()))
    for mark in MARKS:
        prefixes.setdefault(mark.brand, {}).update(dict.fromkeys(mark.headings))
        aliases.setdefault(mark.brand, {}).update(dict.fromkeys(mark.aliases))
    year = world.season.start.year
    return [
        {
            "brand": brand, "aliases": "|".join(aliases[brand]), "right_holder": f"{brand} Holding", "hs_prefixes": "|".join(codes),
            "recordation_no": f"T{year - 4}-{10000 + 37 * index}", "valid_to": f"{year + 5}-12-31",
            "valid_from": f"{year - 4}-0{index % 9 + 1}-01",
        }
        for index, (brand, codes) in enumerate(prefixes.items())
    ]  # fmt: skip
