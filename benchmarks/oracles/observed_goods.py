"""What can be observed of the goods of every consignment: order beside declaration, prices beside others' prices, and what a scan saw."""

import numpy as np
import numpy.typing as npt
import pandas as pd

from sandan.algorithms.bench import Bench

Floats = npt.NDArray[np.float64]

# Of a consignment's own lists.
OWN_GOODS = ("pieces", "most_pieces", "gap_pieces", "gap_lines", "names_shared", "bar_codes_shared")
# Beside what all others sell and pay.
MARKET = (
    "log_price_high", "log_price_low", "log_heading_on_platform", "log_heading_share_on_platform", "log_heading_at_seller",
    "log_heading_share_at_seller", "log_code_share", "log_weight_by_usual",
)  # fmt: skip
SCAN = ("scan_confidence", "scan_brand", "scan_prohibited", "scan_words_shared")
GOODS = (*OWN_GOODS, *MARKET, *SCAN)
# With fewer others a median says nothing.
_PEERS = 5


def observe_goods(bench: Bench, facts: pd.DataFrame) -> pd.DataFrame:
    """Columns `GOODS`, a row for each of the facts.

    Args:
        bench: The lists as of the run's date, with the run's `price_lines`.
        facts: By consignment id: `o_record_id`, `ebp_code`, `ebc_code`, `logistics_code`, `logistics_no`, `w_weight`.
    """
    columns = ["parent_id", "qty", "price", "item_name_norm", "bar_code"]
    declared = _lines(bench, "inventory_items", [*columns, "gcode"])
    ordered = _lines(bench, "order_items", columns)
    made = pd.DataFrame(index=facts.index)
    own = declared.groupby("parent_id")["qty"].agg(["sum", "max", "size"]).reindex(facts.index)
    order = ordered.groupby("parent_id")["qty"].agg(["sum", "size"]).reindex(facts["o_record_id"])
    made["pieces"], made["most_pieces"] = own["sum"], own["max"]
    made["gap_pieces"] = own["sum"].to_numpy() - order["sum"].to_numpy()
    made["gap_lines"] = own["size"].to_numpy() - order["size"].to_numpy()
    for name, column in (("names_shared", "item_name_norm"), ("bar_codes_shared", "bar_code")):
        made[name] = _shared(declared, ordered, column, facts["o_record_id"]).reindex(facts.index)
    declared["goods"] = declared["bar_code"].where(declared["bar_code"].notna(), declared["item_name_norm"])
    made["log_code_share"] = _code_share(declared).reindex(facts.index)
    made["log_weight_by_usual"] = _weights(declared, facts["w_weight"].astype(float)).reindex(facts.index)
    prices = _prices(bench.current("price_lines").select("consignment_id", "goods_key", "price_cny").to_pyarrow().to_pandas())
    made["log_price_high"], made["log_price_low"] = (prices[stat].reindex(facts.index) for stat in ("max", "min"))
    for role, code in (("on_platform", "ebp_code"), ("at_seller", "ebc_code")):
        made = made.join(_headings(declared, facts[code], role))
    return made.join(_scans(bench, facts))[list(GOODS)].astype(float)


def _lines(bench: Bench, name: str, columns: list[str]) -> pd.DataFrame:
    found: pd.DataFrame = bench.current(name).select(*columns).to_pyarrow().to_pandas()
    return found.astype({"qty": float, "price": float})


def _shared(declared: pd.DataFrame, ordered: pd.DataFrame, column: str, order_of: "pd.Series[str]") -> "pd.Series[float]":
    """Share of a declaration's lines whose name or bar code stands in its order."""
    there = set(zip(ordered["parent_id"], ordered[column], strict=True))
    orders = declared["parent_id"].map(order_of)
    hits = [(order, value) in there for order, value in zip(orders, declared[column], strict=True)]
    known = orders.notna().to_numpy()
    return pd.Series(np.array(hits, float)[known]).groupby(declared["parent_id"].to_numpy()[known]).mean()


