"""Whether what is served is what the tables say, whether the tables fit together, and whether they hold what the lists name."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import duckdb
import ibis.expr.types as ir

from sandan.graph.checksum import Checksum, batches_checksum
from sandan.graph.parts import Part, parts
from sandan.graph.store.access import graph_layout, open_store
from sandan.record.amounts import Lists
from sandan.record.catalog.keys import order_id, parcel_id
from sandan.record.errors import StoreUnavailable
from sandan.record.settings import Settings

Progress = Callable[[int, int], None]

_NAMING = {
    "Order": (("orders", "payments", "inventories"), order_id),
    "Parcel": (("waybills", "deliveries", "inventories", "house_waybills"), parcel_id),
}  # fmt: skip


def served_checksums(settings: Settings, progress: Progress = lambda _done, _of: None) -> dict[Part, Checksum]:
    """Of everything in the configured store, read piece by piece.

    Args:
        settings: Name the store.
        progress: Called with tables done and tables in all.

    Raises:
        ConfigError: The address or password cannot be used.
        StoreUnavailable: There is no graph yet, it is being loaded, or its server cannot be reached.
    """
    every = list(parts())
    sums = {}
    if settings.graph:
        # Imported here because most installations never speak to a server.
        from sandan.graph.store.neo4j.store import Neo4jStore

        with open_store(settings) as store:
            assert isinstance(store, Neo4jStore)
            before = store.marker()
            for done, part in enumerate(every):
                sums[part] = batches_checksum(part, store.read_part(part))
                progress(done + 1, len(every))
            if store.marker() != before:
                raise StoreUnavailable(f"{settings.graph}: the graph was changed while it was read; run `sandan graph check` again")
        return sums
    from sandan.graph.store.ladybug.contents import read_part

    layout = graph_layout(settings)
    for done, part in enumerate(every):
        sums[part] = batches_checksum(part, read_part(layout, part, n_threads=settings.n_workers))
        progress(done + 1, len(every))
    return sums


def differences(found: Mapping[Part, Checksum], expected: Mapping[Part, Checksum]) -> Iterator[str]:
    """A phrase for every label, and relationship between two labels, that is not as expected."""
    for part, wanted in expected.items():
        one = found.get(part, Checksum())
        if one.n_rows != wanted.n_rows:
            yield f"{part}: {one.n_rows} rows, not {wanted.n_rows}"
        elif one.keys != wanted.keys:
            yield f"{part}: {one.n_rows} rows, but of other {'ends' if part.ends else 'ids'}"
        elif one.rows != wanted.rows:
            yield f"{part}: {one.n_rows} rows of the same {'ends' if part.ends else 'ids'}, but with other properties"


def loose_ends(tables: Path) -> Iterator[str]:
    """A phrase for every label with an id that is there twice, and for every relationship with an end that is no node."""
    with duckdb.connect() as con:
        for part in parts():
            con.read_parquet(part.glob(tables)).create_view("part", replace=True)
            if part.ends is None:
                n = _number(con, "SELECT count(id) - count(DISTINCT id) + count(*) - count(id) FROM part")
                if n:
                    yield f"{part}: {n} ids are missing or there twice"
                continue
            for column, label in zip(part.keys, part.ends, strict=True):
                con.read_parquet(Part(label).glob(tables)).create_view("ends", replace=True)
                if n := _number(con, f'SELECT count(*) FROM part ANTI JOIN ends ON part."{column}" = ends.id'):
                    yield f"{part}: {n} rows have no {label} at their {'beginning' if column == 'from' else 'end'}"


def unnamed_consignments(lists: Lists, tables: Path) -> tuple[list[str], dict[str, int]]:
    """Hold each list against the nodes that it must have made.

    Args:
        lists: Gives each list in force on the graph's date.
        tables: The graph's.

    Returns:
        A phrase for every list that names consignments that are not in the tables, and for every label that has more than the lists name;
        and how many each list names.
    """
    said: list[str] = []
    named: dict[str, int] = {}
    with duckdb.connect() as con:
        for label, (names, key) in _NAMING.items():
            con.read_parquet(Part(label).glob(tables)).create_view("nodes", replace=True)
            con.execute("CREATE OR REPLACE TEMP TABLE every (id VARCHAR)")
            for name in names:
                con.register("list", _keys(lists(name), key))
                named[name] = max(named.get(name, 0), _number(con, "SELECT count(*) FROM list"))
                if n := _number(con, "SELECT count(*) FROM list ANTI JOIN nodes USING (id)"):
                    said.append(f"{label}: {n} of the {_number(con, 'SELECT count(*) FROM list')} that {name} names are not there")
                con.execute("INSERT INTO every SELECT id FROM list")
                con.unregister("list")
            if n := _number(con, "SELECT count(*) FROM nodes ANTI JOIN every USING (id)"):
                said.append(f"{label}: {n} that no list names")
    return said, named


def _keys(table: ir.Table, key: Callable[[ir.Table], ir.StringValue]) -> object:
    found = table.select(id=key(table))
    return found.filter(found.id.notnull()).distinct().to_pyarrow()


def _number(con: duckdb.DuckDBPyConnection, query: str) -> int:
    found = con.execute(query).fetchone()
    return int(found[0]) if found else 0
