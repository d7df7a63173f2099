"""Whether the mentions of one person were put together: the graph's persons compared with those of an answer key."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
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
# Column of the key -> `at`, id of an order or parcel in the graph, with each `person`, or mention that stays alone, that it has.
Concluded = Mapping[str, pa.Table]
_ASKED = pa.schema([("at", pa.string()), ("row", pa.int64()), ("true", pa.string())])
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
    made = {}
    for column, (label, relation, source) in MENTIONS.items():
        known, mentions = _pairs(tables, "IS", label, "Person"), _pairs(tables, relation, source, label)
        person = known["to"].take(pc.index_in(mentions["to"], value_set=known["from"]))
        alone = pc.binary_join_element_wise(label, mentions["to"], ":")
        found = pa.table({"at": mentions["from"], "person": pc.coalesce(person, alone)})
        made[column] = found.group_by(["at", "person"], use_threads=False).aggregate([])
    return made


def _pairs(tables: Path, name: str, source: str, target: str) -> pa.Table:
    path = relation_file(tables, name, source, target)
    check_tables(tables, [path])
    return pq.read_table(path, columns=["from", "to"])


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
    parts = []
    for column, (_, _, label) in MENTIONS.items():
        asked = [{"at": _id(one.row, label), "row": i, "true": name} for i, one in enumerate(answers) if (name := one.row.get(column))]
        found = pa.Table.from_pylist(asked, _ASKED).join(concluded[column], "at", join_type="inner", use_threads=False)
        found = found.sort_by([("row", "ascending"), ("person", "ascending")])
        parts.append(found.append_column("numbered", pa.repeat(column != "consignee", found.num_rows)))
    mentions = pa.concat_tables(parts).combine_chunks()
    at, with_number = mentions["row"].to_numpy().astype(np.int64), mentions["numbered"].to_numpy().astype(bool)
    persons, groups = (_numbers(mentions[name]) for name in ("true", "person"))
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


def _numbers(texts: pa.ChunkedArray) -> Ints:
    """int64 [texts]; a number for each different text."""
    return np.asarray(texts.combine_chunks().dictionary_encode().indices.to_numpy(), dtype=np.int64)


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
