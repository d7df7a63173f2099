"""Whether the mentions of one person were put together: the graph's persons compared with those of an answer key."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
from scipy.sparse import csr_array

from sandan.algorithms.evaluation.answers import Answer
from sandan.algorithms.evaluation.bootstrap import Family, Figure, Floats, Ints
from sandan.graph.store.layout import check_tables, relation_file
from sandan.record.catalog.keys import order_id, parcel_id

# Column of the key -> label of the mention, and the relation of the graph that leads to it.
MENTIONS = {
    "buyer": ("Buyer", "BOUGHT_BY", "Order"),
    "payer": ("Payer", "PAID_BY", "Order"),
    "consignee": ("Consignee", "CONSIGNED_TO", "Parcel"),
}
# Column of the key -> id of the order or parcel in the graph -> persons, or the mentions that stay alone.
Concluded = Mapping[str, Mapping[str, Iterable[str]]]
_PRECISION = "of all pairs of mentions that were put together the share that is one person"
_RECALL = "of all pairs of mentions of one person the share that was put together"
_CONSIGNEE = "; only pairs with a consignee, whom no identity number tells"


def concluded_persons(tables: Path) -> Concluded | None:
    """Who every mention was concluded to be; a mention without a person is nobody but itself.

    Args:
        tables: Folder of the tables of one graph version.

    Returns:
        None where the tables are not there (any more).
    """
    if not tables.is_dir():
        return None
    made: dict[str, dict[str, set[str]]] = {}
    for column, (label, relation, source) in MENTIONS.items():
        person = dict(_pairs(tables, "IS", label, "Person"))
        found: dict[str, set[str]] = defaultdict(set)
        for at, mention in _pairs(tables, relation, source, label):
            found[at].add(person.get(mention, f"{label}:{mention}"))
        made[column] = found
    return made


def _pairs(tables: Path, name: str, source: str, target: str) -> Iterable[tuple[str, str]]:
    path = relation_file(tables, name, source, target)
    check_tables(tables, [path])
    table = pq.read_table(path, columns=["from", "to"])
    return zip(table["from"].to_pylist(), table["to"].to_pylist(), strict=True)


def resolution_family(answers: Sequence[Answer], concluded: Concluded) -> Family:
    """Pairwise precision and recall of the mentions put together.

    A mention is one consignment's buyer, payer or consignee, as far as the run has it. Over all pairs of mentions:
    precision = pairs of one true person that were put together / pairs put together;
    recall = pairs of one true person that were put together / pairs of one true person.
    With weights a pair counts as the product of its two.

    Source:
        Menestrina, Whang, Garcia-Molina, Evaluating Entity Resolution Results, PVLDB 3 (2010), "pairwise"; as scikit-learn's
        `pair_confusion_matrix`.
    """
    rows: list[int] = []
    true: list[str] = []
    put: list[str] = []
    numbered: list[bool] = []
    for column in MENTIONS:
        for i, answer in enumerate(answers):
            name = answer.row.get(column)
            for person in concluded[column].get(_id(answer.row, MENTIONS[column][2]), ()) if name else ():
                rows.append(i)
                true.append(str(name))
                put.append(person)
                numbered.append(column != "consignee")
    at, with_number = np.array(rows, np.int64), np.array(numbered, bool)
    persons, groups = (np.unique(np.array(names, str), return_inverse=True)[1].astype(np.int64) for names in (true, put))
    both = np.unique(persons * (groups.max(initial=0) + 1) + groups, return_inverse=True)[1].astype(np.int64)
    every = [_Pairs.of(named, at, len(answers)) for named in (both, groups, persons)]
    by_number = [_Pairs.of(named[with_number], at[with_number], len(answers)) for named in (both, groups, persons)]
    definitions = [("person_pair_precision", _PRECISION), ("person_pair_recall", _RECALL)]
    figures = [Figure(measure, "", "", len(at), at, text) for measure, text in definitions]
    figures += [
        Figure(measure, "consignee", "", int((~with_number).sum()), at[~with_number], text + _CONSIGNEE) for measure, text in definitions
    ]

    def values(weight: Floats) -> list[float]:
        right, found, real = (pairs.weigh(weight) for pairs in every)
        # Pairs with a consignee: all but those of two people with numbers.
        numbered = [pairs.weigh(weight) for pairs in by_number]
        return [
            _ratio(right, found),
            _ratio(right, real),
            _ratio(right - numbered[0], found - numbered[1]),
            _ratio(right - numbered[0], real - numbered[2]),
        ]

    return Family(figures, values)


def _id(row: Mapping[str, str], label: str) -> str:
    return (order_id(row) if label == "Order" else parcel_id(row)) or ""


@dataclass(frozen=True, slots=True, eq=False)
class _Pairs:
    """Pairs of mentions within groups.

    Attributes:
        mentions: float64 [groups, rows of the key], sparse; mentions of a row in a group.
        per_row: float64 [rows of the key]; mentions of a row.
    """

    mentions: csr_array
    per_row: Floats

    @classmethod
    def of(cls, groups: Ints, rows: Ints, n_rows: int) -> "_Pairs":
        """From group and row of each mention."""
        ones = np.ones(len(rows))
        # Repeated places are summed.
        mentions = csr_array((ones, (groups, rows)), shape=(int(groups.max(initial=-1)) + 1, n_rows))
        return cls(mentions, np.bincount(rows, ones, minlength=n_rows).astype(np.float64))

    def weigh(self, weight: Floats) -> float:
        """The sum over groups of ((sum w)^2 - sum w^2) / 2, with weights of 1 the number of pairs."""
        sums = self.mentions @ weight
        # No `@` of vectors: the threads of a linear algebra library cost more than they give here.
        return float(((sums * sums).sum() - (self.per_row * weight * weight).sum()) / 2)


def _ratio(part: float, whole: float) -> float:
    return part / whole if whole > 0 else float("nan")
