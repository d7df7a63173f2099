"""Lists that have ceased to come: each is held against its own usual spacing, which the ledger of the lake tells."""

import datetime as dt
import itertools
import math
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from sandan.record.catalog.tables import CATALOG
from sandan.record.lake.ledger import Entry
from sandan.record.values.moment import HOUR_S

# The largest of n gaps is exceeded by an ordinary next one with chance 1 / (n + 1): below ten that would say little.
LEAST_GAPS = 10
# Only what is usual now: a sender that went from weekly to daily is measured as a daily one after a hundred days.
MOST_GAPS = 100
_USUAL = 0.99


@dataclass(frozen=True, slots=True)
class Spacing:
    """How a list comes.

    Attributes:
        list_name: The list.
        last_at: When records of it came last.
        n_gaps: Gaps between the batches that brought some, at most the last hundred.
        usual_s: Seconds that 99 in 100 of these gaps do not exceed (the longest, where there are fewer than a hundred).
        allowed_s: Seconds after which it counts as silent: `usual_s` and half of the middle gap, because a schedule looks at its own times.
            Infinite where too few gaps were seen to learn from.
    """

    list_name: str
    last_at: dt.datetime
    n_gaps: int
    usual_s: float
    allowed_s: float

    def silent_s(self, now: dt.datetime) -> float:
        """Seconds since something of it came; 0 where the clock was set back."""
        return max((now - self.last_at).total_seconds(), 0.0)

    def is_silent(self, now: dt.datetime) -> bool:
        """Whether it has been away for longer than it ever usually was."""
        return self.silent_s(now) > self.allowed_s

    def reason(self, now: dt.datetime) -> str:
        """Why it counts as silent, as a sentence."""
        return (
            f"{self.list_name}: nothing for {self.silent_s(now) / HOUR_S:.1f} h, since {self.last_at.isoformat(timespec='seconds')}; "
            f"of its last {self.n_gaps} gaps 99 in 100 were at most {self.usual_s / HOUR_S:.1f} h; ask its sender"
        )


def spacings(batches: Iterable[Entry]) -> dict[str, Spacing]:
    """How each list comes, learned from the batches that brought records of it.

    Args:
        batches: Rows of the ledger that stand for batches.

    Returns:
        By list, those that came at least once. Lines are part of their heads; reference tables come when somebody has new ones, but
        have a spacing like all others. A batch whose records were all there already counts: its sender lives.

    Source:
        Our rule: the 99th percentile of the list's own gaps (order statistic, no interpolation), and half of the middle gap.
    """
    came: defaultdict[str, list[dt.datetime]] = defaultdict(list)
    for entry in batches:
        for name, count in entry.account.get("lists", {}).items():
            if count.get("read", 0) > count.get("rejected", 0) and name in CATALOG and not CATALOG[name].is_lines:
                came[name].append(entry.committed_at)
    return {name: _spacing(name, times) for name, times in sorted(came.items())}


def _spacing(name: str, times: list[dt.datetime]) -> Spacing:
    # In the order of their arrival, whatever the clock said; a clock that was set back makes a gap of no length, which is none.
    gaps = np.array([(later - earlier).total_seconds() for earlier, later in itertools.pairwise(times) if later > earlier])
    gaps = gaps[-MOST_GAPS:]
    if len(gaps) < LEAST_GAPS:
        return Spacing(name, times[-1], len(gaps), math.nan, math.inf)
    usual = float(np.quantile(gaps, _USUAL, method="inverted_cdf"))
    return Spacing(name, times[-1], len(gaps), usual, usual + float(np.median(gaps)) / 2)
