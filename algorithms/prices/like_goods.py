"""When two goods are the same, so that their prices may be compared, and what one price then says of the other."""

import functools
import math
from collections.abc import Iterable
from dataclasses import dataclass

from sandan.record.values.commodities.content import TOLERANCE, Content, totals
from sandan.record.values.commodities.specification import Specification

NO_BRAND = "-"


@dataclass(frozen=True, slots=True)
class Fit:
    """How the price of one article speaks for another of the same name.

    Attributes:
        factor: What that price is multiplied by, at most 1.
        distance: How far the packs are apart, |ln| of the ratio of their contents; 0 for the same pack.
    """

    factor: float
    distance: float


SAME = Fit(1.0, 0.0)


@functools.lru_cache(maxsize=500_000)
def fit(asked: Specification, reference: Specification) -> Fit | None:
    """What the price of `reference` says of `asked`; None where they are not the same goods.

    Goods of one name are the same where stage, size, model, edition, strength and brand agree as far as both state them, and where both
    or neither is a sample, used, a gift box, a Pro and the like. Of other packs of the same goods a price is a bound only: a larger pack
    costs no less than a smaller one, and a smaller pack no less than its share of the larger one, since the price of a unit falls with
    the size of the pack. Both bounds hold without a number of ours; the price of a larger pack is therefore cut to the share, that of a
    smaller pack taken as it is.
    """
    if asked.other != reference.other:
        return None
    theirs = dict(reference.stated)
    for key, mine in asked.stated:
        other = theirs.get(key)
        if other and not (mine <= other or other <= mine or (key == "brand" and _brands_agree(mine, other))):
            return None
    return _packs(asked.content, reference.content)


def _packs(asked: Content, reference: Content) -> Fit | None:
    a, b = totals(asked), totals(reference)
    if not asked.piece or not reference.piece:
        # Nothing is said of a piece on one side: it is taken for the same piece, and what counts is how many.
        ratio = asked.pack / reference.pack
        if bool(asked.piece) != bool(reference.piece) and ratio != 1.0:
            return None
        return SAME if ratio == 1.0 else Fit(min(ratio, 1.0), abs(math.log(ratio)))
    ratios = [a[dimension] / b[dimension] for dimension in a if b.get(dimension) and a[dimension] > 0]
    if not ratios:
        return None
    near = [abs(math.log(ratio)) <= TOLERANCE for ratio in ratios]
    if all(near):
        return SAME
    # As many pieces of another weight, or as much in other pieces: other goods.
    return None if any(near) else Fit(min(*ratios, 1.0), max(abs(math.log(ratio)) for ratio in ratios))


def _brands_agree(one: Iterable[str], other: Iterable[str]) -> bool:
    """One is written in the other; or they are in different scripts, so that nothing can be said."""
    for a in one:
        for b in other:
            if NO_BRAND in (a, b):
                continue
            if a in b or b in a or a.isascii() != b.isascii():
                return True
    return False


def completed(own: Specification, known: Specification) -> Specification:
    """A specification with what it leaves open from another of the same article, under its name."""
    stated = dict(known.stated) | dict(own.stated)
    content = own.content if own.content.piece or own.content.pack > 1 else known.content
    other = own.other if own.stated or own.other or own.content.piece else known.other
    return Specification(known.core, content, tuple(sorted(stated.items())), other)


def written(one: Specification) -> str:
    """A specification in one writing, without the name: the same text for the same goods; contents to three digits."""
    amounts = [f"{dimension}={float(f'{amount:.3g}'):g}" for dimension, amount in sorted(totals(one.content).items())]
    stated = [f"{key}={'+'.join(sorted(values))}" for key, values in one.stated]
    return ";".join([*amounts, *stated, *sorted(one.other)])
