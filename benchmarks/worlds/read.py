"""A world read back from its tables for figures: one row per import order, with what its lists say and what the key says."""

from pathlib import Path

import pandas as pd


def orders(world: Path) -> pd.DataFrame:
    """Import orders with an order list, a row each.

    `buyer`, `telephone`, `address`, `seller`, `value` (CNY), `paid_at`, `lines`, `truth`, and the hours that each list came after the
    declaration: `order_late`, `payment_late`, `waybill_late`.

    Args:
        world: Folder that `write_world` filled with tables; the key lies beside it.
    """
    wanted = ["buyer_id_number", "consignee_telephone", "consignee_address", "ebc_code", "goods_value"]
    told = _first(world, "orders", "order_no", wanted)
    paid = _first(world, "payments", "order_no", ["pay_time"]).reindex(told.index)
    declared = _first(world, "inventories", "order_no", ["logistics_no"]).reindex(told.index)
    carried = _first(world, "waybills", "logistics_no", []).reindex(declared["logistics_no"])
    lines = pd.read_csv(_file(world, "order_items"), usecols=["order_no", "gnum"], dtype=str).groupby("order_no")["gnum"].nunique()
    made = pd.DataFrame(
        {
            "buyer": told["buyer_id_number"],
            "telephone": told["consignee_telephone"].str.replace(r"\D", "", regex=True).str[-11:],
            "address": told["consignee_address"],
            "seller": told["ebc_code"],
            "value": told["goods_value"].astype(float),
            "lines": lines.reindex(told.index),
            "paid_at": _time(paid["pay_time"]),
        }
    )
    for name, at in (("order", told["app_time"]), ("payment", paid["app_time"]), ("waybill", carried["app_time"])):
        late = _time(at).to_numpy() - _time(declared["app_time"]).to_numpy()
        made[f"{name}_late"] = pd.Series(late, index=told.index).dt.total_seconds() / 3600
    key = pd.read_csv(world.with_name(world.name + ".key.csv"), dtype=str, usecols=["flow", "order_no", "truth"])
    truth = key[key["flow"] == "import"].drop_duplicates("order_no").set_index("order_no")["truth"]
    made["truth"] = truth.reindex(made.index).fillna("honest")
    return made


def _file(world: Path, table: str) -> Path:
    return world / "tables" / f"{table}.csv"


def _first(world: Path, table: str, by: str, columns: list[str]) -> pd.DataFrame:
    """The first sending of each list of imports."""
    rows = pd.read_csv(_file(world, table), dtype=str, usecols=lambda name: name in {by, "app_time", "flow", *columns})
    if "flow" in rows:
        rows = rows[rows["flow"] == "import"]
    rows[by] = rows[by].str.strip()
    return rows.sort_values("app_time", kind="stable").drop_duplicates(by).set_index(by)


def _time(text: "pd.Series[str]") -> "pd.Series[pd.Timestamp]":
    return pd.to_datetime(text.str.strip(), format="mixed")
