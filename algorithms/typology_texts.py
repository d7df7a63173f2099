"""What each typology is, what innocent thing looks the same, and where it comes from: the text of the reference."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TypologyText:
    """What is said of a typology.

    Attributes:
        meaning: What shows, in a sentence.
        innocent: What honest things look the same.
        source: Law, specification, published case, or that the rule is ours.
    """

    meaning: str
    innocent: str
    source: str


_THREE_LISTS = "Three-list comparison at declaration: GACC announcement 194 of 2018."
_SPECIFICATION = "CEB specification, edition 2022-05"
_OURS = "Statistic of this project, weighed in the stream itself; no rule of law."

TYPOLOGY_TEXTS: dict[str, TypologyText] = {
    "missing_order": TypologyText(
        "A parcel is declared, and its order was not sent after the usual delay of that list.",
        "An order list that is late or lost; the platform under its other code; numbers of part orders; a courier that sends on behalf.",
        _THREE_LISTS,
    ),
    "missing_payment": TypologyText(
        "A parcel is declared, and its payment was not sent after the usual delay.",
        "Payments split or put together; a late list; money of an export, which comes weeks later; a gift or an order at price zero.",
        _THREE_LISTS,
    ),
    "missing_waybill": TypologyText(
        "A parcel is declared, and its waybill was not sent after the usual delay.",
        "A late list; a changed carrier; bonded goods that are sent later; carriers that never report a delivery.",
        _THREE_LISTS,
    ),
    "platform_mismatch": TypologyText(
        "The payment names another platform, its provider does not work on the platform, or the goods were never on sale there.",
        "A register that is out of date; a platform with a new name; a group's own payment company.",
        "The milk-powder case of the administration's published risk analysis.",
    ),
    "payer_not_buyer": TypologyText(
        "The payer's identity number is not the buyer's, or one number has two names.",
        "Households, gifts, companies that pay for their staff, several writings of a name. Weak alone.",
        "Buyer and payer must be one natural person: customs' answer code 1327; GACC announcement 194 of 2018.",
    ),
    "amount_mismatch": TypologyText(
        "The order's sum does not add up, or what was paid, sold and declared are different sums.",
        "Rounding of lines, coupons, a partial refund, interest of an instalment, fees at export.",
        f"Paid = goods + freight + tax - discount, and equal to the payment: {_SPECIFICATION}, 311 and 411.",
    ),
    "goods_mismatch": TypologyText(
        "Order and declaration name different goods, or the weight is not that of such goods.",
        "A shop's name for the goods, translation, kits against parts, conversion of units.",
        f"Lines of the declaration are those of the order: {_SPECIFICATION}, 621. {_OURS}",
    ),
    "address_mismatch": TypologyText(
        "Order, waybill, declaration and delivery do not name one address.",
        "Other writings of one address, a locker near by, a forwarder, a change on request.",
        f"The consignee's fields must be equal: {_SPECIFICATION}, 511; the milk-powder case for the delivery.",
    ),
    "time_order": TypologyText(
        "Paid after the declaration, waybill sent long before the payment, delivered before it was declared or paid.",
        "Late batches, a pre-sale with a deposit, clocks in another time zone.",
        f"Which times are events: {_SPECIFICATION} (payTime, logisticsTime). The margins are our rule.",
    ),
    "undervaluation": TypologyText(
        "Goods are declared far under the market's price, or under what other sellers declare for the same goods.",
        "Sale days, clearance, goods near expiry, bundles, used goods, gifts at price zero.",
        "Declared price against the normal level: the administration's published analysis before arrival.",
    ),
    "overvaluation": TypologyText(
        "Goods are declared at several times the highest price of the same goods.",
        "Limited editions; a slip of the unit or of the currency.",
        "Uses of high prices, such as export refund and transfer of capital: FATF, trade-based money laundering.",
    ),
    "quota": TypologyText(
        "One buyer, or buyers who share a telephone, address or payer, use much of the yearly allowance in a short time.",
        "A heavy honest buyer; one account for a family.",
        "Yearly limit of 26,000 CNY and 5,000 CNY for one transaction: circular Cai Guan Shui 2018 no. 49.",
    ),
    "pushed_order": TypologyText(
        "The waybill is older than the order or the payment: a sale elsewhere was pushed through a platform afterwards (推单).",
        "A seller that moves to another platform; sales in live rooms; a late synchronisation of systems.",
        f"Published cases of pushed orders. {_OURS}",
    ),
    "operator_triangle": TypologyText(
        "Seller, carrier and declarant meet far more often than their sizes explain.",
        "Groups with a payment company and a carrier of their own; a small port with one agent.",
        _OURS,
    ),
    "identity_ring": TypologyText(
        "Many identities are tied by few telephones, addresses or payers, and buy alike within days.",
        "Households, dormitories, reception desks, forwarders, lockers, customers of one influencer.",
        "Published cases of forged transactions (刷单); permutation test against random groups of the same size.",
    ),
    "split_lot": TypologyText(
        "One person, address or telephone gets the same goods in several parcels within days, each under the limit, together above.",
        "A shop that ships items apart; a leader of a group purchase; dormitories; monthly supplies.",
        "Limit of one transaction: circular Cai Guan Shui 2018 no. 49. Window and count are our rule.",
    ),
    "brand_omitted": TypologyText(
        "Texts, codes or neighbours point at a recorded brand that the declaration leaves out.",
        "Goods without a brand; made for the holder of the right; accessories for a brand; words that equal a brand.",
        "The POPMART case; recorded rights in the table `brands`.",
    ),
    "destination_concentration": TypologyText(
        "Parcels of a sender, or of a group of like goods, go to few destinations, far more than chance explains.",
        "A shop's home market, a warehouse abroad, a holiday, customers of one influencer.",
        "The POPMART case; permutation test against all other parcels.",
    ),
    "channel_preference": TypologyText(
        "Like goods go by express and e-commerce more than those of others.",
        "Light, dear or urgent goods; an offer of the carrier; the peak season.",
        _OURS,
    ),
    "profile_mismatch": TypologyText(
        "Goods or receiver are unusual for the platform, the seller or the sender.",
        "A new line of products, a season, a general market place.",
        _OURS,
    ),
    "sender_cluster": TypologyText(
        "Many senders share telephones, addresses, texts and weights.",
        "A consolidator or forwarder, an industrial park, an export agent.",
        "The POPMART case; permutation test against random groups of the same size.",
    ),
    "tax_mismatch": TypologyText(
        "The tax of the bill, or that which the order withholds, is outside of what can be due.",
        "Freight and insurance in or out of the price, rounding of lines, a rate that changed between order and declaration.",
        "Value-added and consumption tax at 70 %: circulars Cai Guan Shui 2016 no. 18 and 2018 no. 49; sums of the 816.",
    ),
    "scan_mismatch": TypologyText(
        "The image of a parcel shows goods, a brand or a prohibited article that no list names.",
        "Powders and capsules look like drugs in an image; a box used again; a present beside the goods; an error of the recogniser.",
        "Findings of the image-analysis system (table `scans`); a prohibited article is looked at whatever the papers say.",
    ),
    "watchlist": TypologyText(
        "A value of the lists is on a watchlist that is valid on the day.",
        "A name that many bear; an address or telephone that went to somebody else; an entry that expired.",
        "Targeting (布控): what another office asked to look at.",
    ),
    "signature": TypologyText(
        "The signature of a list is invalid, or its signer is not trusted.",
        "Software that writes a message anew after it was signed, or signs for many; a certificate that expired.",
        f"Responsibility for what is transmitted is the signer's: {_SPECIFICATION}.",
    ),
    "gnn": TypologyText(
        "The learned model raises the consignment, and no single rule does.",
        "All of the above; a consignment that only the model found is never graded high.",
        "Outcomes of inspections in this installation; see `sandan card`.",
    ),
}
