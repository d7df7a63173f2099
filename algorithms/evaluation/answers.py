"""What a run says of every row of an answer key."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

# What names an order and a parcel; the last is empty where there is none.
ORDER, PARCEL = ("flow", "ebp_code", "order_no"), ("logistics_code", "logistics_no")
KEY_COLUMNS = (*ORDER, *PARCEL)
GRADES = ("low", "medium", "high")
_SAID = ("consignment_id", "grade", "score", "typologies")
_BETWEEN = "\x1f"


@dataclass(frozen=True, slots=True)
class Answer:
    """A row of the key and what the run says of it.

    Attributes:
        row: The row of the key.
        alert: The alert of the run; None where the run does not have the consignment.
    """

    row: Mapping[str, str]
    alert: Mapping[str, Any] | None

    @property
    def truth(self) -> str:
        """`fraud`, `open` (a fraud of the key's last days, whose lists are not all there yet), `hard_negative` or `honest`."""
        return "open" if self.row["truth"] == "fraud" and self.row.get("settled") == "0" else self.row["truth"]

    @property
    def typologies(self) -> tuple[str, ...]:
        """What the key says that it bears."""
        return tuple(filter(None, self.row["typologies"].split("|")))

    @property
    def named(self) -> frozenset[str]:
        """Typologies that the alert names."""
        return frozenset(self.alert["typologies"]) if self.alert else frozenset()

    @property
    def score(self) -> float:
        """The alert's score; 0 where the run does not have the consignment."""
        return float(self.alert["score"]) if self.alert else 0.0

    @property
    def rank(self) -> int:
        """0 for `low` or missing, 1 for `medium`, 2 for `high`."""
        return GRADES.index(self.alert["grade"]) if self.alert else 0


def answers(key: Sequence[Mapping[str, str]], alerts: pa.Table) -> list[Answer]:
    """Every row of the key with its alert.

    Consignments are found by order number and platform, else by parcel number. Of a consignment with several declarations the alert of the
    highest grade counts, of equal grades the one of the highest score.

    Args:
        key: Rows of the answer key: the columns of `KEY_COLUMNS`, `truth`, `typologies`, `kind`, maybe others.
        alerts: All alerts of the run, low ones too.
    """
    score = pc.fill_null(alerts["score"], 0.0).to_numpy()
    standing = alerts.take(np.lexsort((-score, -places(alerts["grade"], pa.array(GRADES)))))
    order, parcel = (places(names_of(key, columns), names_in(standing, columns)) for columns in (ORDER, PARCEL))
    found = np.where(order >= 0, order, parcel)
    said = standing.select([name for name in _SAID if name in standing.column_names]).take(found[found >= 0])
    alert = iter(said.to_pylist())
    return [Answer(row, next(alert) if at >= 0 else None) for row, at in zip(key, found.tolist(), strict=True)]


def names_of(rows: Sequence[Mapping[str, str]], columns: Sequence[str]) -> pa.Array:
    """A text for the order or parcel of each row of a key; null where it has none."""
    return pa.array([_BETWEEN.join(row[name] for name in columns) if row[columns[-1]] else None for row in rows], pa.string())


def names_in(table: pa.Table, columns: Sequence[str]) -> pa.Array:
    """The same of each row of a run's table."""
    texts = [pc.fill_null(table[name].cast(pa.string()), "").combine_chunks() for name in columns]
    return pc.if_else(pc.equal(texts[-1], ""), None, pc.binary_join_element_wise(*texts, _BETWEEN))


def places(asked: pa.Array, among: pa.Array) -> npt.NDArray[np.int64]:
    """int64 [asked]; where each text first stands among others, -1 where it does not or is null."""
    found = pc.index_in(asked, value_set=among, skip_nulls=True)
    return np.asarray(pc.fill_null(found, -1).to_numpy(zero_copy_only=False), dtype=np.int64)
