"""What is said of a run, of operators and of groups of suspects, apart from the reasons of typologies."""

from collections.abc import Iterable, Mapping

from sandan.algorithms.registry import registry
from sandan.algorithms.sentence import Sentence
from sandan.algorithms.typology import Reason, Values

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


def _typology(values: Values, language: str) -> Mapping[str, object]:
    """The name of a typology."""
    return {"typology": registry().label(str(values["typology"]), language)}


SUSPECTS = Reason(
    "suspects",
    "suspects",
    Sentence(
        "{n_orders} suspect consignments of {sellers} in {span:.0f} days, joined by {shared}; {mean:.0%} likely on average",
        "{span:.0f} 天内 {n_sellers} 个商家的 {n_orders} 票可疑货物,因{shared}相连;平均违规可能性 {mean:.0%}",
    ),
    words=_shared,
)
SUSPECTS_BEAR = Reason(
    "suspects_bear", "suspects", Sentence("{share:.0%} show: {typology}", "{share:.0%} 呈现:{typology}"), words=_typology
)
