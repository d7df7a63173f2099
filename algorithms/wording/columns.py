"""Columns of the learned model in words: a value, and what is usual."""

import numpy as np

from sandan.algorithms.context.windows import WINDOWS

_PARTS = {
    "tel": ("telephone", "收件电话"),
    "buyer_tel": ("buyer's telephone", "订购人电话"),
    "door": ("door", "门牌"),
    "building": ("building", "楼栋"),
    "seller": ("seller", "商家"),
    "payer": ("payer", "支付人"),
    "buyer": ("buyer", "订购人"),
    "goods": ("goods", "商品"),
    "bill": ("bill", "提单"),
    "ebp": ("platform", "平台"),
    "pay": ("payment provider", "支付企业"),
    "carrier": ("carrier", "物流企业"),
    "agent": ("declarant", "申报企业"),
    "office": ("customs office", "海关"),
    "receiver": ("receiver", "收件人"),
    "receiver_address": ("receiver's address", "收件地址"),
    "sender_tel": ("sender's telephone", "发件电话"),
    "sender_door": ("sender's door", "发件地址"),
    "sender_building": ("sender's building", "发件楼栋"),
    "hs": ("goods code", "商品编码"),
    "hs4": ("goods heading", "商品品目"),
    "country": ("country", "国别"),
    "channel": ("channel", "渠道"),
    "consignee": ("consignee", "收货人"),
}
_MARKS = {
    "near_limit": ("near the limit", "接近限值"),
    "payer_other": ("paid by somebody else", "由他人支付"),
    "sent_elsewhere": ("sent elsewhere", "送往他处"),
    "early_waybill": ("with a waybill older than the order", "运单早于订单"),
    "cheap": ("priced low", "价格偏低"),
    "no_service": ("paid by a provider without service", "支付企业无服务"),
    "lost": ("without an order", "无订单"),
    "declared_low": ("declared low", "申报偏低"),
    "names_differ": ("with other goods in the order", "订单商品不同"),
    "other_consignee": ("for another consignee", "收货人不同"),
    "no_delivery": ("not delivered yet", "尚未签收"),
    "no_way": ("without a waybill", "无运单"),
    "no_pay": ("without a payment", "无支付单"),
    "unbranded": ("without a brand", "未报品牌"),
    "fast": ("by express or e-commerce", "走快件或跨境电商渠道"),
    "many_pieces": ("with many pieces", "件数较多"),
    "allude": ("described by a recorded brand", "指向备案品牌"),
}
# Own figures: words in both languages, and how the number is read: plain, exp (of a log), expm1 (of a log of 1 + x).
_OWN = {
    "log_value": ("declared value {v:,.0f} CNY (usual {u:,.0f})", "申报价值 {v:,.0f} 元（通常 {u:,.0f} 元）", "expm1"),
    "log_weight": ("weight {v:.2f} kg (usual {u:.2f})", "毛重 {v:.2f} 千克（通常 {u:.2f}）", "exp"),
    "log_price_ratio": ("price {v:.0%} of the reference (usual {u:.0%})", "价格为参考价的 {v:.0%}（通常 {u:.0%}）", "exp"),
    "log_market": ("price {v:.0%} of the market's (usual {u:.0%})", "价格为市场价的 {v:.0%}（通常 {u:.0%}）", "exp"),
    "log_peers": ("price {v:.0%} of other sellers' (usual {u:.0%})", "价格为其他商家的 {v:.0%}（通常 {u:.0%}）", "exp"),
    "n_items": ("{v:.0f} lines (usual {u:.0f})", "{v:.0f} 项商品（通常 {u:.0f} 项）", ""),
    "pieces": ("{v:.0f} pieces (usual {u:.0f})", "{v:.0f} 件（通常 {u:.0f} 件）", ""),
    "discount_share": ("discount of {v:.0%} (usual {u:.0%})", "抵扣 {v:.0%}（通常 {u:.0%}）", ""),
    "of_limit": ("{v:.0%} of the limit (usual {u:.0%})", "为限值的 {v:.0%}（通常 {u:.0%}）", ""),
    "declared_to_paid": ("declared at {v:.0%} of what was paid (usual {u:.0%})", "申报为实付的 {v:.0%}（通常 {u:.0%}）", ""),
    "declared_to_goods": ("declared at {v:.0%} of the order (usual {u:.0%})", "申报为订单的 {v:.0%}（通常 {u:.0%}）", ""),
    "seller_days": ("the company was registered {v:,.0f} days ago (usual {u:,.0f})", "企业注册 {v:,.0f} 天（通常 {u:,.0f} 天）", ""),
    "hours_declared_after_payment": ("declared {v:.1f} hours after payment (usual {u:.1f})", "支付后 {v:.1f} 小时申报（通常 {u:.1f}）", ""),
    "hours_declared_after_order": ("declared {v:.1f} hours after the order (usual {u:.1f})", "下单后 {v:.1f} 小时申报（通常 {u:.1f}）", ""),
    "hours_waybill_after_order": (
        "waybill {v:.1f} hours after the order (usual {u:.1f})",
        "下单后 {v:.1f} 小时生成运单（通常 {u:.1f}）",
        "",
    ),
    "hours_waybill_after_payment": (
        "waybill {v:.1f} hours after payment (usual {u:.1f})",
        "支付后 {v:.1f} 小时生成运单（通常 {u:.1f}）",
        "",
    ),
    "buyer_year": (
        "the buyer took goods for {v:,.0f} CNY in a year (usual {u:,.0f})",
        "订购人一年购入 {v:,.0f} 元（通常 {u:,.0f} 元）",
        "",
    ),
}
# A value closer to the usual one than this share of it is not said.
_APART = 0.2


