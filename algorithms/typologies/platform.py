"""The payment or the goods do not belong to the platform."""

from sandan.algorithms.company_codes import other_company
from sandan.algorithms.facts import Facts
from sandan.algorithms.finding import Rule, Sentence

OTHER_PLATFORM = Sentence(
    "The payment {p_transaction} names platform {p_ebp_code}, the order belongs to {ebp_code}",
    "支付单 {p_transaction} 所列平台为 {p_ebp_code},订单所属平台为 {ebp_code}",
)
NO_SERVICE = Sentence(
    "Payment provider {p_pay_code} has no service on platform {ebp_code} at the time of payment",
    "支付企业 {p_pay_code} 在支付时并未在平台 {ebp_code} 提供服务",
)
SERVICE_NEAR = Sentence(
    "Payment provider {p_pay_code} worked on platform {ebp_code} only some weeks before or after the payment; the register may be behind",
    "支付企业 {p_pay_code} 仅在支付前后数周内服务于平台 {ebp_code},登记可能滞后",
)
OTHER_PROVIDER = Sentence(
    "The order names payment provider {o_pay_code}, the payment came from {p_pay_code}",
    "订单所列支付企业为 {o_pay_code},实际支付单来自 {p_pay_code}",
)
NOT_ON_SALE = Sentence(
    "'{unlisted_item}' is in none of the {n_listings} listings of platform {ebp_code}",
    "平台 {ebp_code} 的 {n_listings} 条在售记录中没有“{unlisted_item}”",
)


def platform_mismatch(facts: Facts) -> list[Rule]:
    """The payment names another platform, its provider does not work on the platform, or the goods were never on sale there.

    A register that is out of date, a platform under a new name, or a group's own payment arm look the same. Codes of two kinds (ten and
    eighteen characters) are compared through the register of companies, or not at all.

    Source:
        The milk-powder case of the administration's risk analysis: all three signs together on one seller.
    """
    t = facts.table
    paid = t.p_n.notnull() & (t.flow == "import")
    unserved = paid & (t.served == 0)
    values = {"p_pay_code": t.p_pay_code, "ebp_code": t.ebp_code}
    rules = [
        Rule(
            "platform_mismatch", "other_platform", "payment_platform", paid & other_company(t.p_ebp_code, t.ebp_code), 0.55, OTHER_PLATFORM,
            {"p_transaction": t.p_transaction, "p_ebp_code": t.p_ebp_code, "ebp_code": t.ebp_code}, ("consignment_id", "p_records"),
        ),
        Rule(
            "platform_mismatch", "other_provider", "payment_platform",
            paid & other_company(t.o_pay_code, t.p_pay_code), 0.45, OTHER_PROVIDER,
            {"o_pay_code": t.o_pay_code, "p_pay_code": t.p_pay_code}, ("o_record_id", "p_records"),
        ),
    ]  # fmt: skip
    if facts.rows["payment_services"]:
        rules += [
            Rule("platform_mismatch", "no_service", "payment_platform", unserved & (t.service_near == 0), 0.55, NO_SERVICE, values,
                 ("consignment_id", "p_records")),
            Rule("platform_mismatch", "service_near", "payment_platform", unserved & (t.service_near == 1), 0.3, SERVICE_NEAR, values,
                 ("consignment_id", "p_records")),
        ]  # fmt: skip
    if facts.rows["listings"]:
        rules.append(
            Rule("platform_mismatch", "not_on_sale", "listing", t.unlisted_item.notnull(), 0.5, NOT_ON_SALE,
                 {"unlisted_item": t.unlisted_item, "n_listings": t.n_listings, "ebp_code": t.ebp_code})
        )  # fmt: skip
    return rules


def not_run(facts: Facts) -> list[str]:
    """Parts of the check that lack their table."""
    missing = [name for name in ("payment_services", "listings") if not facts.rows[name]]
    return [f"platform_mismatch: no {name} loaded, that part was not run" for name in missing]
