"""Addresses of one consignment compared: order, declaration, waybill, and where the parcel was really delivered."""

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from sandan.algorithms.bench import Bench
from sandan.record.values.addresses import address

# From here two normal forms are taken for one place written twice.
SAME = 0.75
# Source -> (normal form, text as written).
SOURCES = {
    "order": ("o_consignee_address_norm", "o_consignee_address"),
    "declaration": ("d_address_norm", "d_address"),
    "waybill": ("w_consignee_address_norm", "w_consignee_address"),
    "delivery": ("t_address_norm", "t_address"),
}
_PAIRS = (
    ("order", "waybill"),
    ("order", "declaration"),
    ("declaration", "waybill"),
    ("order", "delivery"),
    ("waybill", "delivery"),
    ("declaration", "delivery"),
)
_SCHEMA = pa.schema(
    [
        ("a", pa.string()),
        ("b", pa.string()),
        ("is_masked", pa.bool_()),
        ("alike", pa.float64()),
        ("other_province", pa.bool_()),
        ("kind", pa.string()),
    ]
)


def compare_addresses(bench: Bench, matched: ir.Table) -> ir.Table:
    """The pair of addresses of each consignment that differs most, kept as `addresses`.

    String work runs in Python on distinct pairs of normal forms; engines count letters differently.

    Returns:
        consignment_id, first and second (sources), a and b (normal forms), alike in [0, 1], other_province, kind of the second place;
        only consignments with two addresses that are not one place.
    """
    matched = matched.mutate(
        d_address=(matched.kind == "declaration").ifelse(matched.consignee_address, ibis.null("string")),
        d_address_norm=(matched.kind == "declaration").ifelse(matched.consignee_address_norm, ibis.null("string")),
    )
    pairs = []
    for rank, (first, second) in enumerate(_PAIRS):
        a, b = SOURCES[first][0], SOURCES[second][0]
        # A masked address has no normal form; it is compared as it is written.
        one, other = (ibis.coalesce(matched[norm], matched[text]) for norm, text in (SOURCES[first], SOURCES[second]))
        differs = matched.filter((one != other).fill_null(False))
        pairs.append(
            differs.select(
                "consignment_id",
                a=ibis.coalesce(differs[a], differs[SOURCES[first][1]]),
                b=ibis.coalesce(differs[b], differs[SOURCES[second][1]]),
                is_masked=differs[a].isnull() | differs[b].isnull(),
                first=ibis.literal(first),
                second=ibis.literal(second),
                b_text=differs[SOURCES[second][1]],
                rank=ibis.literal(rank),
            )
        )
    every = bench.keep("address_pairs", ibis.union(*pairs))
    distinct = (
        every.select("a", "b", "b_text", "is_masked")
        .distinct()
        .group_by("a", "b", "is_masked")
        .aggregate(text=lambda t: t.b_text.min())
        .order_by("a", "b", "is_masked")
        .to_pyarrow()
    )
    rows = [_compared(row["a"], row["b"], row["text"], row["is_masked"]) for row in distinct.to_pylist()]
    likeness = ibis.memtable(pa.Table.from_pylist(rows, schema=_SCHEMA))
    joined = every.inner_join(likeness, ["a", "b", "is_masked"]).drop("b_text", "is_masked")
    apart = joined.filter(joined.alike < SAME)
    ranked = apart.mutate(_rank=ibis.row_number().over(ibis.window(group_by=apart.consignment_id, order_by=[apart.alike, apart.rank])))
    return bench.keep("addresses", ranked.filter(ranked._rank == 0).drop("_rank", "rank"))


def _compared(a: str, b: str, text: str | None, is_masked: bool) -> dict[str, object]:
    if is_masked:
        alike, other_province = address.shown_likeness(a, b)
    else:
        first, second = address.province(a), address.province(b)
        alike, other_province = address.likeness(a, b), first is not None and second is not None and first != second
    return {
        "a": a,
        "b": b,
        "is_masked": is_masked,
        "alike": alike,
        "other_province": other_province,
        "kind": address.place_kind(text),
    }
