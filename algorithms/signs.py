"""Signs that show on a consignment only together with what surrounds it: a statistic each, and the sentence that says it.

A statistic is 0 where the sign is absent, and larger where it is rarer among honest consignments; only its order counts. How much it
says is measured in the stream itself, see `sandan.algorithms.evidence`.
"""

from dataclasses import dataclass

import numpy as np

from sandan.algorithms.finding import Sentence
from sandan.algorithms.sign_statistics import (
    Statistic,
    alluded,
    building,
    chain,
    declared_short,
    delivered_elsewhere,
    door,
    fast_channels,
    few_places,
    lent_together,
    lot_at_door,
    lot_on_bill,
    other_goods,
    other_weight,
    own_lot,
    short,
    telephone,
    trio,
    unbranded,
    waybill_before,
    with_others,
    young,
)


@dataclass(frozen=True, slots=True)
class Sign:
    """One sign.

    Attributes:
        name: Of its reason.
        typology: Name of the contract's vocabulary.
        cause: What it may share with other signs and rules; of one cause only the strongest counts.
        flow: `import` or `export`: whose consignments are compared.
        breach: Share of breaches that bear it as strongly, stated: one typology of about eight, shown by one breach in two or so.
        statistic: float64 [n].
        sentence: What is said; `values` by column of the context.
        values: Name in the sentence -> column of `Context.values` or `Context.rows`.
    """

    name: str
    typology: str
    cause: str
    flow: str
    breach: float
    statistic: Statistic
    sentence: Sentence
    values: dict[str, str]


def _sign(key: str, breach: float, statistic: Statistic, en: str, zh: str, values: dict[str, str] | None = None) -> Sign:
    name, typology, cause, flow = key.split()
    return Sign(name, typology, cause, flow, breach, statistic, Sentence(en, zh), values or {})


