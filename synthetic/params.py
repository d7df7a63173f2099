"""What a world is made from, and the worlds that have a name."""

import datetime as dt
from dataclasses import dataclass, replace
from typing import Any

from sandan.record.errors import ConfigError

# In two years prices drift as far as they should.
_SHORTEST, _LONGEST = 14, 730


@dataclass(frozen=True, slots=True)
class WorldParams:
    """What a world is made from.

    Attributes:
        n_orders: Consignments with lists, all together; more where the frauds and look-alikes of all typologies need them, up to twice
            as many where most are to be frauds.
            About a tenth as many parcels without lists come on top.
        seed: Same seed and parameters, same bytes.
        start: First day.
        days: Length; what would be sent later is left out. 14 to 730.
        fraud_rate: Share of forged consignments with a sign of their own, all typologies together. 0: no fraud of any kind. With
            `ring_rate` it stays under one in a hundred unless asked otherwise.
        hard_negative_rate: Share of innocent look-alikes; there are at least as many for each typology as it has frauds. 0: none,
            neither groups.
        export_rate: Share of exports.
        ring_rate: Members of fraud groups (rings, split lots, workshops), for each consignment. There are more of innocent groups.
        label_rate: Share of all consignments that officers inspect at random; what they choose themselves comes on top, in proportion.
        label_bias: How much better than chance their own choice is, in [0, 1]. 0: they pick anybody; 1: mostly what is wrong.
        difficulty: How much forgers hide, in [0, 1]: prices and amounts nearer to the true ones, fewer orders
            behind one telephone or address.
        drift: How much forgers' ways change from the first day to the last, in [0, 1]. 0: not at all.
    """

    n_orders: int = 5000
    seed: int = 1
    start: dt.date = dt.date(2025, 3, 1)
    days: int = 60
    fraud_rate: float = 0.005
    hard_negative_rate: float = 0.03
    export_rate: float = 0.1
    ring_rate: float = 0.004
    label_rate: float = 0.02
    label_bias: float = 0.5
    difficulty: float = 0.3
    drift: float = 0.0


# In the demo frauds are four times as many as in life, so that a few thousand orders show all of them.
PRESETS = {
    "demo": WorldParams(fraud_rate=0.02, ring_rate=0.02, difficulty=0.0),
    "small": WorldParams(n_orders=20_000),
    "benchmark-1m": WorldParams(n_orders=1_000_000, days=365, start=dt.date(2025, 1, 1), difficulty=0.5),
}


def world_params(preset: str, **changes: Any) -> WorldParams:
    """A named world, with some of its parameters changed.

    Raises:
        ConfigError: There is no world of this name.
    """
    if preset not in PRESETS:
        raise ConfigError(f"no world is called {preset}: choose {', '.join(PRESETS)}")
    return replace(PRESETS[preset], **changes)


def check_params(params: WorldParams) -> None:
    """Refuses parameters that make no world.

    Raises:
        ConfigError: They do not.
    """
    shares = (params.fraud_rate, params.hard_negative_rate, params.export_rate, params.ring_rate)
    if params.n_orders < 1 or not _SHORTEST <= params.days <= _LONGEST or params.seed < 0:
        raise ConfigError(f"a world needs at least 1 order, {_SHORTEST} to {_LONGEST} days and a seed of 0 or more")
    if any(not 0 <= share <= 1 for share in shares) or sum(shares) > 1:
        raise ConfigError("the shares of frauds, hard negatives, exports and rings must lie between 0 and 1, together too")
    if any(not 0 <= dial <= 1 for dial in (params.label_rate, params.label_bias, params.difficulty, params.drift)):
        raise ConfigError("label rate, label bias, difficulty and drift must lie between 0 and 1")
