"""The lists of the lake as Ibis tables: every version, or what was in force on a date.

Written in the portable subset, so that the same expressions give the same rows on DuckDB here and on Spark beyond one machine.
"""

import datetime as dt
import secrets
from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from sandan.record.catalog.tables import CATALOG
from sandan.record.catalog.trade import TIMELESS
from sandan.record.lake.lake import Lake
from sandan.record.lake.tables import SCHEMAS

# Columns that name a company, by either of its codes.
_COMPANY_CODES = ("ebp_code", "ebc_code", "pay_code", "logistics_code", "agent_code")
_NO_PLATFORM = ("无", "NO", "NONE", "0", "")


def connect(threads: int = 0) -> ibis.BaseBackend:
    """A DuckDB engine in UTC; `threads` 0: one per core."""
    options = {"threads": threads} if threads else {}
    # The engine merges nested selections itself; Ibis takes a fifth of a small run's time to do it before.
    ibis.options.sql.fuse_selects = False
    con = ibis.duckdb.connect(**options)
    con.raw_sql("SET TimeZone = 'UTC'")
    con.raw_sql("SET enable_progress_bar = false")
    return con


class Frames:
    """Lists as of a date, read with one engine from one state of the lake."""

    def __init__(
        self, lake: Lake, con: ibis.BaseBackend, as_of: dt.datetime | None, beside: Mapping[str, pa.Table] = MappingProxyType({})
    ) -> None:
        """Read a lake.

        Args:
            lake: Which.
            con: The engine.
            as_of: The date; None: everything known.
            beside: Rows that are kept elsewhere than in the lake, by list, in its columns: what was decided in the app.
        """
        self.lake = lake
        self.con = con
        self.as_of = as_of
        self._beside = beside
        self._aliases: ir.Table | None = None
        self._known: dict[str, ir.Table] = {}
        self._read: dict[str, ir.Table] = {}

    def every(self, name: str) -> ir.Table:
        """All versions of one list, whatever their date; no rows with the right columns if it holds nothing yet."""
        stored, beside = self._stored(name), self._beside.get(name)
        if beside is None:
            return stored
        return stored.union(self.con.create_table(f"more_{name}_{secrets.token_hex(4)}", beside, temp=True))

    def _stored(self, name: str) -> ir.Table:
        if name not in self._read:
            self._read[name] = self._opened(name)
        return self._read[name]

    def _opened(self, name: str) -> ir.Table:
        files = self.lake.checked_files(name)
        if not files:
            # Of this engine: a table in memory that is alone in an expression would run on the one engine that all threads share.
            return self.con.create_table(f"no_{name}_{secrets.token_hex(4)}", SCHEMAS[name].empty_table(), temp=True)
        table = self.con.read_parquet(files, union_by_name=True)
        absent = {field.name: ibis.null(_ibis_type(field.type)) for field in SCHEMAS[name] if field.name not in table.columns}
        here = table.mutate(**absent) if absent else table
        return here if here.columns == tuple(SCHEMAS[name].names) else here.select(*SCHEMAS[name].names)

    def has(self, name: str) -> bool:
        """Whether a list has rows of any date, in the lake or beside it."""
        return bool(self.lake.files(name)) or name in self._beside

    def current(self, name: str) -> ir.Table:
        """The rows of one list in force on the date: the newest version of each key, drafts and deletions left out.

        Company codes are those of the register where it knows the company by either code; `ebp_code` is the seller's code where a list
        names no platform. Which version is newest: docs/intake.md, versions of a record.
        """
        if name not in self._known:
            self._known[name] = self._current(name)
        return self._known[name]

    def count(self, name: str) -> int:
        """Rows of one list in force on the date."""
        return int(self.current(name).count().to_pyarrow().as_py())

    def _current(self, name: str) -> ir.Table:
        spec = CATALOG[name]
        rows = self.every(name)
        if self.as_of is not None:
            known = rows.known_at <= ibis.literal(self.as_of)
            # A reference without a time of its own came when it was sent for, which says nothing of since when it holds; lines that
            # came as a table without a time are known with their head, which is looked up below.
            has_none = name in TIMELESS or spec.is_lines
            rows = rows.filter(known | rows[spec.known_by].isnull() if has_none and spec.known_by else known)
        if "app_status" in rows.columns:
            rows = rows.filter(rows.app_status.isnull() | (rows.app_status != "1"))
        if name != "companies":
            rows = self._with_register_codes(rows)
        if spec.is_lines:
            return self._lines(name, rows)
        if spec.replaces:
            order = [rows.batch_id.desc(), rows.record_id.desc()]
        else:
            order = [rows[spec.known_by or "known_at"].desc(nulls_first=False), rows.record_id.desc()]
            if "app_type" in rows.columns:
                order.insert(1, rows.app_type.desc(nulls_first=False))
        # Not by key_id: two lists that name one company by its two codes are one key here.
        keys = [rows.key_id] if not self._merges(name) else [rows[column] for column in _merged_key(name)]
        newest = first_of_each(rows, keys, order)
        return newest.filter(newest.app_type.isnull() | (newest.app_type != "3")) if "app_type" in newest.columns else newest

    def _merges(self, name: str) -> bool:
        return name in ("orders", "waybills")

    def _lines(self, name: str, rows: ir.Table) -> ir.Table:
        """Lines of the heads in force, and lines that came as a table of their own for heads that have none."""
        heads = self.current(next(spec.name for spec in CATALOG.values() if spec.lines == name))
        own = rows.filter(rows.parent_id.notnull()).semi_join(heads, rows.parent_id == heads.record_id)
        loose = rows.filter(rows.parent_id.isnull())
        order = [loose[CATALOG[name].known_by].desc(nulls_first=False), loose.record_id.desc()]
        if "app_type" in loose.columns:
            order.insert(1, loose.app_type.desc(nulls_first=False))
        loose = first_of_each(loose, [loose.key_id], order)
        if "app_type" in loose.columns:
            loose = loose.filter(loose.app_type.isnull() | (loose.app_type != "3"))
        keys = [column for column in CATALOG[name].key if column != "gnum"]
        named = heads.select(*keys, head_id=heads.record_id)
        own_columns = {column: loose[column] for column in rows.columns}
        matched = loose.inner_join(named, keys).select(**own_columns | {"parent_id": named.head_id})
        return own.union(matched.anti_join(own, "parent_id"))

    def _with_register_codes(self, rows: ir.Table) -> ir.Table:
        """Replace unified credit codes by the register's code of the company, and an absent platform by the seller."""
        if "ebp_code" in rows.columns and "ebc_code" in rows.columns:
            rows = rows.mutate(ebp_code=(rows.ebp_code.isnull() | rows.ebp_code.isin(_NO_PLATFORM)).ifelse(rows.ebc_code, rows.ebp_code))
        aliases = self._register_aliases()
        if aliases is None:
            return rows
        # All in one chain of joins: each further selection of a wide list costs a small run more than the join itself.
        joined, codes = rows, {column: rows[column] for column in rows.columns}
        for column in [column for column in _COMPANY_CODES if column in rows.columns]:
            known = aliases.select(**{f"_alias_{column}": "uscc", f"_code_{column}": "code"})
            joined = joined.left_join(known, rows[column] == known[f"_alias_{column}"])
            codes[column] = ibis.coalesce(known[f"_code_{column}"], rows[column])
        return joined.select(**codes)

    def _register_aliases(self) -> ir.Table | None:
        """Unified credit code -> the register's code; None while the register names none."""
        if self._aliases is None:
            register = self.current("companies")
            pairs = register.filter(register.uscc.notnull() & (register.uscc != register.code))
            found = pairs.group_by("uscc").aggregate(code=pairs.code.min()).order_by("uscc").to_pyarrow()
            self._aliases = ibis.memtable(found.cast(pa.schema([("uscc", pa.string()), ("code", pa.string())])))
            self._n_aliases = found.num_rows
        return self._aliases if self._n_aliases else None


