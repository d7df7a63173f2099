"""What each statistic index is, where its data come from, and how it is computed, in both languages."""

from collections.abc import Mapping
from dataclasses import dataclass

from sandan.algorithms.vocabulary.sentence import Sentence


@dataclass(frozen=True, slots=True)
class Index:
    """One index.

    Attributes:
        unit: Of its value.
        definition: What it is.
        origin: Where its data come from.
        method: How it is computed, and what its interval is.
    """

    unit: str
    definition: Sentence
    origin: Sentence
    method: Sentence


_RECEIPTS = Sentence("orders, declarations and receipts (622, 604) of the newest run", "最新批次的订单、清单与海关回执（622、604）")
_PAID = Sentence(
    "payments, orders, declarations and receipts (622, 604) of the newest run", "最新批次的支付单、订单、清单与海关回执（622、604）"
)
_OUTCOMES = Sentence("outcomes, and grades when they were chosen", "查验结果，以及选查时的风险等级")
_PLANS, _RUN = Sentence("plans and outcomes", "查验计划与查验结果"), Sentence("the newest run", "最新批次")
_MEDIAN = Sentence("median; interval by order statistics", "中位数；区间按次序统计量")
_WILSON = Sentence("share; Wilson interval", "比例；威尔逊区间")
_SUM, _COUNT = Sentence("sum", "合计"), Sentence("count of all", "全数计数")
_WEIGHTED = Sentence(
    "inverse probability weighting; interval of the exact test by strata of like probability",
    "按抽查概率的倒数加权；区间按概率相近的层作精确检验",
)
INDEXES: Mapping[str, Index] = {
    "order_to_release": Index(
        "hours",
        Sentence(
            "from the time of the order, where a table says it, to the first receipt of release",
            "自下单时间（表中载明者）至首份放行回执",
        ),
        _RECEIPTS,
        _MEDIAN,
    ),
    "payment_to_release": Index(
        "hours", Sentence("from the first payment to the first receipt of release", "自首次支付至首份放行回执"), _PAID, _MEDIAN
    ),
    "declaration_to_release": Index(
        "hours",
        Sentence("from the sending of the declaration to the first receipt of release", "自清单发送至首份放行回执"),
        _RECEIPTS,
        _MEDIAN,
    ),
    "inspection_share": Index(
        "share",
        Sentence("consignments with an outcome, of those that became known in the period", "有查验结果的单票占本期获知单票的比例"),
        _OUTCOMES,
        _COUNT,
    ),
    "hit_rate": Index(
        "share",
        Sentence(
            "inspections that found a breach, of those made; not the rate of all, as officers choose",
            "查获违规的查验占全部查验的比例；因人工选查，不代表全体的违规率",
        ),
        _OUTCOMES,
        _WILSON,
    ),
    "breach_rate": Index(
        "share",
        Sentence(
            "breaches among all consignments that inspections with a recorded probability stand for",
            "由记录了抽查概率的查验推断的全体违规率",
        ),
        _OUTCOMES,
        _WEIGHTED,
    ),
    "missed_breaches": Index(
        "consignments",
        Sentence(
            "breaches that random inspections of low grade stand for, beside those that they found",
            "由低风险随机抽查推断的未查获违规票数",
        ),
        _OUTCOMES,
        _WEIGHTED,
    ),
    "precision_at_budget": Index(
        "share",
        Sentence("breaches among the inspections that plans chose by risk", "按风险布控的查验中查获违规的比例"),
        _PLANS,
        _WILSON,
    ),
    "recall_at_budget": Index(
        "share",
        Sentence(
            "breaches found by the inspections that plans chose by risk, of these and those estimated in low grade",
            "按风险布控查获的违规，占其与低风险中推断违规之和的比例",
        ),
        _PLANS,
        Sentence(
            "found / (found + estimated by inverse probability weighting); interval of the estimate",
            "查获 /（查获 + 按抽查概率倒数加权的推断）；区间为推断值的区间",
        ),
    ),
    "revenue_found": Index(
        "CNY",
        Sentence("tax at stake with consignments in which a breach was found", "查获违规单票的涉税金额"),
        Sentence("outcomes; taxes of the newest run", "查验结果；最新批次的税款"),
        _SUM,
    ),
    "revenue_at_stake": Index(
        "CNY",
        Sentence("tax at stake with consignments graded medium or high that have no outcome yet", "尚无查验结果的中、高风险单票的涉税金额"),
        _RUN,
        _SUM,
    ),
    "typology_hit_rate": Index(
        "share",
        Sentence(
            "inspections that found a breach, of those of consignments with the typology", "带有该风险类型的单票中，查获违规的查验所占比例"
        ),
        _OUTCOMES,
        _WILSON,
    ),
    "typology_decay": Index(
        "share",
        Sentence(
            "change of typology_hit_rate from the earlier to the later half of the period: negative where the sign wears off",
            "该风险类型查获率后半期与前半期之差；负值表示特征在减弱",
        ),
        _OUTCOMES,
        Sentence("difference of two shares; Newcombe interval", "两个比例之差；纽科姆区间"),
    ),
}

# What a figure rests on; its parts stand one behind the other.
QUALITY: Mapping[str, Sentence] = {
    "timed": Sentence("{n} of {of} released have both times in order", "{of} 票放行中 {n} 票两个时间齐全且先后合理"),
    "inspected": Sentence("{n} inspected", "已查验 {n} 票"),
    "recorded": Sentence("{n} of {of} with a recorded probability", "{of} 次中 {n} 次记录了抽查概率"),
    "later": Sentence(", {n} graded after the inspection", "，{n} 次的等级评定晚于查验"),
    "certain": Sentence("; {n} chosen for certain stand for themselves alone", "；{n} 次为必查，仅代表自身"),
    "planned": Sentence("{n} planned inspections have an outcome", "{n} 次计划内查验已有结果"),
    "budget": Sentence("{n} by risk, {drawn} drawn of low grade", "按风险 {n} 次，低风险抽查 {drawn} 次"),
    "taxed": Sentence("tax known of {n} of {of}", "{of} 票中 {n} 票的税款可知"),
    "halves": Sentence("{n} inspections before, {later} after {day}", "以 {day} 为界，此前 {n} 次、此后 {later} 次查验"),
}
