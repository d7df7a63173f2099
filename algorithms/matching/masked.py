"""Values of which somebody hid a part, beside what another list says: what is shown may show that they can not be one."""

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from sandan.algorithms.bench import Bench
from sandan.record.values.parties import name

_SCHEMA = pa.schema([("payer", pa.string()), ("buyer", pa.string()), ("payer_renamed", pa.bool_())])


def shown_of_payer(paid: ir.Table) -> tuple[ir.IntegerValue, ir.BooleanValue]:
    """What can be read of the numbers of payer and buyer where one of them is masked.

    Args:
        paid: Payments (`q_`) with the buyer beside them: hash, masked number, region and birth year of each.

    Returns:
        How many characters both show, a province or a birth year counting as one, and whether any of them differs; null where both
        numbers are whole or one is absent.
    """
    is_masked = paid.q_payer_id_hash.isnull() | paid.buyer_id_hash.isnull()
    is_masked &= paid.q_payer_id_masked.notnull() & paid.buyer_id_masked.notnull()
    n: ir.IntegerValue = ibis.literal(0)
    differs: ir.BooleanValue = ibis.literal(False)
    for place in range(1, 5):
        one, other = (text.right(place).left(1) for text in (paid.q_payer_id_masked, paid.buyer_id_masked))
        both = (one != "*") & (other != "*")
        n, differs = n + both.ifelse(1, 0), differs | (both & (one != other))
    for column in ("region", "birth_year"):
        one, other = paid[f"q_payer_id_{column}"], paid[f"buyer_id_{column}"]
        both = one.notnull() & other.notnull()
        n, differs = n + both.ifelse(1, 0), differs | (both & (one != other)).fill_null(False)
    return is_masked.ifelse(n, ibis.null("int64")), is_masked.ifelse(differs, ibis.null("boolean"))


def same_telephone(whole: ir.StringValue, written: ir.StringValue) -> ir.BooleanValue:
    """Whether a telephone in normal form fits one of which a part is hidden, and six of its digits can be read."""
    text = written.re_replace(r"^\s*(\+|00)86[\s-]*", "")
    head, tail = text.re_extract(r"^\s*(\d+)", 1), text.re_extract(r"(\d+)\s*$", 1)
    return whole.startswith(head) & whole.endswith(tail) & (head.length() + tail.length() >= 6) & (whole != written)


def masked_names(bench: Bench, matched: ir.Table) -> ir.Table:
    """Payer and buyer of whose names one is masked: `consignment_id`, and whether they can not be one (`payer_renamed`)."""
    one_name = matched.p_payer_name == matched.p_payer_name_max
    pairs = matched.filter(one_name & (matched.p_payer_norm.isnull() | matched.buyer_norm.isnull()))
    pairs = pairs.select(
        "consignment_id",
        payer=ibis.coalesce(pairs.p_payer_norm, pairs.p_payer_name),
        buyer=ibis.coalesce(pairs.buyer_norm, pairs.buyer_name),
    )
    pairs = bench.keep("masked_names", pairs.filter(pairs.payer.notnull() & pairs.buyer.notnull()))
    distinct = pairs.select("payer", "buyer").distinct().order_by("payer", "buyer").to_pyarrow().to_pylist()
    rows = [row | {"payer_renamed": name.differ(row["payer"], row["buyer"])} for row in distinct]
    shown = ibis.memtable(pa.Table.from_pylist(rows, schema=_SCHEMA))
    return pairs.inner_join(shown, ["payer", "buyer"]).select("consignment_id", "payer_renamed")