def first_of_each(table: ir.Table, keys: Sequence[ir.Value], order: Sequence[ir.Value]) -> ir.Table:
    """One row of each group: the first in the order given."""
    return table.filter(ibis.row_number().over(ibis.window(group_by=list(keys), order_by=list(order))) == 0)


def beside(table: ir.Table, other: ir.Table, *on: Any, leave: Sequence[str] = ()) -> ir.Table:
    """All rows of a table with the columns of another where it has a row for them: a left join without the columns it was joined by.

    Args:
        table: The rows that stay.
        other: Its columns are new ones, but for those joined by.
        on: Conditions; a name: a column that both have.
        leave: Columns of either that are not wanted.
    """
    here = [column for column in table.columns if column not in leave]
    shared = [condition for condition in on if isinstance(condition, str)]
    there = [column for column in other.columns if column not in leave and column not in shared]
    return table.left_join(other, list(on)).select(*here, *there)


def beside_each(table: ir.Table, others: Sequence[ir.Table], key: str) -> ir.Table:
    """`beside` for several tables with one key, in one chain of joins; no column of theirs but the key is in two of them."""
    joined, names = table, list(table.columns)
    for place, other in enumerate(others):
        joined = joined.left_join(other, key, rname=f"{{name}}_of_{place}")
        names += [column for column in other.columns if column != key]
    return joined.select(*names)


def _merged_key(name: str) -> Iterable[str]:
    return {"orders": ("flow", "ebp_code", "order_no"), "waybills": ("flow", "logistics_code", "logistics_no", "order_no")}[name]


def _ibis_type(kind: pa.DataType) -> str:
    return "timestamp('UTC')" if pa.types.is_timestamp(kind) else "string" if pa.types.is_string(kind) else str(kind)
