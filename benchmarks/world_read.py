"""A world read back from its files for figures: one row per import order, with what its lists say and what the key says."""

import csv
from collections.abc import Callable, Iterator
from pathlib import Path

import pandas as pd
from lxml import etree

_NS = "{http://www.chinaport.gov.cn/ceb}"
# Message -> its record's tag, and the elements that are wanted of it.
_WANTED = {
    "CEB311": (
        "Order",
        "orderNo ebcCode appTime goodsValue acturalPaid buyerIdNumber consigneeTelephone consigneeAddress",
    ),
    "CEB411": ("Payment", "orderNo appTime payTime payerIdNumber"),
    "CEB511": ("Logistics", "logisticsNo appTime"),
    "CEB621": ("Inventory", "orderNo logisticsNo appTime"),
}


def orders(world: Path, report: Callable[[int, int], None]) -> pd.DataFrame:
    """Import orders with an order list, a row each.

    `buyer`, `telephone`, `address`, `seller`, `value` (CNY), `paid_at`, `lines`, `truth`, and the hours that each list came after the
    declaration: `order_late`, `payment_late`, `waybill_late`.

    Args:
        world: Folder of messages; the key lies beside it.
        report: Told files read and all files.
    """
    paths = sorted((world / "messages").rglob("*.xml"))
    rows: dict[str, list[dict[str, str]]] = {kind: [] for kind in _WANTED}
    for done, path in enumerate(paths):
        if (kind := path.name[:6]) in _WANTED:
            rows[kind] += _records(path, kind)
        if done % 500 == 0:
            report(done, len(paths))
    frames = {kind: pd.DataFrame(found) for kind, found in rows.items()}
    # The first sending of each list.
    first = {
        kind: frames[kind].sort_values("appTime", kind="stable").drop_duplicates(by).set_index(by)
        for kind, by in (("CEB311", "orderNo"), ("CEB411", "orderNo"), ("CEB511", "logisticsNo"), ("CEB621", "orderNo"))
    }
    made = first["CEB311"].join(first["CEB411"][["appTime", "payTime"]], rsuffix="_payment")
    made = made.join(first["CEB621"][["appTime", "logisticsNo"]], rsuffix="_declared")
    made["appTime_waybill"] = first["CEB511"]["appTime"].reindex(made["logisticsNo"]).to_numpy()
    moments = {name: pd.to_datetime(made[name].str.strip(), format="%Y%m%d%H%M%S") for name in made.columns if name.startswith("appTime")}
    result = pd.DataFrame(
        {
            "buyer": made["buyerIdNumber"],
            "telephone": made["consigneeTelephone"].str.replace(r"\D", "", regex=True).str[-11:],
            "address": made["consigneeAddress"],
            "seller": made["ebcCode"],
            "value": made["goodsValue"].astype(float),
            "lines": made["lines"].astype(int),
            "paid_at": pd.to_datetime(made["payTime"], format="%Y%m%d%H%M%S"),
        },
        index=made.index,
    )
    for name, column in (("order", "appTime"), ("payment", "appTime_payment"), ("waybill", "appTime_waybill")):
        result[f"{name}_late"] = (moments[column] - moments["appTime_declared"]).dt.total_seconds() / 3600
    with world.with_name(world.name + ".key.csv").open(encoding="utf-8", newline="") as file:
        truth = {row["order_no"]: row["truth"] for row in csv.DictReader(file) if row["flow"] == "import"}
    result["truth"] = [truth.get(number, "honest") for number in result.index]
    return result


def _records(path: Path, kind: str) -> Iterator[dict[str, str]]:
    wanted = _WANTED[kind][1].split()
    for record in etree.parse(path).getroot():
        tag = str(record.tag).removeprefix(_NS)
        if tag in ("BaseTransfer", "Signature"):
            continue
        parts = [part for part in record if len(part)]
        head = parts[0] if parts else record
        found = {name: (head.findtext(f"{_NS}{name}") or "").strip() for name in wanted}
        if head.findtext(f"{_NS}appType") == "1":
            yield found | {"lines": str(max(len(parts) - 1, 0))}
