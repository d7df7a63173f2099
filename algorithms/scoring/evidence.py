"""How much a sign says: bits of evidence, log2 of how much likelier it is on a breach than on an honest consignment.

How often honest consignments bear a sign is taken from the stream itself: the share of its kind that bears it as strongly or more, less
what the assumed share of breaches explains. So a sign that many bear adds little, in whatever data. How often breaches bear it is stated
with the sign; outcomes correct it per cause.

Source:
    Fellegi and Sunter, A Theory for Record Linkage, 1969: log2(m / u) per comparison, summed. Signs of one cause depend on each other
    and count once, by the strongest.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import expit

from sandan.algorithms.context.context import Context
from sandan.algorithms.vocabulary.registry import registry
from sandan.algorithms.vocabulary.typology import Sign

Floats = npt.NDArray[np.float64]
# No cause says more than this, so that alone it does not make `high` at the assumed share of breaches.
MOST_BITS = 8.0
# Of the share that bears a sign at least this part is honest, however few would be left without the assumed breaches.
_LEAST_HONEST = 0.1
# What a few consignments can not say is assumed: a rule is found on one honest consignment in a thousand, as if 500 had been seen.
_RARE_RULE, _RULE_SEEN = 0.001, 500.0
# A statistic says nothing before others were seen to compare with, as if 20 had been seen.
_SIGN_SEEN = 20.0
# The strength of a rule, times this, is the share of breaches that it is found on.
_BREACH_PER_STRENGTH = 0.4
# A sign is said from so many bits on. On a consignment that is graded medium or high or comes near, and with a rule's finding, which is a
# fact of the lists, fewer are enough to name a typology: an officer is to see all that speaks for it. Near is half of the way.
_SAID_BITS, NAMED_BITS, NEAR_MEDIUM = 2.0, 1.0, 0.5
# Share of breaches that is assumed where no outcome is known: between the one in a hundred of most streams and what inspectors find.
PRIOR = 0.02
# Causes are not independent either (who buys for many also sends elsewhere): where no outcome says how far, further ones count half.
FURTHER = 0.5
# The share of breaches that bear a sign is stated among all of them. Exports know fewer kinds of breaches: where no outcome corrects it,
# the share among theirs is that much larger.
_OF_EXPORTS = 1.5
# Signs are not independent given their cause: each bit counts this much, as in learned weights on several streams.
DAMPED = 0.7
_EDGE = 1e-6


@dataclass(frozen=True, slots=True)
class Bits:
    """Bits of every consignment.

    Attributes:
        of_signs: float64 [n] by name of the sign.
        of_rules: float64 [n] by reason of the rule; only those that found something.
        by_cause: float64 [n, causes], the strongest of each cause; in the order of `causes`.
        causes: Their names.
    """

    of_signs: dict[str, Floats]
    of_rules: dict[str, Floats]
    by_cause: Floats
    causes: tuple[str, ...]

    @property
    def total(self) -> Floats:
        """The strongest cause and half of the others', float64 [n]."""
        strongest = self.by_cause.max(axis=1, initial=0.0)
        return np.asarray(strongest + FURTHER * (self.by_cause.sum(axis=1) - strongest), dtype=np.float64)


@dataclass(frozen=True, slots=True)
class Ground:
    """Consignments among which a rule could be found, and the share of honest ones that is assumed to bear it (None: that of most)."""

    imports: int
    exports: int
    usual: float | None = None


def weigh(
    context: Context,
    rules: pd.DataFrame,
    explained: npt.NDArray[np.bool_] | None = None,
    breaches: float = 0.0,
    grounds: Mapping[str, Ground] | None = None,
) -> Bits:
    """Bits of all signs and rules.

    Args:
        context: Circumstances of the consignments.
        rules: Findings of rules and groups: `consignment_id`, `reason`, `cause`, `score` (strength in (0, 1)).
        explained: bool [n]; consignments of groups that may be a household, one place or a group purchase. What such groups do by nature
            counts half there.
        breaches: Share of breaches that is taken out of the stream before it counts as honest; 0 where outcomes correct the weights.
        grounds: By reason, of rules that could not be found on all consignments.
    """
    n = len(context.rows)
    imports = context.rows.imp.to_numpy() == 1
    ordinary = context.rows.parcel.to_numpy() == 0
    strata = {"import": imports & ordinary, "export": ~imports}
    of_signs: dict[str, Floats] = {}
    of_rules: dict[str, Floats] = {}
    known = registry()
    causes: dict[str, Floats] = {name: np.zeros(n) for name in known.causes}
    for sign in known.signs:
        bits = np.zeros(n)
        inside = strata[sign.flow]
        breach = sign.breach * (_OF_EXPORTS if breaches and sign.flow == "export" else 1.0)
        bits[inside] = _bits(_statistic(sign, context)[inside], breach, breaches)
        if explained is not None and sign.of_groups:
            bits = np.where(explained, bits / 2, bits)
        of_signs[sign.reason.name] = bits
        causes[sign.reason.cause] = np.maximum(causes[sign.reason.cause], bits)
    place = pd.Series(np.arange(n), context.rows.consignment_id)
    for (reason, cause), found in rules.groupby(["reason", "cause"], sort=True):
        at, strength = place[found.consignment_id].to_numpy(), found.score.to_numpy(float)
        bits = np.zeros(n)
        ground = (grounds or {}).get(str(reason), Ground(int(imports.sum()), int(n - imports.sum())))
        for stratum, asked in ((imports, ground.imports), (~imports, ground.exports)):
            inside = stratum[at]
            seen = found[inside].groupby("consignment_id").score.max().to_numpy(float)
            weights = _of_shares(seen, strength[inside], asked, ground.usual, breaches)
            np.maximum.at(bits, at[inside], weights)
        of_rules[str(reason)] = bits
        causes[str(cause)] = np.maximum(causes[str(cause)], bits)
    return Bits(of_signs, of_rules, np.stack(list(causes.values()), axis=1), known.causes)


