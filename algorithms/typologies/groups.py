"""What is said of consignments that belong to a group: rings, lots, shipments."""

from sandan.algorithms.finding import Sentence

RING = Sentence(
    "One of {n_identities} identities that share {shared}; {n_orders} orders in {span} days{close}",
    "属于 {n_identities} 个身份组成的团伙,共用{shared_zh};{span} 天内 {n_orders} 笔订单{close_zh}",
)
RING_WHOLE = Sentence(
    "{n_identities} identities share {shared}; {n_orders} orders in {span} days{close}",
    "{n_identities} 个身份共用{shared_zh};{span} 天内 {n_orders} 笔订单{close_zh}",
)
RING_EXPLAINED = Sentence(
    "{n_identities} identities share {shared}; this looks like {explained}",
    "{n_identities} 个身份共用{shared_zh};可能属于{explained_zh}",
)
LOT = Sentence(
    "The same goods came in {n_orders} parcels within {span} days, together {total:,.0f} CNY, each under the limit of 5,000 CNY",
    "同一商品在 {span} 天内分 {n_orders} 票进境,合计 {total:,.0f} 元,每票均低于 5,000 元限值",
)
BRAND_OMITTED = Sentence(
    "{omitted} of {n_orders} parcels of these senders name no recorded brand; of other parcels of such goods {expected} would{brand_told}",
    "该发件方 {n_orders} 票中 {omitted} 票未申报备案品牌,同类商品通常应有 {expected} 票申报{brand_told_zh}",
)
DESTINATION = Sentence(
    "{share:.0%} of the {n_orders} parcels of these senders go to {country}; elsewhere {elsewhere:.1%} do",
    "该发件方 {n_orders} 票中 {share:.0%} 寄往 {country},其他发件方为 {elsewhere:.1%}",
)
SENDERS = Sentence(
    "{n_senders} senders share {n_shared} telephones or addresses and send parcels that are alike",
    "{n_senders} 个发件人共用 {n_shared} 个电话或地址,所寄包裹高度相似",
)
EXPLAINED_EN = {
    "household": "a household",
    "one place": "one place that many use (a dormitory, a reception desk)",
    "group purchase": "a group purchase",
}
EXPLAINED_ZH = {"household": "家庭", "one place": "同一地点(宿舍、前台)", "group purchase": "团购"}


def shared_words(n_phones: int, n_addresses: int, n_payers: int) -> tuple[str, str]:
    """What a ring shares, in words of both languages."""
    parts = [
        (n, f"{n} {one if n == 1 else many}", f" {n} 个{zh}")
        for n, one, many, zh in (
            (n_phones, "telephone", "telephones", "电话"),
            (n_addresses, "address", "addresses", "地址"),
            (n_payers, "payer or account", "payers or accounts", "支付人或账户"),
        )
        if n
    ]
    if not parts:
        return "telephones and addresses in a chain", "一串电话和地址"
    return " and ".join(en for _, en, _ in parts), "、".join(zh for _, _, zh in parts).strip() + " "
