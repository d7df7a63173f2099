"""What a run says of every row of an answer key."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

KEY_COLUMNS = ("flow", "ebp_code", "order_no", "logistics_code", "logistics_no")
GRADES = ("low", "medium", "high")


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


def answers(key: Sequence[Mapping[str, str]], alerts: Sequence[Mapping[str, Any]]) -> list[Answer]:
    """Every row of the key with its alert.

    Consignments are found by order number and platform, else by parcel number. Of a consignment with several declarations the alert of the
    highest grade counts, of equal grades the one of the highest score.

    Args:
        key: Rows of the answer key: the columns of `KEY_COLUMNS`, `truth`, `typologies`, `kind`, maybe others.
        alerts: All alerts of the run, low ones too.
    """
    by_order: dict[tuple[str, ...], Mapping[str, Any]] = {}
    by_parcel: dict[tuple[str, ...], Mapping[str, Any]] = {}
    for alert in alerts:
        for found, names in ((by_order, ("flow", "ebp_code", "order_no")), (by_parcel, ("logistics_code", "logistics_no"))):
            at = tuple(str(alert[name]) for name in names)
            if at not in found or _standing(alert) > _standing(found[at]):
                found[at] = alert
    made = []
    for row in key:
        order = by_order.get((row["flow"], row["ebp_code"], row["order_no"])) if row["order_no"] else None
        parcel = by_parcel.get((row["logistics_code"], row["logistics_no"])) if row["logistics_no"] else None
        made.append(Answer(row, order or parcel))
    return made


def _standing(alert: Mapping[str, Any]) -> tuple[int, float]:
    return GRADES.index(alert["grade"]), float(alert.get("score") or 0.0)
