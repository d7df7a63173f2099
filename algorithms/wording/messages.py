"""What is said of a run, of operators and of groups of suspects, apart from the reasons of typologies."""

from collections.abc import Iterable, Mapping

from sandan.algorithms.vocabulary.registry import registry
from sandan.algorithms.vocabulary.sentence import Sentence
from sandan.algorithms.vocabulary.typology import Reason, Values

# What suspects of one cluster share, by the columns that join them.
SHARED_WORDS: Mapping[str, Sentence] = {
    "tel": Sentence("telephone", "电话"),
    "door+seller": Sentence("door", "门牌"),
    "building+seller": Sentence("building", "楼栋"),
    "other_payer": Sentence("payer", "支付人"),
    "buyer+seller": Sentence("buyer", "订购人"),
    "bill+seller": Sentence("bill", "提单"),
    "seller+run": Sentence("seller in the same week", "同周同一商家"),
    "receiver+hs": Sentence("receiver", "收件人"),
    "sender_tel+hs": Sentence("sender's telephone", "发件电话"),
    "sender_door+hs": Sentence("sender's address", "发件地址"),
}
_CHAIN = Sentence("a chain of shared identifiers", "一串共用标识")


def _shared(values: Values, language: str) -> Mapping[str, object]:
    """How many sellers there are, and what the suspects share."""
    keys, n = values["shared"], values["n_sellers"]
    assert isinstance(keys, Iterable)
    names = [SHARED_WORDS[key].render(language, {}) for key in keys]
    return {
        "sellers": "one seller" if n == 1 else f"{n} sellers",
        "shared": ("、" if language == "zh" else ", ").join(names) or _CHAIN.render(language, {}),
    }


def typology_words(values: Values, language: str) -> Mapping[str, object]:
    """The name of a typology."""
    return {"typology": registry().label(str(values["typology"]), language)}


SUSPECTS = Reason(
    "suspects",
    "suspects",
    Sentence(
        "{n_orders} suspect consignments of {sellers} in {span:.0f} days, joined by {shared}; {mean:.0%} likely on average",
        "{span:.0f} 天内 {n_sellers} 个商家的 {n_orders} 票可疑货物，因{shared}相连；平均违规可能性 {mean:.0%}",
    ),
    words=_shared,
)
SUSPECTS_BEAR = Reason(
    "suspects_bear", "suspects", Sentence("{share:.0%} show: {typology}", "{share:.0%} 呈现：{typology}"), words=typology_words
)
NOT_CALIBRATED = Reason(
    "not_calibrated",
    "run",
    Sentence(
        "not calibrated: no model was learned from outcomes, so the score ranks by the weight of the evidence",
        "未校准：尚无由查验结果学习的模型，分值按证据权重排序，不是概率。",
    ),
)
CALIBRATED = Reason(
    "calibrated",
    "run",
    Sentence(
        "calibrated: the score is the model's probability of a breach",
        "分值为模型给出的违规概率，已按查验结果校准。",
    ),
)
MODEL_DUE = Reason(
    "model_due",
    "run",
    Sentence("the model was made for other features than this version computes: train is due", "模型按其他版本的特征训练，应重新训练。"),
)
COMMON_REASON = Reason(
    "common_reason",
    "run",
    Sentence(
        "{typology}/{reason}: fires on {share:.0%} of all consignments; counted half, look at the feed",
        "{typology}/{reason}：在 {share:.0%} 的货物上出现，减半计算，请检查数据来源。",
    ),
)


def _missing(values: Values, language: str) -> Mapping[str, object]:
    """What a typology says where its table is missing; that of an installation may be gone since."""
    typology = registry().get(str(values["of"]))
    needs = {need.table: need.note for need in typology.needs} if typology else {}
    note = needs.get(str(values["table"]), _NO_TABLE)
    return {"note": note.render(language, values)}


_NO_TABLE = Sentence("no {table} loaded", "未导入 {table}。")
MISSING_TABLE = Reason("missing_table", "run", Sentence("{typology}: {note}", "{typology}：{note}"), words=_missing)
TYPOLOGY_EXCESS = Reason(
    "typology_excess",
    "operator",
    Sentence(
        "{typology} on {k} of {n} consignments, {elsewhere:.1%} elsewhere", "{n} 票中 {k} 票出现 {typology}，其他企业为 {elsewhere:.1%}"
    ),
)
HIGH_EXCESS = Reason(
    "high_excess",
    "operator",
    Sentence(
        "{k} of {n} consignments are graded high, {others_high} of {others} elsewhere",
        "{n} 票中 {k} 票为高风险，其他企业 {others} 票中为 {others_high} 票",
    ),
)
MESSAGES: Mapping[str, Reason] = {
    message.name: message
    for message in (
        SUSPECTS,
        SUSPECTS_BEAR,
        NOT_CALIBRATED,
        CALIBRATED,
        MODEL_DUE,
        COMMON_REASON,
        MISSING_TABLE,
        TYPOLOGY_EXCESS,
        HIGH_EXCESS,
    )
}
