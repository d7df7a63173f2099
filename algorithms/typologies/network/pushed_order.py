"""A sale that was made elsewhere is pushed through a platform afterwards."""

from sandan.algorithms.context.sign_statistics import waybill_before
from sandan.algorithms.vocabulary.sentence import Sentence
from sandan.algorithms.vocabulary.typology import Reason, Sign, Typology

WAYBILL_BEFORE = Reason(
    "waybill_before_order",
    "pay_time",
    Sentence(
        "The waybill is {hours:.0f} hours older than the order; so it is with {others:.0%} of the shop's others on this platform",
        "运单早于订单 {hours:.0f} 小时；该店铺在此平台的其他订单中 {others:.0%} 亦如此",
    ),
    marks=("payment.pay_time", "waybill.app_time"),
)

TYPOLOGY = Typology(
    name="pushed_order",
    label=Sentence("Order pushed in later", "事后推单"),
    family="forged",
    method="document",
    meaning="The waybill is older than the order or the payment: a sale elsewhere was pushed through a platform afterwards (推单).",
    innocent="A seller that moves to another platform; sales in live rooms; a late synchronisation of systems.",
    source="Published cases of pushed orders. Statistic of this project, weighed in the stream itself; no rule of law.",
    signs=(
        Sign(
            WAYBILL_BEFORE,
            "import",
            0.15,
            waybill_before,
            {"hours": "hours_order_after_waybill", "others": "seller_ebp_m_early_waybill"},
        ),
    ),
)
