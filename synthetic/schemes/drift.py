"""How forgers' ways change over the days of a world: they hide better, some ways go out of use, others come up.

Without drift (`World.drift` = 0) forgers hide as the difficulty says from the first day to the last, in all ways.
"""

import datetime as dt

from sandan.synthetic.trade.honest import World

# Most of the hiding that is left to learn which they learn from the first day to the last, at full drift.
_LEARNT = 0.85
# kind -> share of the days before which nobody does it, and share from which nobody does it any more; at full drift. All others are done
# throughout. There are about as many that go as come: the day alone must not identify frauds.
COURSES: dict[str, tuple[float, float]] = {
    "phantom_sale": (0.0, 0.8),
    "unpaid_stock": (0.3, 1.0),
    "borrowed_payments": (0.0, 0.6),
    "unserved_provider": (0.25, 1.0),
    "unlisted_goods": (0.45, 1.0),
    "single_payer": (0.0, 0.55),
    "bought_identities": (0.45, 1.0),
    "broken_sum": (0.0, 0.6),
    "paid_otherwise": (0.45, 1.0),
    "depot_waybill": (0.0, 0.5),
    "depot_delivery": (0.4, 1.0),
    "paid_after_declaration": (0.0, 0.6),
    "waybill_bought_ahead": (0.4, 1.0),
    "other_goods_declared": (0.0, 0.6),
    "cheaper_code": (0.4, 1.0),
    "fewer_pieces_declared": (0.5, 1.0),
    "shell_range": (0.4, 1.0),
    "shared_telephones": (0.3, 1.0),
    "shared_addresses": (0.0, 0.75),
    "shared_both": (0.0, 0.7),
    "chained": (0.5, 1.0),
    "split_to_one": (0.0, 0.7),
    "split_to_lent": (0.5, 1.0),
    "lent_quota": (0.5, 1.0),
    "bought_quota": (0.0, 0.65),
    "pushed_by_agents": (0.0, 0.65),
    "pushed_copies": (0.4, 1.0),
    "workshop": (0.0, 0.75),
    "workshop_any_channel": (0.4, 1.0),
    "helpers": (0.5, 1.0),
    "drug_sender": (0.4, 1.0),
}


def window(world: World, kind: str) -> tuple[float, float]:
    """Shares of the world's days between which forgers act in this way."""
    begins, ends = COURSES.get(kind, (0.0, 1.0))
    return begins * world.drift, 1 - (1 - ends) * world.drift


def hiding(world: World, moment: dt.datetime) -> float:
    """How much a forger who begins at that time hides, in [0, 1]: the world's difficulty, and what was learnt since its first day."""
    passed = (moment - dt.datetime.combine(world.season.start, dt.time())) / dt.timedelta(days=world.season.days)
    return world.difficulty + (1 - world.difficulty) * _LEARNT * world.drift * min(max(passed, 0.0), 1.0)
