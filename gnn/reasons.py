"""Why the model thinks so: the features that moved its score most, each with its value and what is usual."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from sandan.algorithms.finding import Sentence

Floats = npt.NDArray[np.float64]
_KINDS = {
    "phone": ("telephone", "电话"),
    "address": ("address", "地址"),
    "payer": ("payer", "支付人"),
    "account": ("platform account", "平台账户"),
    "buyer": ("buyer", "订购人"),
    "sender": ("sender", "发件人"),
    "sender_phone": ("sender's telephone", "发件人电话"),
    "sender_address": ("sender's address", "发件人地址"),
    "seller": ("seller", "电商企业"),
    "agent": ("declarant", "申报企业"),
    "goods": ("goods", "商品"),
}
_STATS = {
    "items": ("{v:.0f} consignments with its {en} (usual {u:.0f})", "同一{zh}共 {v:.0f} 票(通常 {u:.0f} 票)"),
    "parties": ("{v:.0f} different people with its {en} (usual {u:.0f})", "同一{zh}涉及 {v:.0f} 个不同身份(通常 {u:.0f} 个)"),
    "recent": ("{v:.0f} consignments with its {en} within a week (usual {u:.0f})", "同一{zh}一周内 {v:.0f} 票(通常 {u:.0f} 票)"),
    "positive": ("{v:.0f} breaches found before with its {en}", "同一{zh}此前查获 {v:.0f} 次"),
    "negative": ("{v:.0f} found compliant before with its {en}", "同一{zh}此前查验无异常 {v:.0f} 次"),
    "hop_value": ("others with its {en} are worth {v:,.0f} CNY on average (usual {u:,.0f})",
                  "同一{zh}的其他货物平均 {v:,.0f} 元(通常 {u:,.0f} 元)"),
    "hop_parties": ("those who share its {en} share telephones or addresses with {v:.1f} people (usual {u:.1f})",
                    "与其共用{zh}者,平均与 {v:.1f} 人共用电话或地址(通常 {u:.1f} 人)"),
    "hop_rules": ("others with its {en} show contradictions, {v:.2f} on average (usual {u:.2f})",
                  "同一{zh}的其他货物平均矛盾程度 {v:.2f}(通常 {u:.2f})"),
}  # fmt: skip
_ROW = {
    "log_value": ("declared value {v:,.0f} CNY (usual {u:,.0f})", "申报价值 {v:,.0f} 元(通常 {u:,.0f} 元)"),
    "log_weight": ("weight {v:.2f} kg (usual {u:.2f})", "毛重 {v:.2f} 千克(通常 {u:.2f})"),
    "log_price_ratio": ("price {v:.0%} of the reference (usual {u:.0%})", "价格为参考价的 {v:.0%}(通常 {u:.0%})"),
    "n_lines": ("{v:.0f} lines (usual {u:.0f})", "{v:.0f} 项商品(通常 {u:.0f} 项)"),
    "discount": ("discount of {v:.0%} (usual {u:.0%})", "抵扣 {v:.0%}(通常 {u:.0%})"),
    "hours_paid": ("declared {v:.1f} hours after payment (usual {u:.1f})", "支付后 {v:.1f} 小时申报(通常 {u:.1f})"),
    "hours_waybill": ("waybill sent {v:.1f} hours after payment (usual {u:.1f})", "支付后 {v:.1f} 小时报送运单(通常 {u:.1f})"),
    "community_items": ("a community of {v:.0f} consignments (usual {u:.0f})", "所在社群 {v:.0f} 票(通常 {u:.0f} 票)"),
    "community_parties": ("a community of {v:.0f} identities (usual {u:.0f})", "所在社群 {v:.0f} 个身份(通常 {u:.0f} 个)"),
    "community_recent": ("{v:.0f} consignments of its community in a week (usual {u:.0f})", "所在社群一周内 {v:.0f} 票(通常 {u:.0f} 票)"),
}
_LOGS = ("items", "parties", "recent", "hop_value", "hop_parties")
GNN = Sentence("The model finds it likely to be a breach ({p:.0%}): {because}", "模型判断其违规可能性为 {p:.0%}:{because_zh}")
_APART = 0.2
NO_WORDS = ("a combination of many weak signs", "多项弱信号的组合")


def reasons(names: Sequence[str], values: Floats, contributions: Floats, usual: Sequence[float], n: int = 3) -> tuple[str, str]:
    """The strongest reasons of one consignment in both languages.

    Features that repeat a rule's finding are left out: the rule tells it better. So is what is about as usual.

    Args:
        names: Columns.
        values: float64 [f], the consignment's.
        contributions: float64 [f], how far each moved the log odds.
        usual: Median of each column.
        n: Reasons at most.
    """
    told: list[tuple[str, str]] = []
    for column in np.argsort(-contributions):
        words = in_words(names[column], float(values[column]), float(usual[column]))
        if contributions[column] <= 0 or len(told) == n:
            break
        if not _unusual(names[column], float(values[column]), float(usual[column])):
            continue
        if words is not None and words not in told:
            told.append(words)
    return ("; ".join(en for en, _ in told), ";".join(zh for _, zh in told)) if told else NO_WORDS


def _unusual(name: str, value: float, usual: float) -> bool:
    """Whether a value is worth telling: apart from the usual one by a fifth of it, at least."""
    logs = name.startswith(("log_", "community_")) or any(name.endswith(f"_{stat}") for stat in _LOGS)
    v, u = (float(np.expm1(value)), float(np.expm1(usual))) if logs and name != "log_price_ratio" else (value, usual)
    if name == "log_price_ratio":
        v, u = float(np.exp(value)), float(np.exp(usual))
    if "_hop_" in name and v < 1e-6:
        return False  # there are no others
    return bool(np.isfinite(v)) and abs(v - u) > max(_APART * abs(u), 1e-9)


def in_words(name: str, value: float, usual: float) -> tuple[str, str] | None:
    """One feature's value in both languages; None for a feature without words, or one that is unknown."""
    if not np.isfinite(value):
        return None
    usual = usual if np.isfinite(usual) else 0.0
    if name in _ROW:
        v, u = (np.exp(value), np.exp(usual)) if name == "log_price_ratio" else (value, usual)
        if name in ("log_value", "log_weight") or name.startswith("community_"):
            v, u = np.expm1(value), np.expm1(usual)
        return _ROW[name][0].format(v=v, u=u), _ROW[name][1].format(v=v, u=u)
    kind = next((k for k in sorted(_KINDS, key=len, reverse=True) if name.startswith(f"{k}_")), None)
    stat = name[len(kind) + 1 :] if kind else ""
    if kind is None or stat not in _STATS:
        return None
    v, u = (np.expm1(value), np.expm1(usual)) if stat in _LOGS else (value, usual)
    en, zh = _KINDS[kind]
    return _STATS[stat][0].format(v=v, u=u, en=en), _STATS[stat][1].format(v=v, u=u, zh=zh)