def in_words(name: str, value: float, usual: float) -> tuple[str, str] | None:
    """One column's value in both languages; None for a column without words, one that is unknown, and what is about as usual."""
    if not np.isfinite(value):
        return None
    usual = usual if np.isfinite(usual) else 0.0
    if name in _OWN:
        en, zh, scale = _OWN[name]
        v, u = (float(_plain(x, scale)) for x in (value, usual))
        return (en.format(v=v, u=u), zh.format(v=v, u=u)) if _apart(v, u) else None
    window = next((w for w in sorted(WINDOWS, key=len, reverse=True) if name.startswith(f"{w}_")), None)
    if window is None or not _apart(value, usual):
        return None
    keys, days = WINDOWS[window].keys, WINDOWS[window].days
    with_en = " and ".join(_PARTS[key][0] for key in keys)
    with_zh = "、".join(_PARTS[key][1] for key in keys)
    what = name[len(window) + 1 :]
    if what == "n":
        return (f"{value:.0f} consignments with the same {with_en} within {days} days (usual {usual:.0f})",
                f"{days} 天内同一{with_zh}共 {value:.0f} 票（通常 {usual:.0f} 票）")  # fmt: skip
    if what.startswith("d_") and what[2:] in _PARTS:
        en, zh = _PARTS[what[2:]]
        return (f"{value:.0f} different values of {en} with the same {with_en} within {days} days (usual {usual:.0f})",
                f"{days} 天内同一{with_zh}涉及 {value:.0f} 个不同{zh}（通常 {usual:.0f} 个）")  # fmt: skip
    if what.startswith("m_") and what[2:] in _MARKS:
        en, zh = _MARKS[what[2:]]
        return (f"{value:.0%} of the others with the same {with_en} are {en} (usual {usual:.0%})",
                f"同一{with_zh}的其他货物中 {value:.0%} {zh}（通常 {usual:.0%}）")  # fmt: skip
    if what == "age":
        return (
            f"{with_en} first seen {value:.0f} days before (usual {usual:.0f})",
            f"{with_zh}首次出现于 {value:.0f} 天前（通常 {usual:.0f} 天）",
        )
    return None


def _plain(value: float, scale: str) -> float:
    scales = {"exp": np.exp, "expm1": np.expm1}
    return float(scales[scale](value)) if scale else value


def _apart(value: float, usual: float) -> bool:
    """Whether a value is worth saying: apart from the usual one by a fifth of it, at least."""
    return abs(value - usual) > max(_APART * abs(usual), 1e-9)
