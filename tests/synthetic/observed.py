"""Every trivial property of a consignment or parcel that can be read off a world's files, one column each, with what the key says of it."""

import csv
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from lxml import etree
from sklearn.metrics import roc_auc_score
from sklearn.tree import DecisionTreeClassifier

# Below so many frauds a curve says nothing.
_FEWEST = 20
_KINDS = {"CEB311": "order", "CEB411": "payment", "CEB511": "waybill", "CEB513": "status", "CEB621": "declaration"}


def consignments(world: Path) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Properties and truths of the imports of a world, a row each, in the order of the key.

    Args:
        world: The folder with messages; the key lies next to it.

    Returns:
        Properties: of each list its number of records, the position of its first record in its file and among all, and of each element
        whether it is there, its length, its number, its first characters and (times) its hour, minute and second; of tracking likewise.
        Truths: the key.
    """
    key = [row for row in _key(world) if row["flow"] == "import" and row["order_no"]]
    by_order = {(row["order_no"]): i for i, row in enumerate(key)}
    by_parcel = {(row["logistics_code"], row["logistics_no"]): i for i, row in enumerate(key)}
    rows: list[dict[str, Any]] = [defaultdict(int) for _ in key]
    for number, position, kind, head, lines in _records(world):
        at = by_order.get(head.get("orderNo", ""))
        if at is None:
            at = by_parcel.get((head.get("logisticsCode", ""), head.get("logisticsNo", "")))
        if at is None:
            continue
        row, name = rows[at], _KINDS[kind]
        row[f"{name}.records"] += 1
        if row[f"{name}.records"] > 1:
            row[f"{name}.last_type"] = int(head.get("appType", "0"))
            continue
        row |= {f"{name}.position": position, f"{name}.file": number, f"{name}.lines": len(lines)}
        for element, text in head.items():
            row |= _properties(f"{name}.{element}", text)
        for element, text in (lines[0] if lines else {}).items():
            row |= _properties(f"{name}.line.{element}", text)
    _add_table(rows, by_parcel, world, "tracking", "tracking")
    return _framed(rows, key)


def parcels(world: Path) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Properties and truths of the parcels that stand in house waybills and in no lists, a row each, in the order of the key.

    Args:
        world: The folder with tables; the key lies next to it.
    """
    key = [row for row in _key(world) if not row["order_no"]]
    by_parcel = {(row["logistics_code"], row["logistics_no"]): i for i, row in enumerate(key)}
    rows: list[dict[str, Any]] = [defaultdict(int) for _ in key]
    _add_table(rows, by_parcel, world, "house_waybills", "house")
    return _framed(rows, key)