SIGNS: tuple[Sign, ...] = (
    _sign(
        "orders_missing missing_order order import",
        0.3,
        with_others("no_order", "seller_ebp_m_lost"),
        "No order is known for it, nor for {others:.0%} of the shop's other parcels of these days",
        "未见对应订单;该店铺同期其他包裹中 {others:.0%} 亦无订单",
        {"others": "seller_ebp_m_lost"},
    ),
    _sign(
        "providers_without_service platform_mismatch payment_platform import",
        0.3,
        with_others("no_service", "seller_ebp_m_no_service"),
        "The payment provider has no service on the platform; so it is with {others:.0%} of the shop's other orders of these days",
        "支付企业未在该平台开展服务;该店铺同期其他订单中 {others:.0%} 亦如此",
        {"others": "seller_ebp_m_no_service"},
    ),
    _sign(
        "payer_for_buyers payer_not_buyer payer import",
        0.2,
        lambda c: (c.column("payer_other") > 0) * c.column("payer_d_buyer"),
        "Paid by somebody else, who pays for {n:.0f} buyers within 12 days",
        "由他人支付,该支付人 12 天内为 {n:.0f} 名订购人付款",
        {"n": "payer_d_buyer"},
    ),
    _sign(
        "sent_elsewhere address_mismatch address import",
        0.2,
        delivered_elsewhere,
        "Goes to another address than ordered, as {others:.0%} of the shop's others do",
        "送往与订单不同的地址,该店铺其他包裹中 {others:.0%} 亦如此",
        {"others": "seller_m_sent_elsewhere"},
    ),
    _sign(
        "declared_under_paid amount_mismatch amount import",
        0.15,
        declared_short,
        "Declared at {ratio:.0%} of what was paid",
        "申报价格为实付金额的 {ratio:.0%}",
        {"ratio": "declared_to_paid"},
    ),
    _sign(
        "paid_other_sum amount_mismatch amount import",
        0.1,
        lambda c: np.abs(c.column("paid_less")),
        "Order and payment differ by {sum:,.2f}",
        "订单与支付金额相差 {sum:,.2f}",
        {"sum": "paid_less"},
    ),
    _sign(
        "under_price_in_shop undervaluation price import",
        0.15,
        short("log_price_ratio", "seller_goods_m_cheap"),
        "Declared at {ratio:.0%} of the usual price, as {others:.0%} of the shop's sales of these goods are",
        "申报价为通常价格的 {ratio:.0%},该店铺同类商品中 {others:.0%} 亦偏低",
        {"ratio": "u_ratio", "others": "seller_goods_m_cheap"},
    ),
    _sign(
        "waybill_before_order pushed_order pay_time import",
        0.15,
        waybill_before,
        "The waybill is {hours:.0f} hours older than the order; so it is with {others:.0%} of the shop's others on this platform",
        "运单早于订单 {hours:.0f} 小时;该店铺在此平台的其他订单中 {others:.0%} 亦如此",
        {"hours": "hours_order_after_waybill", "others": "seller_ebp_m_early_waybill"},
    ),
    _sign(
        "waybill_before_payment time_order pay_time import",
        0.15,
        lambda c: np.clip(-c.column("hours_waybill_after_payment"), 0.0, 200.0),
        "The waybill is {hours:.1f} hours older than the payment",
        "运单早于支付 {hours:.1f} 小时",
        {"hours": "hours_payment_after_waybill"},
    ),
    _sign(
        "telephone_of_many identity_ring ring import",
        0.15,
        telephone,
        "{n:.0f} buyers have parcels with its telephone within 12 days",
        "12 天内 {n:.0f} 名订购人使用同一收件电话",
        {"n": "tel_d_buyer"},
    ),
    _sign(
        "building_of_many identity_ring ring import",
        0.15,
        building,
        "{n:.0f} buyers of this seller at one building within 12 days",
        "12 天内同一楼栋有该商家 {n:.0f} 名订购人",
        {"n": "building_seller_d_buyer"},
    ),
    _sign(
        "door_of_many identity_ring ring import",
        0.15,
        door,
        "{n:.0f} buyers of this seller at one door within 12 days",
        "12 天内同一地址有该商家 {n:.0f} 名订购人",
        {"n": "door_seller_d_buyer"},
    ),
    _sign(
        "tied_to_buyers identity_ring ring import",
        0.15,
        chain("people1_same_seller_d_buyer", "people1_d_buyer", "seller"),
        "Shares telephone, door or payer with {n:.0f} buyers of the same seller",
        "与同一商家的 {n:.0f} 名订购人共用电话、地址或支付人",
        {"n": "people1_same_seller_d_buyer"},
    ),
    _sign(
        "chain_of_buyers identity_ring ring import",
        0.15,
        chain("people2_same_seller_d_buyer", "people2_d_buyer", "seller"),
        "A chain of shared telephones, doors and payers joins {n:.0f} buyers of this seller",
        "通过共用电话、地址、支付人与该商家 {n:.0f} 名订购人相连",
        {"n": "people2_same_seller_d_buyer"},
    ),
    _sign(
        "chain_of_goods identity_ring ring import",
        0.15,
        chain("people2_same_goods_d_buyer", "people2_d_buyer", "goods"),
        "A chain of shared telephones, doors and payers joins {n:.0f} buyers of the same goods",
        "通过共用电话、地址、支付人与同一商品的 {n:.0f} 名订购人相连",
        {"n": "people2_same_goods_d_buyer"},
    ),
    _sign(
        "lot_of_buyer split_lot lot import",
        0.1,
        own_lot,
        "{n:.0f} orders of one buyer with one seller within a month, this one just under the limit",
        "同一订购人一个月内在同一商家下单 {n:.0f} 次,本票接近限值",
        {"n": "buyer_seller_n"},
    ),
    _sign(
        "lot_at_door split_lot lot import",
        0.1,
        lot_at_door,
        "{n:.0f} parcels with the same goods to one door within 20 days",
        "20 天内同一地址收到 {n:.0f} 票同类商品",
        {"n": "door_goods_n"},
    ),
    _sign(
        "lot_on_bill split_lot lot import",
        0.1,
        lot_on_bill,
        "{n:.0f} parcels of this seller on one bill go to {doors:.0f} doors",
        "同一提单内该商家 {n:.0f} 票寄往 {doors:.0f} 个地址",
        {"n": "bill_seller_n", "doors": "bill_seller_d_door"},
    ),
    _sign(
        "buyer_in_days quota quota import",
        0.05,
        lambda c: c.column("buyer_window_value"),
        "The buyer takes goods for {sum:,.0f} CNY within 24 days",
        "该订购人 24 天内购入 {sum:,.0f} 元",
        {"sum": "buyer_window_value"},
    ),
    _sign(
        "lent_allowances quota quota import",
        0.05,
        lent_together,
        "{n:.0f} buyers that share telephone, door or payer take {sum:,.0f} CNY of one seller",
        "共用电话、地址或支付人的 {n:.0f} 名订购人在同一商家购入 {sum:,.0f} 元",
        {"n": "people1_same_seller_d_buyer", "sum": "people1_same_seller_value"},
    ),
    _sign(
        "buyer_in_year quota quota import",
        0.05,
        lambda c: c.column("buyer_year"),
        "The buyer took goods for {sum:,.0f} CNY within a year",
        "该订购人一年内购入 {sum:,.0f} 元",
        {"sum": "buyer_year"},
    ),
    _sign(
        "other_goods goods_mismatch goods import",
        0.1,
        other_goods,
        "Order and declaration name different goods, as they do for {others:.0%} of the shop's sales of these goods",
        "订单与申报的商品不同,该店铺同类商品中 {others:.0%} 亦如此",
        {"others": "seller_goods_m_names_differ"},
    ),
    _sign(
        "other_weight goods_mismatch goods import",
        0.05,
        other_weight,
        "Weighs {ratio:.1f} times what such goods weigh apiece",
        "单件重量为同类商品的 {ratio:.1f} 倍",
        {"ratio": "piece_weight_ratio"},
    ),
    _sign(
        "trio_together operator_triangle operators import",
        0.1,
        trio,
        "Seller, carrier and declarant meet {lift:.0f} times as often as their sizes explain, in {n:.0f} parcels of a month",
        "该商家、物流与申报企业的组合出现频次为其规模所能解释的 {lift:.0f} 倍,一个月内 {n:.0f} 票",
        {"lift": "trio_times", "n": "trio_n"},
    ),
    _sign(
        "senders_on_telephone sender_cluster sender export",
        0.2,
        unbranded("sender_tel_d_seller"),
        "{n:.0f} senders share its sender's telephone, and it declares no brand",
        "{n:.0f} 个发货人共用同一发件电话,且未申报品牌",
        {"n": "sender_tel_d_seller"},
    ),
    _sign(
        "senders_at_door sender_cluster sender export",
        0.1,
        unbranded("sender_door_d_seller"),
        "{n:.0f} senders share its sender's address, and it declares no brand",
        "{n:.0f} 个发货人共用同一发件地址,且未申报品牌",
        {"n": "sender_door_d_seller"},
    ),
    _sign(
        "senders_in_chain sender_cluster sender export",
        0.1,
        unbranded("senders2_same_trade_d_seller"),
        "A chain of shared telephones, doors and receivers joins {n:.0f} senders of such goods to one country",
        "通过共用电话、地址、收件人与 {n:.0f} 个发货人相连,同类商品寄往同一国家",
        {"n": "senders2_same_trade_d_seller"},
    ),
    _sign(
        "receiver_of_many profile_mismatch receiver export",
        0.2,
        unbranded("receiver_d_seller"),
        "One receiver takes such goods of {n:.0f} senders within 20 days",
        "同一收件人 20 天内收到 {n:.0f} 个发货人的此类商品",
        {"n": "receiver_d_seller"},
    ),
    _sign(
        "few_destinations destination_concentration place export",
        0.1,
        few_places,
        "{share:.0%} of the sender's parcels go to {country}, {lift:.0f} times what its size and the country's explain",
        "该发货人 {share:.0%} 的包裹寄往 {country},为规模所能解释的 {lift:.0f} 倍",
        {"share": "seller_country_share", "country": "country", "lift": "seller_country_times"},
    ),
    _sign(
        "fast_channels channel_preference channel export",
        0.1,
        fast_channels,
        "{share:.0%} of {n:.0f} parcels of its sender, or joined to it, go by express or e-commerce, {usual:.0%} of such goods do",
        "该发货人及与其关联的 {n:.0f} 票包裹中 {share:.0%} 走快件或跨境电商渠道,同类商品为 {usual:.0%}",
        {"share": "fast_share", "n": "fast_parcels", "usual": "goods_fast_share"},
    ),
    _sign(
        "brand_alluded brand_omitted brand export",
        0.3,
        alluded,
        "The goods are described by a recorded brand or as its copy, which the declaration leaves out",
        "商品描述指向备案品牌或其仿品,申报中未注明",
        {},
    ),
    _sign(
        "brand_around brand_omitted brand export",
        0.1,
        lambda c: c.column("unbranded") * c.column("senders2_m_allude"),
        "Declares no brand; parcels that share its sender, receiver or doors are described by a recorded brand",
        "未申报品牌,与其共用发件人、收件人或地址的包裹指向备案品牌",
        {},
    ),
    _sign(
        "young_sender brand_omitted young export",
        0.1,
        young,
        "The sender was registered {days:.0f} days ago and declares no brand on goods that usually bear one",
        "发货人注册仅 {days:.0f} 天,未申报此类商品通常具有的品牌",
        {"days": "seller_days"},
    ),
)
