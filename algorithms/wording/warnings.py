"""Texts of risk warnings, by audience and subject, in both languages: what is said, and what never is."""

from collections.abc import Mapping

from sandan.algorithms.vocabulary.sentence import Sentence

# A finding is no proof; whoever reads a warning is told so.
_CAREFUL = Sentence(
    " It comes from an analysis of lists known by {as_of} and is no proof: check it before you act.",
    "以上由截至 {as_of} 的单证数据分析得出，并非定论，处置前请核实。",
)
_CONFIRMED = Sentence(
    " {n_breach} of {n_inspected} inspected consignments were in breach ({outcomes}).",
    "已查验 {n_inspected} 票，其中 {n_breach} 票查获异常（{outcomes}）。",
)
# Key: audience and kind of subject; of clusters for the public and departments also the kind of the cluster.
TEXTS: Mapping[str, Sentence] = {
    "internal_cluster": Sentence(
        "Cluster {name}: {n} consignments from {first:%Y-%m-%d} to {last:%Y-%m-%d}, {n_high} graded high. {summary}.",
        "团组 {name}：{first:%Y-%m-%d} 至 {last:%Y-%m-%d} 共 {n} 票，其中 {n_high} 票为高风险。{summary}。",
    ),
    "internal_operator": Sentence(
        "{role} {name} ({code}) is graded high: {reasons}.",
        "{role}{name}（{code}）评定为高风险：{reasons}。",
    ),
    "internal_consignment": Sentence(
        "Consignment {name}: {reasons}. Hold it until it is inspected.",
        "单票 {name}：{reasons}。请在查验前暂扣。",
    ),
    "party_operator": Sentence(
        "To {name} ({code}): among {n} consignments that bear your code, {n_high} bear signs that need an answer: {typologies}. "
        "Compare your records of these transactions with goods, payments and deliveries, correct what was "
        "declared wrongly, and answer the customs office from which you have this notice. Wrong data of others who used your code is "
        "a reason to tell us at once. This notice is no decision on a breach; it rests on data known by {as_of}.",
        "致{name}（{code}）：在使用贵企业代码的 {n} 票货物中，有 {n_high} 票存在需要核实的情况：{typologies}。"
        "请将相关交易记录与货物、支付、派送情况逐一核对，更正申报不实之处，并向发出本提示的海关回复。如系他人冒用贵企业代码，请立即告知。"
        "本提示不是违规认定，依据为截至 {as_of} 的数据。",
    ),
    "public_ipr": Sentence(
        "Customs found parcels with goods that infringe intellectual property rights{brands}{places}. Before you buy such goods across the "
        "border, see that the seller may sell them; goods that infringe rights are seized. Right holders may send customs what helps to "
        "tell real goods from false ones.",
        "海关近期查获涉嫌侵犯知识产权的包裹{brands}{places}。跨境购买此类商品前请确认卖家有权销售；侵权货物将被依法扣留。"
        "权利人可向海关提供真伪鉴别资料。",
    ),
    "public_forged": Sentence(
        "Customs found orders that were placed with the identity numbers and allowances of people who did not buy anything. Do not lend "
        "your identity number, and look up what was bought in your name and how much of the year's allowance for cross-border retail is "
        "used; tell customs what is not yours.",
        "海关近期发现冒用他人身份证件号码和个人年度额度下单的情形。请勿出借身份信息，并查询本人名下的跨境电商消费记录和年度额度使用情况；"
        "如有非本人交易，请告知海关。",
    ),
    "department_ipr": Sentence(
        "To the authorities for market supervision: a cluster of {n} parcels from {first:%Y-%m-%d} to {last:%Y-%m-%d}{brands}{places}. "
        "{summary}.",
        "致市场监管部门：{first:%Y-%m-%d} 至 {last:%Y-%m-%d} 的 {n} 件包裹构成团组{brands}{places}。{summary}。",
    ),
    "department_forged": Sentence(
        "To the anti-smuggling office: a cluster of {n} consignments from {first:%Y-%m-%d} to {last:%Y-%m-%d}, sellers {sellers}. "
        "{summary}.",
        "致缉私部门：{first:%Y-%m-%d} 至 {last:%Y-%m-%d} 的 {n} 票货物构成团组，涉及商家 {sellers}。{summary}。",
    ),
}
_NOT_CONFIRMED = Sentence(
    " {n_inspected} inspected consignments were compliant.",
    "已查验 {n_inspected} 票，均未查获异常。",
)
_BRANDS, _PLACES = Sentence(", of the brand {names}", "，品牌：{names}"), Sentence(", sent to {names}", "，寄往：{names}")
# What a party is not told: that it is watched would warn it, and what a model alone suspects it cannot answer.
UNTOLD = frozenset({"watchlist", "gnn"})


def warning_text(key: str, language: str, values: Mapping[str, object]) -> str:
    """A warning in one language.

    Args:
        key: One of `TEXTS`.
        language: `en` or `zh`.
        values: Of the sentence; lists of names under `brands` and `places` may be empty, `n_inspected` may be 0 or missing.
    """
    between = "、" if language == "zh" else ", "
    parts = {
        name: sentence.render(language, {"names": between.join(found)}) if (found := _names(values.get(name))) else ""
        for name, sentence in (("brands", _BRANDS), ("places", _PLACES))
    }
    whole = {**values, **parts}
    text = TEXTS[key].render(language, whole)
    if key.startswith(("internal", "department")):
        if values.get("n_inspected"):
            text += (_CONFIRMED if values["n_breach"] else _NOT_CONFIRMED).render(language, whole)
        text += _CAREFUL.render(language, whole)
    return text


def _names(value: object) -> list[str]:
    return [str(one) for one in value] if isinstance(value, list | tuple) else []
