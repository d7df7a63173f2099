"""One consignment: what happened (`Trade`), what was written of it (`Lists`), and what the answer key says (`GroundTruth`)."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field

from sandan.synthetic.market.companies import Company, Platform, Seller
from sandan.synthetic.market.goods import Item
from sandan.synthetic.population.people import Person
from sandan.synthetic.population.places import Address

# Reduced rate of value added tax in retail import: 13 % of which 70 % are due, in thousandths.
TAX_PER_MILLE = 91


def tax_on(value: int) -> int:
    """Fen of tax on a value in fen, rounded half up."""
    return (TAX_PER_MILLE * value + 500) // 1000


@dataclass(slots=True)
class Line:
    """One line of goods; `price` in fen a piece, `name` as sold."""

    item: Item
    qty: int
    price: int
    name: str


@dataclass(slots=True)
class Trade:
    """What happened. Money in fen, of exports in hundredths of `currency`; times are Beijing's.

    Attributes:
        order_no: Number on the platform.
        declared_no: Number in the declaration, usually the same.
        ordered: Nobody writes this time, but everything else follows from it.
        paid: Time of the payment.
        order_sent: When the platform sent the order list; `payment_sent`, `waybill_sent`, `declared` (the 621), `status_sent` likewise.
        delivered: When the parcel was handed over.
    """

    flow: str
    platform: Platform
    seller: Seller
    pay: Company
    carrier: Company
    agent: Company
    buyer: Person
    payer: Person
    consignee: Person
    address: Address
    order_no: str
    declared_no: str
    logistics_no: str
    transaction: str
    cop_no: str
    lines: list[Line]
    freight: int
    discount: int
    ordered: dt.datetime
    paid: dt.datetime
    order_sent: dt.datetime
    payment_sent: dt.datetime
    waybill_sent: dt.datetime
    declared: dt.datetime
    delivered: dt.datetime
    status_sent: dt.datetime
    country: str = ""
    note: str = ""
    currency: str = "CNY"

    @property
    def goods_value(self) -> int:
        """Fen of all lines."""
        return sum(line.qty * line.price for line in self.lines)

    @property
    def tax(self) -> int:
        """Fen of tax on goods and freight."""
        return tax_on(self.goods_value + self.freight)

    @property
    def actual_paid(self) -> int:
        """Fen that the buyer pays."""
        return self.goods_value + self.freight + self.tax - self.discount

    @property
    def weight(self) -> float:
        """Kilograms of the goods with their own packing."""
        return sum(line.qty * line.item.weight for line in self.lines)

    @property
    def earliest(self) -> dt.datetime:
        """Before this time nothing of the trade is sent."""
        return min(self.ordered, self.order_sent, self.payment_sent, self.waybill_sent, self.declared, self.status_sent)


@dataclass(slots=True)
class Record:
    """One record of a message: head and lines by element name, in any order.

    Attributes:
        sent: When its message leaves; a retransmission has an old appTime and a new `sent`.
    """

    kind: str
    sender: Company
    sent: dt.datetime
    head: dict[str, str]
    lines: list[dict[str, str]] = field(default_factory=list)


@dataclass(slots=True)
class Lists:
    """What was written of one trade.

    Attributes:
        extra: Corrections, deletions, retransmissions, second declarations.
        delivered_to: The place that tracking saw; "" when it was not tracked.
        house: Row of the house waybill (export).
    """

    order: Record | None = None
    payments: list[Record] = field(default_factory=list)
    waybill: Record | None = None
    inventory: Record | None = None
    status: Record | None = None
    extra: list[Record] = field(default_factory=list)
    delivered_to: str = ""
    house: dict[str, str] = field(default_factory=dict)

    def records(self) -> list[Record]:
        """All records."""
        single = (self.order, self.waybill, self.inventory, self.status)
        return [*(record for record in single if record is not None), *self.payments, *self.extra]


@dataclass(frozen=True, slots=True)
class GroundTruth:
    """What the key says of one consignment.

    Attributes:
        kind: Name of the actor or of the hard negative; "" for ordinary trade.
        group: Actor, household or firm that several consignments have in common.
    """

    truth: str = "honest"
    typologies: tuple[str, ...] = ()
    kind: str = ""
    group: str = ""
    sentence: str = "Ordinary trade."


@dataclass(slots=True)
class Case:
    """One consignment of the plan, and what is done to its lists when they are written."""

    trade: Trade
    truth: GroundTruth
    alter: Callable[[Lists], None] | None = None
    plain: bool = False

    @property
    def order(self) -> tuple[dt.datetime, str]:
        """Its position among all: when the first thing of it is sent, then its number."""
        return self.trade.earliest, self.trade.order_no
