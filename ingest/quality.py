"""How good what was received is, per sender and list: completeness, lateness, impossible times, validity of codes.

Every figure is a sum and a number, so that batches can be added up: the figure itself is their quotient.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import pyarrow as pa
import pyarrow.compute as pc

from sandan.ingest.account import FileCount
from sandan.ingest.columns.defects import BETWEEN, MEANINGS
from sandan.record.catalog.tables import CATALOG
from sandan.record.lake.tables import QUALITY
from sandan.record.values import code
from sandan.record.values.commodities import unit

# What the checks of customs need beside the key; all of it is mandatory in the schemas of import (edition 2022-05).
EXPECTED: dict[str, tuple[str, ...]] = {
    "orders": (
        "ebp_name", "ebc_code", "goods_value", "freight", "discount", "tax_total", "actual_paid", "currency", "buyer_name", "buyer_id_hash",
        "buyer_telephone", "consignee", "consignee_telephone", "consignee_address", "app_time",
    ),
    "order_items": ("item_name", "qty", "price", "unit", "currency"),
    "payments": ("pay_code", "pay_transaction_id", "payer_name", "payer_id_hash", "amount_paid", "currency", "pay_time", "app_time"),
    "waybills": ("order_no", "weight", "consignee", "consignee_telephone", "consignee_address", "app_time"),
    "deliveries": ("logistics_time", "app_time"),
    "inventories": (
        "ebp_code", "ebc_code", "agent_code", "customs_code", "decl_time", "buyer_name", "buyer_id_hash", "buyer_telephone",
        "consignee_address", "trade_mode", "country", "gross_weight", "net_weight", "app_time",
    ),
    "inventory_items": ("gcode", "gname", "qty", "unit", "price", "currency", "country"),
    "house_waybills": (
        "channel", "sender_name", "sender_telephone", "receiver_name", "receiver_address", "receiver_telephone", "description",
        "declared_value", "weight_kg",
    ),
    "receipts": ("return_status", "return_time", "return_info"),
    "tax_bills": ("invt_no", "customs_tax", "value_added_tax", "consumption_tax", "return_time"),
}  # fmt: skip
# Of it what an export does not have, or may leave out.
_IMPORT_ONLY = frozenset(
    "discount tax_total actual_paid buyer_name buyer_id_hash buyer_telephone consignee consignee_telephone consignee_address payer_name "
    "payer_id_hash order_no pay_code pay_transaction_id".split()
)
_CODES: dict[str, Callable[[str], bool]] = {
    "currency": code.is_currency,
    "country": code.is_country,
    "receiver_country": code.is_country,
    "unit": unit.is_known,
}
# Of a commodity code; the last two of the ten digits are China's own.
_GCODE = r"^[0-9]{8}([0-9]{2})?$"
INDEXES = {
    "completeness": "cells filled of those that the checks of customs need",
    "code_validity": "currencies, countries, units and commodity codes that the code lists have, of those given",
    "identity_validity": "identity numbers with a date and check digit after GB 11643, of those given",
    "lateness": "hours from a record's own time to its receipt, on average",
    "future_times": "records whose own time lies after their receipt",
    "duplicates": "records that were here before or stand twice in a batch, of those read",
    "superseded": "records of which a newer version was known, of those read",
    "rejected": "records rejected, of those read",
    **{name: f"{meaning}, of those read" for name, meaning in MEANINGS.items()},
}
# The same in Chinese.
INDEXES_ZH = {
    "completeness": "海关核对所需单元格的填写比例",
    "code_validity": "币制、国别、计量单位和商品编码中代码表可查到的比例",
    "identity_validity": "身份证号码中日期与校验位符合 GB 11643 的比例",
    "lateness": "自记录自身时间至收到的平均小时数",
    "future_times": "自身时间晚于收到时间的记录比例",
    "duplicates": "此前已有或批内重复的记录占读取记录的比例",
    "superseded": "已有更新版本的记录占读取记录的比例",
    "rejected": "被拒收的记录占读取记录的比例",
    "unknown_currency": "币制既非 ISO 4217 字母也非海关代码的记录与表体行占读取记录的比例",
    "unreadable_goods_code": "商品编码不是税则 8 位或 10 位数字的记录与表体行占读取记录的比例",
    "lost_barcode": "条码在电子表格中丢失数字的表体行占读取记录的比例",
    "rounded_number": "长号码与整列一样以零结尾的记录与表体行占读取记录的比例（电子表格只保留十五位）",
    "no_lines": "应有表体而没有表体行的记录占读取记录的比例",
}
UNITS = {index: "hours" if index == "lateness" else "share" for index in INDEXES}
Key = tuple[str, str, str]


@dataclass(slots=True)
class Figures:
    """Sums and numbers by source, list and index."""

    sums: dict[Key, tuple[float, int]] = field(default_factory=dict)

    def add(self, source: str, list_name: str, index: str, total: float, n: int) -> None:
        """Count something in; nothing to count is nothing."""
        if n:
            old = self.sums.get((source, list_name, index), (0.0, 0))
            self.sums[source, list_name, index] = old[0] + total, old[1] + n

    def merge(self, others: Mapping[Key, tuple[float, int]]) -> None:
        """Count the figures of another worker in."""
        for key, (total, n) in others.items():
            self.add(*key, total, n)

    def rows(self, name: str, rows: pa.Table) -> None:
        """Look at staged rows of one list, which have the facts of their files."""
        list_name = name.removesuffix(".lines")
        source = pc.coalesce(rows["cop_code"], pc.if_else(pc.equal(rows["received_as"], "table"), "table", "unknown"))
        for one in pc.unique(source).to_pylist():
            mine = rows if pc.all(pc.equal(source, one)).as_py() else rows.filter(pc.equal(source, one))
            self._look(one, list_name, mine)

    def accounts(self, source: str, list_name: str, count: FileCount, n_rejected: int) -> None:
        """Count in what became of the records of one file."""
        n = count.loaded + count.superseded + count.duplicate + n_rejected
        for index, total in (("duplicates", count.duplicate), ("superseded", count.superseded), ("rejected", n_rejected)):
            self.add(source, list_name, index, total, n)

    def table(self, batch_id: str) -> pa.Table:
        """The figures as rows of the lake."""
        keys = sorted(self.sums)
        columns: list[Sequence[object]] = [[batch_id] * len(keys), *([key[i] for key in keys] for i in range(3))]
        columns += [[self.sums[key][i] for key in keys] for i in range(2)]
        return pa.Table.from_arrays([pa.array(values, f.type) for values, f in zip(columns, QUALITY, strict=True)], schema=QUALITY)

    def _look(self, source: str, list_name: str, rows: pa.Table) -> None:
        n = rows.num_rows
        n_import = n
        if "flow" in rows.column_names:
            n_import = pc.sum(pc.equal(rows["flow"], "import")).as_py() or 0
        for name in EXPECTED.get(list_name, ()):
            cells = n_import if name in _IMPORT_ONLY else n
            self.add(source, list_name, "completeness", min(n - rows[name].null_count, cells), cells)
        for name, is_valid in _CODES.items():
            if name in rows.column_names:
                self._codes(source, list_name, rows[name], is_valid)
        if "gcode" in rows.column_names:
            given = rows["gcode"].drop_null()
            self.add(source, list_name, "code_validity", pc.sum(pc.match_substring_regex(given, _GCODE)).as_py() or 0, len(given))
        if "currency" in rows.column_names:
            self.add(source, list_name, "unknown_currency", _with_defect(rows, "unknown_currency"), n)
        if "gcode" in rows.column_names:
            self.add(source, list_name, "unreadable_goods_code", _with_defect(rows, "unreadable_goods_code"), n)
        if n_rounded := _with_defect(rows, "rounded_number"):
            self.add(source, list_name, "rounded_number", n_rounded, n)
        if CATALOG[list_name].lines:
            sent = rows.filter(pc.not_equal(rows["received_as"], "table"))
            self.add(source, list_name, "no_lines", _with_defect(sent, "no_lines"), sent.num_rows)
        if "bar_code" in rows.column_names:
            self.add(source, list_name, "lost_barcode", _with_defect(rows, "lost_barcode"), n)
        for name in rows.column_names:
            if name.endswith("_id_valid"):
                given = rows[name].drop_null()
                self.add(source, list_name, "identity_validity", pc.sum(given).as_py() or 0, len(given))
        known_by = CATALOG[list_name].known_by
        # Lines have the times of their heads.
        if known_by and not CATALOG[list_name].is_lines and pa.types.is_timestamp(rows.schema.field(known_by).type):
            own = rows.filter(pc.is_valid(rows[known_by]))
            late = pc.subtract(pc.cast(own["received_at"], pa.int64()), pc.cast(own["known_at"], pa.int64()))
            self.add(source, list_name, "lateness", (pc.sum(late).as_py() or 0) / 3.6e9, own.num_rows)
            self.add(source, list_name, "future_times", _with_defect(own, f"{known_by}_in_future"), own.num_rows)

    def _codes(self, source: str, list_name: str, values: pa.ChunkedArray, is_valid: Callable[[str], bool]) -> None:
        counted = pc.value_counts(values.drop_null())
        total = n = 0
        for row in counted.to_pylist():
            n += row["counts"]
            total += row["counts"] if is_valid(row["values"]) else 0
        self.add(source, list_name, "code_validity", total, n)


def _with_defect(rows: pa.Table, name: str) -> int:
    """How many rows have a defect."""
    named = rows["defects"].drop_null()
    if not len(named):
        return 0
    return int(pc.sum(pc.match_substring_regex(named, rf"(^|\{BETWEEN}){name}(\{BETWEEN}|$)")).as_py() or 0)
