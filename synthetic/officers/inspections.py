"""What an inspection finds: which methods can see which fraud, and what officers then write down."""

from sandan.synthetic.trade.consignment import GroundTruth

METHODS = ("xray", "physical", "document", "phone", "tracking")
_GOODS, _PAPERS = ("xray", "physical"), ("document", "phone", "tracking")
# Outcome -> methods that can end in it. X-ray and opening show the goods, not who bought or paid them; papers do not show a copy.
SEES: dict[str, tuple[str, ...]] = {"ipr": _GOODS, "prohibited": _GOODS, "forged": _PAPERS, "undervalued": _PAPERS}
# Where a typology is seen otherwise than its outcome usually is.
_OWN: dict[str, tuple[str, ...]] = {"goods_mismatch": ("physical", "document", "xray"), "overvaluation": ("document", "phone")}
# Copies; a shop that was borrowed for goods which do not fit its platform sells copies too.
IPR = ("brand_omitted", "destination_concentration", "sender_cluster", "channel_preference", "profile_mismatch")
_PROHIBITED = ("scan_mismatch",)
# No single consignment of these gives a reason to look at it: officers know the group, or nothing.
BY_GROUP = ("identity_ring", "split_lot", "quota", "pushed_order", "operator_triangle", *_PROHIBITED, *IPR)


def finding(truth: GroundTruth) -> str:
    """What a control finds if it finds something; "" where there is nothing to find."""
    if truth.truth != "fraud":
        return ""
    if truth.typologies == ("undervaluation",):
        return "undervalued"
    first = truth.typologies[0]
    return "ipr" if first in IPR else "prohibited" if first in _PROHIBITED else "forged"


def seen_by(truth: GroundTruth) -> tuple[str, ...]:
    """Methods that can find it; none where there is nothing to find."""
    kind = finding(truth)
    return _OWN.get(truth.typologies[0], SEES[kind]) if kind else ()