def _prices(lines: pd.DataFrame) -> pd.DataFrame:
    """Logarithm of a line's price by the median of the same goods in the same pack, the highest and the lowest of a declaration."""
    by_goods = lines.groupby("goods_key")["price_cny"]
    ratio = (lines["price_cny"] / by_goods.transform("median")).where(by_goods.transform("count") >= _PEERS).map(np.log)
    found: pd.DataFrame = ratio.groupby(lines["consignment_id"]).agg(["max", "min"])
    return found


def _code_share(declared: pd.DataFrame) -> "pd.Series[float]":
    """Logarithm of the share of the same goods that are declared under the same code, the lowest of a declaration."""
    same, every = declared.groupby(["goods", "gcode"])["qty"].transform("size"), declared.groupby("goods")["qty"].transform("size")
    share = (same / every).where(every >= _PEERS).map(np.log)
    return share.groupby(declared["parent_id"]).min()


def _weights(declared: pd.DataFrame, weight: "pd.Series[float]") -> "pd.Series[float]":
    """Logarithm of a parcel's weight by what so many pieces of these goods usually weigh, learned from parcels of one line."""
    lines = declared.groupby("parent_id")["qty"].transform("size")
    each = (declared["parent_id"].map(weight) / declared["qty"]).where((lines == 1) & (declared["qty"] > 0))
    usual = declared["goods"].map(each.groupby(declared["goods"]).median())
    expected = (usual * declared["qty"]).groupby(declared["parent_id"]).sum(min_count=1)
    ratio = weight.reindex(expected.index) / expected
    return ratio.where(ratio > 0).map(np.log)


def _headings(declared: pd.DataFrame, codes: "pd.Series[str]", role: str) -> pd.DataFrame:
    """How many others sell goods of the rarest heading of a declaration on the same platform, or at the same seller."""
    lines = pd.DataFrame({"id": declared["parent_id"], "heading": declared["gcode"].str[:4], "code": declared["parent_id"].map(codes)})
    lines = lines.drop_duplicates()
    here = lines.groupby(["heading", "code"])["id"].transform("size")
    every = lines.groupby("code")["id"].transform("size")
    rare = pd.DataFrame({"id": lines["id"], "here": here, "share": here / every}).groupby("id").min()
    return pd.DataFrame({f"log_heading_{role}": np.log(rare["here"]), f"log_heading_share_{role}": np.log(rare["share"])}).reindex(
        codes.index
    )


def _scans(bench: Bench, facts: pd.DataFrame) -> pd.DataFrame:
    """The surest picture of each parcel, and whether a word of it stands on the paper."""
    columns = ["logistics_no", "recognised", "confidence", "brand", "prohibited"]
    scans: pd.DataFrame = bench.current("scans").select(*columns).to_pyarrow().to_pandas()
    scans = scans.sort_values("confidence", ascending=False).drop_duplicates("logistics_no").set_index("logistics_no")
    found = scans.reindex(facts["logistics_no"])
    waybills: pd.DataFrame = bench.current("house_waybills").select("logistics_no", "description").to_pyarrow().to_pandas()
    texts = waybills.drop_duplicates("logistics_no").set_index("logistics_no")["description"].reindex(facts["logistics_no"])
    shared = [
        float(bool(set(seen.lower().split()) & set(said.lower().split()))) if isinstance(seen, str) and isinstance(said, str) else np.nan
        for seen, said in zip(found["recognised"], texts, strict=True)
    ]
    there = found["recognised"].notna().to_numpy()
    made = {
        "scan_confidence": found["confidence"].astype(float).to_numpy(),
        "scan_brand": np.where(there, found["brand"].notna(), np.nan),
        "scan_prohibited": np.where(there, found["prohibited"].notna(), np.nan),
        "scan_words_shared": shared,
    }
    return pd.DataFrame(made, index=facts.index)
