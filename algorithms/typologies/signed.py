"""A list was not signed by whom it should have been."""

from sandan.algorithms.facts import Facts
from sandan.algorithms.finding import Rule, Sentence

INVALID = Sentence(
    "The signature does not fit what was received: it was changed after it was signed ({lists})",
    "签名与收到的内容不符,报文签名后曾被改动({lists})",
)
UNTRUSTED = Sentence(
    "Signed by somebody whose certificate is not trusted here ({lists})",
    "签名证书不在受信范围内({lists})",
)


def signature(facts: Facts) -> list[Rule]:
    """The signature of the declaration, order, payment or waybill is invalid, or its signer is not trusted.

    Software that writes a message anew after it was signed makes signatures invalid too, one that signs for many makes them untrusted,
    and certificates expire: what many senders' lists bear says little, as the weight of the evidence counts it.

    Source:
        Responsibility for what is transmitted lies with the signer: CEB specification 2022-05, the signature of messages.
    """
    t = facts.table
    return [
        Rule("signature", "signature_invalid", "signature", t.signed_invalid.notnull(), 0.6, INVALID, {"lists": t.signed_invalid}),
        Rule(
            "signature",
            "signature_untrusted",
            "signature",
            t.signed_untrusted.notnull() & t.signed_invalid.isnull(),
            0.3,
            UNTRUSTED,
            {"lists": t.signed_untrusted},
        ),
    ]


def not_run(facts: Facts) -> list[str]:
    """Nothing was held against anchors."""
    return [] if facts.rows["signed"] else ["signature: no signature was checked, not run"]
