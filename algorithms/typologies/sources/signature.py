"""A list was not signed by whom it should have been."""

from sandan.algorithms.facts.facts import Facts
from sandan.algorithms.vocabulary.sentence import Sentence
from sandan.algorithms.vocabulary.typology import Need, Reason, Rule, Typology

_MARKS = ("order", "payment", "waybill", "declaration")
# A message that was changed after it was signed has to be explained, though software that writes it anew makes most of these.
INVALID = Reason(
    "signature_invalid",
    "signature",
    Sentence(
        "The signature does not fit what was received: it was changed after it was signed ({lists})",
        "签名与收到的内容不符，报文签名后曾被改动（{lists}）",
    ),
    marks=_MARKS,
    floor="t_medium",
)
UNTRUSTED = Reason(
    "signature_untrusted",
    "signature",
    Sentence("Signed by somebody whose certificate is not trusted here ({lists})", "签名证书不在受信范围内（{lists}）"),
    marks=_MARKS,
)


def rules(facts: Facts) -> list[Rule]:
    """The signature of the declaration, order, payment or waybill is invalid, or its signer is not trusted.

    Software that writes a message anew after it was signed makes signatures invalid too, one that signs for many makes them untrusted,
    and certificates expire: what many senders' lists bear says little, as the weight of the evidence counts it.
    """
    t = facts.table
    return [
        Rule(INVALID, t.signed_invalid.notnull(), 0.6, {"lists": t.signed_invalid}),
        Rule(UNTRUSTED, t.signed_untrusted.notnull() & t.signed_invalid.isnull(), 0.3, {"lists": t.signed_untrusted}),
    ]


TYPOLOGY = Typology(
    name="signature",
    label=Sentence("Signature in doubt", "签名异常"),
    family="other",
    method="document",
    meaning="The signature of a list is invalid, or its signer is not trusted.",
    innocent="Software that writes a message anew after it was signed, or signs for many; a certificate that expired.",
    source="Responsibility for what is transmitted is the signer's: CEB specification, edition 2022-05.",
    reasons=(INVALID, UNTRUSTED),
    rules=rules,
    needs=(Need("signed", Sentence("no signature was checked, not run", "未校验任何签名，未执行。")),),
)
