"""The payment or the goods do not belong to the platform."""

from sandan.algorithms.context.sign_statistics import with_others
from sandan.algorithms.facts.company_codes import other_company
from sandan.algorithms.facts.facts import Facts
from sandan.algorithms.vocabulary.sentence import Sentence
from sandan.algorithms.vocabulary.typology import Need, Reason, Rule, Sign, Typology

_CAUSE = "payment_platform"
_SERVICE = ("payment.pay_code", "declaration.ebp_code", "order.ebp_code")
OTHER_PLATFORM = Reason(
    "other_platform",
    _CAUSE,
    Sentence(
        "The payment {p_transaction} names platform {p_ebp_code}, the order belongs to {ebp_code}",
        "支付单 {p_transaction} 所列平台为 {p_ebp_code}，订单所属平台为 {ebp_code}",
    ),
    marks=("order.ebp_code", "payment.ebp_code", "declaration.ebp_code"),
    evidence=("declaration", "payment"),
)
OTHER_PROVIDER = Reason(
    "other_provider",
    _CAUSE,
    Sentence(
        "The order names payment provider {o_pay_code}, the payment came from {p_pay_code}",
        "订单所列支付企业为 {o_pay_code}，实际支付单来自 {p_pay_code}",
    ),
    marks=("order.pay_code", "payment.pay_code"),
    evidence=("order", "payment"),
)
NO_SERVICE = Reason(
    "no_service",
    _CAUSE,
    Sentence(
        "Payment provider {p_pay_code} has no service on platform {ebp_code} at the time of payment",
        "支付企业 {p_pay_code} 在支付时并未在平台 {ebp_code} 提供服务",
    ),
    marks=_SERVICE,
    evidence=("declaration", "payment"),
)
SERVICE_NEAR = Reason(
    "service_near",
    _CAUSE,
    Sentence(
        "Payment provider {p_pay_code} worked on platform {ebp_code} only some weeks before or after the payment; "
        "the register may be behind",
        "支付企业 {p_pay_code} 仅在支付前后数周内服务于平台 {ebp_code}，登记可能滞后",
    ),
    marks=_SERVICE,
    evidence=("declaration", "payment"),
)
NOT_ON_SALE = Reason(
    "not_on_sale",
    "listing",
    Sentence(
        "'{unlisted_item}' is in none of the {n_listings} listings of platform {ebp_code}",
        "平台 {ebp_code} 的 {n_listings} 条在售记录中没有“{unlisted_item}”",
    ),
    marks=("declaration.items", "declaration.ebp_code"),
)
OTHERS_TOO = Reason(
    "providers_without_service",
    _CAUSE,
    Sentence(
        "The payment provider has no service on the platform; so it is with {others:.0%} of the shop's other orders of these days",
        "支付企业未在该平台开展服务；该店铺同期其他订单中 {others:.0%} 亦如此",
    ),
    marks=_SERVICE,
)


def rules(facts: Facts) -> list[Rule]:
    """The payment names another platform, its provider does not work on the platform, or the goods were never on sale there.

    A register that is out of date, a platform under a new name, or a group's own payment arm look the same. Codes of two kinds (ten and
    eighteen characters) are compared through the register of companies, or not at all.
    """
    t = facts.table
    paid = t.p_n.notnull() & (t.flow == "import")
    unserved = paid & (t.served == 0)
    service = {"p_pay_code": t.p_pay_code, "ebp_code": t.ebp_code}
    platforms = {"p_transaction": t.p_transaction, "p_ebp_code": t.p_ebp_code, "ebp_code": t.ebp_code}
    providers = {"o_pay_code": t.o_pay_code, "p_pay_code": t.p_pay_code}
    found = [
        Rule(OTHER_PLATFORM, paid & other_company(t.p_ebp_code, t.ebp_code), 0.55, platforms),
        Rule(OTHER_PROVIDER, paid & other_company(t.o_pay_code, t.p_pay_code), 0.45, providers),
    ]
    if facts.rows["payment_services"]:
        found += [
            Rule(NO_SERVICE, unserved & (t.service_near == 0), 0.55, service),
            Rule(SERVICE_NEAR, unserved & (t.service_near == 1), 0.3, service),
        ]
    if facts.rows["listings"]:
        listed = {"unlisted_item": t.unlisted_item, "n_listings": t.n_listings, "ebp_code": t.ebp_code}
        found.append(Rule(NOT_ON_SALE, t.unlisted_item.notnull(), 0.5, listed))
    return found


TYPOLOGY = Typology(
    name="platform_mismatch",
    label=Sentence("Platform mismatch", "平台不符"),
    family="forged",
    method="document",
    meaning="The payment names another platform, its provider does not work on the platform, or the goods were never on sale there.",
    innocent="A register that is out of date; a platform with a new name; a group's own payment company.",
    source="The milk-powder case of the administration's published risk analysis.",
    reasons=(OTHER_PLATFORM, OTHER_PROVIDER, NO_SERVICE, SERVICE_NEAR, NOT_ON_SALE),
    rules=rules,
    signs=(Sign(OTHERS_TOO, "import", 0.3, with_others("no_service", "seller_ebp_m_no_service"), {"others": "seller_ebp_m_no_service"}),),
    needs=(
        Need("payment_services", Sentence("no payment_services loaded, that part was not run", "未导入支付服务登记，该部分未执行。")),
        Need("listings", Sentence("no listings loaded, that part was not run", "未导入在售商品，该部分未执行。")),
    ),
)