def _key(world: Path) -> list[dict[str, str]]:
    with world.with_name(world.name + ".key.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _table(world: Path, name: str) -> list[dict[str, str]]:
    with (world / "tables" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _add_table(rows: list[dict[str, Any]], by_parcel: dict[tuple[str, str], int], world: Path, table: str, name: str) -> None:
    """Adds what the rows of a table say of each parcel, the first of several."""
    for position, values in enumerate(_table(world, table)):
        at = by_parcel.get((values["logistics_code"], values["logistics_no"]))
        if at is None:
            continue
        row = rows[at]
        row[f"{name}.records"] += 1
        if row[f"{name}.records"] == 1:
            row[f"{name}.position"] = position
            for column, text in values.items():
                row |= _properties(f"{name}.{column}", text)


def _framed(rows: list[dict[str, Any]], key: list[dict[str, str]]) -> tuple[pd.DataFrame, pd.DataFrame]:
    properties = pd.DataFrame(rows)
    properties["key.position"] = range(len(rows))
    return properties, pd.DataFrame(key)


def _records(world: Path) -> Iterator[tuple[int, int, str, dict[str, str], list[dict[str, str]]]]:
    """File number, position in it, kind, head and lines of each record."""
    for number, path in enumerate(sorted((world / "messages").rglob("*.xml"))):
        kind = path.name[:6]
        if kind not in _KINDS:
            continue
        for position, record in enumerate(
            r for r in etree.parse(path).getroot() if etree.QName(r).localname not in ("BaseTransfer", "Signature")
        ):
            heads = [part for part in record if len(part)] or [record]
            head = {etree.QName(e).localname: e.text or "" for e in heads[0]}
            yield number, position, kind, head, [{etree.QName(e).localname: e.text or "" for e in line} for line in heads[1:]]


def _properties(name: str, text: str) -> dict[str, Any]:
    made: dict[str, Any] = {
        f"{name}:there": int(text != ""),
        f"{name}:length": len(text),
        f"{name}:begins": text[:2],
        f"{name}:ends": text[-1:],
    }
    digits = "".join(c for c in text if c.isdigit())
    if name.endswith(("Time", "Date", "_at")) and len(digits) >= 14:
        made |= {f"{name}:hour": int(digits[8:10]), f"{name}:minute": int(digits[10:12]), f"{name}:second": int(digits[12:14])}
        made[f"{name}:day"] = int(digits[:8])
    try:
        value = float(text)
    except ValueError:
        made[f"{name}:spaces"] = sum(c.isspace() for c in text)
    else:
        made |= {f"{name}:value": value, f"{name}:decimals": len(text.partition(".")[2]), f"{name}:round": value % 1}
    return made


World = tuple[pd.DataFrame, pd.DataFrame]


def as_numbers(world: World) -> World:
    """The same properties as numbers: texts count by how common they are in their own world."""
    properties, key = world
    made = {}
    for column in properties:
        values = properties[column]
        if not pd.api.types.is_numeric_dtype(values):
            texts = values.astype(object)
            values = texts.map(texts.value_counts(normalize=True))
        made[column] = values.astype(float)
    return pd.DataFrame(made), key


def together(worlds: Sequence[World]) -> World:
    """Several worlds, already as numbers, as one: what a few groups of one have in common by chance is lost among the others."""
    return pd.concat([properties for properties, _ in worlds], ignore_index=True), pd.concat([key for _, key in worlds], ignore_index=True)


def giveaways(learnt: World, asked: World, typology: str = "") -> dict[str, float]:
    """How well a small tree on each single property finds frauds of a world that it has not seen: area under the curve by property.

    Of a list only consignments that have it are compared, but for its number of records; the honest and the look-alikes stand on one side.

    Args:
        learnt: What `as_numbers` gave of the world to learn from.
        asked: Of the world that is asked.
        typology: Only frauds of this typology; "" for all.
    """
    found = {}
    truths = [_labels(key, typology) for _, key in (learnt, asked)]
    for column in learnt[0].columns.intersection(asked[0].columns):
        worlds = []
        for (properties, _), (is_fraud, is_asked) in zip((learnt, asked), truths, strict=True):
            there = is_asked.copy()
            records = f"{column.partition('.')[0]}.records"
            if records in properties and records != column:
                there &= (properties[records].fillna(0) > 0).to_numpy()
            worlds.append((properties[column].fillna(-1).to_numpy()[there, None], is_fraud[there]))
        (known, labels), (unknown, truth) = worlds
        if min(labels.sum(), truth.sum()) < _FEWEST:
            continue
        if known.min() == known.max():
            # What is the same everywhere says nothing, and half of all properties are.
            found[column] = 0.5
            continue
        tree = DecisionTreeClassifier(max_depth=4, min_samples_leaf=20, class_weight="balanced", random_state=0).fit(known, labels)
        found[column] = float(roc_auc_score(truth, tree.predict_proba(unknown)[:, 1]))
    return found


def _labels(key: pd.DataFrame, typology: str) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """Which rows are frauds, and which are compared."""
    is_fraud = (key["truth"] == "fraud").to_numpy()
    if not typology:
        return is_fraud, np.ones(len(key), dtype=bool)
    bears = key["typologies"].str.split("|").map(lambda names: typology in names).to_numpy(dtype=bool)
    return is_fraud & bears, ~is_fraud | bears
