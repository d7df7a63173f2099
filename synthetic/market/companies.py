"""Registered companies: platforms, sellers, payment companies, carriers and agents, and who works with whom."""

import datetime as dt
from dataclasses import dataclass, field

from sandan.synthetic.dice import Dice, Weighted
from sandan.synthetic.market.catalogue import NEIGHBOURS, PROFILES
from sandan.synthetic.market.goods import Item
from sandan.synthetic.population.words import Words

_USCC = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_USCC_WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
_ORG_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
# Share of sellers who sell what one profile is made for, and of these the share with one more family.
_SPECIALISTS, _WIDER = 0.4, 0.12
# Goods that nobody sells on a platform, where its sellers have enough others.
_ABSENT = 20
# District (customs' four digits) and customs office of the sites where companies sit.
_SITES = (
    ("3301", "2991", "330110"), ("4401", "5165", "440113"), ("4403", "5349", "440306"), ("3101", "2244", "310115"),
    ("3302", "3105", "330212"), ("4101", "4612", "410105"), ("5001", "8015", "500112"), ("1101", "0113", "110112"),
)  # fmt: skip
_TAILS = {
    "platform": "电子商务有限公司", "seller": "国际贸易有限公司", "payment": "支付有限公司", "logistics": "速递有限公司",
    "agent": "报关有限公司",
    "forwarder": "国际货运代理有限公司",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Company:
    """One registered company.

    Attributes:
        code: Customs registration code, 10 characters.
        uscc: Unified social credit code, 18 characters.
        role: As in the register.
        dxp: Its number at the exchange platform.
        office: Customs office at its site, four digits.
    """

    code: str
    uscc: str
    name: str
    role: str
    registered_on: dt.date
    credit: str
    dxp: str
    office: str


@dataclass(slots=True, eq=False)
class Platform:
    """A platform with its habits.

    Attributes:
        style: 0-3, how its order numbers look.
        lag: Mean minutes from payment to the sending of the order.
        level: Its prices against the market.
        payments: Payment companies with a service on it.
        absent: Item number -> item that nobody sells there.
        profile: What it is made for, see `catalogue.PROFILES`; "" where it sells everything.
    """

    company: Company
    style: int
    lag: float
    level: float
    payments: list[Company]
    absent: dict[str, Item] = field(default_factory=dict)
    profile: str = ""

    def fits(self, item: Item) -> bool:
        """Whether such goods are what the platform is made for."""
        return not self.profile or item.family in PROFILES[self.profile]


@dataclass(slots=True, eq=False)
class Seller:
    """A seller with its partners.

    Attributes:
        bonded: Goods lie in a bonded warehouse (1210), else come directly (9610).
        items: What it sells; each of its platforms lists them, but for what is absent there.
        lag_hours: Mean hours from payment to declaration.
    """

    company: Company
    platforms: list[Platform]
    agent: Company
    carriers: list[Company]
    bonded: bool
    items: list[Item]
    draw_item: Weighted
    lag_hours: float


@dataclass(slots=True)
class Market:
    """All companies of the world.

    Attributes:
        services: (payment code, platform code) -> day since when the service is on the register.
        silent: Codes of carriers that never send a delivery status.
        staff_firms: Companies that give presents to their staff.
    """

    platforms: list[Platform]
    sellers: list[Seller]
    exporters: list[Seller]
    payments: list[Company]
    carriers: list[Company]
    agents: list[Company]
    forwarders: list[Company]
    staff_firms: list[Company]
    draw_seller: Weighted
    draw_exporter: Weighted
    services: dict[tuple[str, str], dt.date] = field(default_factory=dict)
    silent: dict[str, None] = field(default_factory=dict)

    def register(self) -> list[Company]:
        """All companies of the register."""
        sellers = [seller.company for seller in [*self.sellers, *self.exporters]]
        return [
            *(platform.company for platform in self.platforms), *sellers, *self.payments, *self.carriers, *self.agents, *self.forwarders,
            *self.staff_firms,
        ]  # fmt: skip


class _Register:
    """Gives out companies, each with codes and a name of its own."""

    def __init__(self, dice: Dice, words: Words, start: dt.date) -> None:
        self._dice, self._start = dice, start
        self._names = dice.some(words.firms, len(words.firms))
        self._codes: dict[str, None] = {}

    def company(self, role: str, kind: str = "") -> Company:
        dice = self._dice
        district, office, region = dice.pick(_SITES)
        while True:
            code = f"{district}{dice.pick('3469')}{dice.pick('0169DK')}{dice.digits(4)}"
            if code not in self._codes:
                self._codes[code] = None
                break
        serial = len(self._codes)
        stem = self._names[serial % len(self._names)] + ("" if serial < len(self._names) else str(serial))
        day = self._start - dt.timedelta(days=dice.whole(120, 3000))
        credit = "aeo" if dice.chance(0.12) else "registered"
        return Company(code, uscc(dice, region), stem + _TAILS[kind or role], role, day, credit, f"DXPENT{serial:010d}", office)


def uscc(dice: Dice, region: str) -> str:
    """A unified social credit code with both check characters.

    Source:
        GB 32100-2015 (check of the whole, mod 31), GB 11714-1997 (check of the organisation's code, mod 11).
    """
    body = dice.digits(8)
    check = (11 - sum(int(c) * w for c, w in zip(body, _ORG_WEIGHTS, strict=True)) % 11) % 11
    text = "91" + region + body + ("X" if check == 10 else str(check))
    total = sum(_USCC.index(c) * w for c, w in zip(text, _USCC_WEIGHTS, strict=True))
    return text + _USCC[(31 - total % 31) % 31]


def market(dice: Dice, words: Words, items: list[Item], export_items: list[Item], start: dt.date, n_orders: int) -> Market:
    """Companies for a world of `n_orders` consignments, long-tailed: few large sellers, many small ones."""
    register = _Register(dice, words, start)
    payments = [register.company("payment") for _ in range(7)]
    carriers = [register.company("logistics") for _ in range(8)]
    agents = [register.company("agent") for _ in range(7)]
    platforms = []
    services = {}
    for index in range(7):
        company = register.company("platform")
        # Never all: every platform lacks some payment company.
        served = dice.some(payments, dice.whole(3, 5))
        for payment in served:
            services[payment.code, company.code] = start - dt.timedelta(days=dice.whole(60, 900))
        profile = list(PROFILES)[index] if index < len(PROFILES) else ""
        platforms.append(Platform(company, index % 4, dice.between(4, 60), dice.between(0.95, 1.06), served, profile=profile))
    n_sellers = 30 + min(90, n_orders // 200)
    # Each profile has a small seller at least.
    special = {n_sellers - index: platform for index, platform in enumerate(platforms, 1) if platform.profile}
    sellers = [_seller(dice, register, platforms, carriers, agents, items, special.get(index)) for index in range(n_sellers)]
    for platform in platforms:
        _leave_out(dice, platform, sellers, items)
    exporters = [_seller(dice, register, platforms, carriers, agents, export_items) for _ in range(12 + min(28, n_orders // 1000))]
    return Market(
        platforms, sellers, exporters, payments, carriers, agents,
        [register.company("logistics", "forwarder") for _ in range(3)], [register.company("seller") for _ in range(6)],
        Weighted([1 / (rank + 3) for rank in range(n_sellers)]), Weighted([1 / (rank + 2) for rank in range(len(exporters))]),
        services, {carriers[-1].code: None},
    )  # fmt: skip


def _seller(
    dice: Dice,
    register: _Register,
    platforms: list[Platform],
    carriers: list[Company],
    agents: list[Company],
    items: list[Item],
    special: Platform | None = None,
) -> Seller:
    families, open_to = list(dict.fromkeys(item.family for item in items)), [platform for platform in platforms if not platform.profile]
    chosen, where = dice.some(families, dice.whole(1, 3)), dice.some(open_to, dice.pick((1, 1, 2, 3)))
    if special or dice.chance(_SPECIALISTS):
        special = special or dice.pick([platform for platform in platforms if platform.profile])
        fitting = [family for family in PROFILES[special.profile] if family in families]
        if fitting:
            chosen, where = dice.some(fitting, dice.whole(1, 3)), [special, *where[: dice.whole(0, 2)]]
            if dice.chance(_WIDER):
                chosen.append(dice.pick(NEIGHBOURS[special.profile]))
    stock = [item for item in items if item.family in chosen]
    stock = dice.some(stock, max(5, int(len(stock) * dice.between(0.35, 0.8))))
    return Seller(
        register.company("seller"), where, dice.pick(agents), dice.some(carriers, dice.whole(1, 3)),
        dice.chance(0.55), stock, Weighted([1 / (rank + 2) for rank in range(len(stock))]), dice.between(3, 26),
    )  # fmt: skip


def _leave_out(dice: Dice, platform: Platform, sellers: list[Seller], items: list[Item]) -> None:
    """Chooses goods that nobody sells on a platform; every seller there keeps three of its own, and somebody sells the goods elsewhere."""
    here = [seller for seller in sellers if platform in seller.platforms]
    left = [len(seller.items) for seller in here]
    for item in dice.some(items, len(items)):
        touched = [index for index, seller in enumerate(here) if item in seller.items]
        # What does not fit a platform is not missing there.
        if not platform.fits(item) or item.bar_code == "无" or any(left[index] <= 3 for index in touched):
            continue
        if not any(
            item.item_no not in other.absent
            for seller in sellers
            if item in seller.items
            for other in seller.platforms
            if other is not platform
        ):
            continue
        platform.absent[item.item_no] = item
        for index in touched:
            left[index] -= 1
        if len(platform.absent) == _ABSENT:
            return
