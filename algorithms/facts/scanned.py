"""What the image of a parcel shows beside what was declared."""

import re
import unicodedata
from collections import defaultdict

import duckdb
import ibis.expr.types as ir
import pyarrow as pa
import pyarrow.parquet as pq

from sandan.algorithms.bench import Bench

_MADE = pa.schema(
    [
        ("consignment_id", pa.string()),
        ("scan_seen", pa.string()),
        ("scan_state", pa.string()),
        ("scan_confidence", pa.float64()),
        ("scan_brand", pa.string()),
        ("scan_prohibited", pa.string()),
    ]
)
# The surest image of each parcel, with the words of its papers. A scan that names no carrier fits the parcels of all.
_SCANNED = """
with surest as (
  select logistics_code, logistics_no, arg_max(struct_pack(s := recognised, c := confidence::double, b := brand),
    (confidence, scanned_at)) as x, max(prohibited) as prohibited, arg_max(confidence::double, (prohibited is not null, confidence)) as sure
  from scans group by all),
parcels as (
  select m.consignment_id, m.ebc_code, m.logistics_code, m.logistics_no, m.o_record_id, s.x, s.prohibited, s.sure
  from matched m join surest s on m.logistics_no = s.logistics_no and (s.logistics_code is null or s.logistics_code = m.logistics_code)
  qualify row_number() over (partition by m.consignment_id order by s.sure desc) = 1),
texts as (
  select p.consignment_id, i.gcode[:4] as heading, concat_ws(' ', i.item_name, i.gname, i.gmodel) as text
    from parcels p join inventory_items i on i.parent_id = p.consignment_id
  union all select p.consignment_id, null, concat_ws(' ', i.item_name, i.gmodel)
    from parcels p join order_items i on i.parent_id = p.o_record_id
  union all select p.consignment_id, null, h.description from parcels p join house_waybills h
    on h.logistics_code = p.logistics_code and h.logistics_no = p.logistics_no)
select p.consignment_id, coalesce(p.ebc_code, p.consignment_id) as seller, p.x.s as seen, p.x.c as confidence, p.x.b as brand, p.prohibited,
  p.sure, string_agg(t.text, ' ' order by t.text) as text, list_sort(list_distinct(list(t.heading))) as headings
from parcels p left join texts t using (consignment_id) group by all order by p.consignment_id
"""
# What so many other sellers' parcels of the heading show is a name that the recogniser gives to these goods.
_USUAL_SELLERS = 2
_CJK = r"[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]"


def scanned(bench: Bench) -> ir.Table:
    """What the surest image of each parcel shows that its papers do not say; consignments without an image have no row.

    Texts in different scripts are not compared: a Chinese name says nothing against an English one.

    Returns:
        consignment_id, scan_seen (goods seen, `, ` between them), scan_state (`none`: nothing that was seen is declared; `some`: a part is
        not; null: all is, or it cannot be compared), scan_confidence (0 to 1), scan_brand (a brand that no text names), scan_prohibited.
    """
    with duckdb.connect() as con:
        for name in ("matched", "scans", "inventory_items", "order_items", "house_waybills"):
            con.read_parquet(bench.files(name)).create_view(name)
        rows = con.sql(_SCANNED).to_arrow_table().to_pylist()
    sellers: dict[tuple[str, str], set[str]] = defaultdict(set)
    for row in rows:
        row["goods"] = [_plain(term) for term in (row["seen"] or "").split("|") if term.strip()]
        row["text"] = _plain(row["text"] or "")
        for heading in row["headings"]:
            for term in row["goods"]:
                sellers[heading, term].add(row["seller"])
    made = []
    for row in rows:
        prohibited, brand = row["prohibited"] or "", _plain(row["brand"] or "")
        is_left_out = bool(brand) and is_comparable(brand, row["text"]) and not is_named(brand, row["text"])
        goods = [term for term in row["goods"] if term != _plain(prohibited)]
        compared = [term for term in goods if is_comparable(term, row["text"])]
        missed = [
            term
            for term in compared
            if not is_named(term, row["text"])
            and not any(len(sellers[h, term] - {row["seller"]}) >= _USUAL_SELLERS for h in row["headings"])
        ]
        made.append(
            {
                "consignment_id": row["consignment_id"],
                "scan_seen": ", ".join(missed or goods),
                "scan_state": None if not missed else "none" if len(missed) == len(goods) else "some",
                "scan_confidence": float(row["sure"] if prohibited else row["confidence"] or 0.0),
                "scan_brand": row["brand"] if is_left_out else None,
                "scan_prohibited": prohibited or None,
            }
        )
    path = bench.path("scanned_made")
    pq.write_table(pa.Table.from_pylist(made, schema=_MADE), path)
    return bench.frames.con.read_parquet(path)


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).strip().lower()


def _words(text: str) -> set[str]:
    """Latin words of three letters or more, without a plural's s."""
    return {word[:-1] if len(word) > 3 and word.endswith("s") else word for word in re.findall(r"[a-z]{3,}", text)}


def _pairs(text: str) -> set[str]:
    """Pairs of neighbouring Chinese characters; a single one for itself."""
    runs = re.findall(f"{_CJK}+", text)
    return {run[k : k + 2] for run in runs for k in range(max(len(run) - 1, 1))}


def is_comparable(term: str, text: str) -> bool:
    """Whether both use Chinese characters, or both use Latin words."""
    return bool((_pairs(term) and _pairs(text)) or (_words(term) and _words(text)))


def is_named(term: str, text: str) -> bool:
    """Whether the text names the term, or goods whose name shares a word or a pair of Chinese characters with it."""
    return bool(term in text or _pairs(term) & _pairs(text) or _words(term) & _words(text))