def _statistic(sign: Sign, context: Context) -> Floats:
    """A sign's statistic with 0 for unknown.

    Raises:
        ConfigError: That of an installation's own typology cannot be computed.
    """
    with registry().blamed(registry().typology_of[sign.reason.name]):
        found = np.nan_to_num(np.asarray(sign.statistic(context), dtype=np.float64))
        if found.shape != (len(context.rows),):
            raise ValueError(f"the statistic of {sign.reason.name} has the shape {found.shape}, not ({len(context.rows)},)")
        return np.asarray(found)


def _bits(statistic: Floats, breach: float, breaches: float) -> Floats:
    """log2(breach / share that bears the statistic as strongly), between 0 and `MOST_BITS`; 0 where the statistic is 0."""
    ordered = np.sort(statistic)
    as_strong = len(ordered) - np.searchsorted(ordered, statistic - 1e-12)
    found: Floats = np.where(statistic > 1e-9, _log_ratio(as_strong, len(ordered), breach, breach, _SIGN_SEEN, breaches), 0.0)
    return found


def _of_shares(seen: Floats, strength: Floats, n: int, usual: float | None, breaches: float) -> Floats:
    """The same for findings: strengths of all observations, of the findings in question, and consignments that could bear one."""
    # The others: what one consignment bears says nothing of how many honest ones do.
    others = len(seen) - np.searchsorted(np.sort(seen), strength - 1e-12) - 1
    return _log_ratio(others, n, _BREACH_PER_STRENGTH * strength, usual or _RARE_RULE, _RULE_SEEN, breaches)


def _log_ratio(
    as_strong: npt.NDArray[np.int64], n: int, breach: Floats | float, usual: float, seen: float, breaches: float
) -> Floats:  # fmt: skip
    share = as_strong / max(n, 1)
    honest = np.maximum(share - breaches * np.asarray(breach), _LEAST_HONEST * share)
    share = (honest * n + seen * usual) / (n + seen)
    found: Floats = np.clip(np.log2(np.maximum(breach, 1e-9) / share), 0.0, MOST_BITS)
    return found


def log_odds(p: float) -> float:
    """log2 of the odds of a probability in [0, 1]; 0 and 1 are taken as a millionth from there, so that it is finite."""
    inside = min(max(p, _EDGE), 1.0 - _EDGE)
    return float(np.log2(inside / (1.0 - inside)))


def probability(bits: Floats, prior: float = PRIOR) -> Floats:
    """Chance of a breach from bits alone, at the stated share of breaches; float64, same shape."""
    odds = np.log(prior / (1.0 - prior)) + DAMPED * np.log(2.0) * np.asarray(bits)
    result: Floats = expit(odds)
    return result


def shown(context: Context, weighed: Bits, near: npt.NDArray[np.bool_]) -> list[tuple[Sign, int, float, dict[str, object]]]:
    """The signs to say: sign, row, bits, and the values of its sentence.

    Args:
        context: Circumstances.
        weighed: From `weigh`.
        near: bool [n]; consignments that are graded medium or high, or come near.
    """
    found = []
    least = np.where(near, NAMED_BITS, _SAID_BITS)
    for sign in registry().signs:
        bits = weighed.of_signs[sign.reason.name]
        rows = np.flatnonzero(bits >= least)
        columns = {name: told(context, column) for name, column in sign.values.items()}
        for row in rows.tolist():
            found.append((sign, row, float(bits[row]), {name: values[row] for name, values in columns.items()}))
    return found


_NEGATED = {"hours_order_after_waybill": "hours_waybill_after_order", "hours_payment_after_waybill": "hours_waybill_after_payment"}
_LOGGED = {"piece_weight_ratio": "residual_piece_weight_of_goods", "trio_times": "trio_lift", "seller_country_times": "seller_country_lift"}


def told(context: Context, column: str) -> Sequence[object]:
    """A column as it is said in a sentence: hours the right way round, ratios instead of logarithms."""
    if column in _NEGATED:
        return list(-context.column(_NEGATED[column]))
    if column in _LOGGED:
        return list(np.exp(context.column(_LOGGED[column])))
    return list(context.column(column)) if column in context.values else list(context.rows[column])
