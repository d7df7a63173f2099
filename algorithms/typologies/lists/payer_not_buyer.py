"""Who pays is not who buys."""

import ibis

from sandan.algorithms.facts.facts import Facts
from sandan.algorithms.vocabulary.sentence import Sentence
from sandan.algorithms.vocabulary.typology import Reason, Rule, Sign, Typology

_CAUSE = "payer"
_PARTIES = ("order.buyer", "payment.payer", "declaration.buyer")
_EVIDENCE = ("declaration", "order", "payment")
STRANGER = Reason(
    "stranger_pays",
    _CAUSE,
    Sentence("Somebody else than the buyer paid: the identity numbers of payer and buyer differ", "支付人与订购人的身份证件号码不一致"),
    marks=_PARTIES,
    evidence=_EVIDENCE,
)
MANY_BUYERS = Reason(
    "payer_of_many",
    _CAUSE,
    Sentence(
        "The payer is not the buyer and paid for {payer_buyers} different buyers",
        "支付人不是订购人，且为 {payer_buyers} 个不同的订购人付款",
    ),
    marks=_PARTIES,
    evidence=_EVIDENCE,
)
SHOWN_STRANGER = Reason(
    "shown_stranger",
    _CAUSE,
    Sentence(
        "Somebody else than the buyer paid: what can be read of the masked identity number does not fit",
        "支付人非订购人：脱敏证件号码的可见部分不一致",
    ),
    marks=_PARTIES,
    evidence=_EVIDENCE,
)
TWO_NAMES = Reason(
    "two_names",
    _CAUSE,
    Sentence("Payer and buyer give one identity number under two names", "支付人与订购人证件号码相同而姓名不同"),
    marks=_PARTIES,
    evidence=_EVIDENCE,
)
PAYER_AROUND = Reason(
    "payer_for_buyers",
    _CAUSE,
    Sentence("Paid by somebody else, who pays for {n:.0f} buyers within 12 days", "由他人支付，该支付人 12 天内为 {n:.0f} 名订购人付款"),
    marks=_PARTIES,
)
# A household has two to six persons; a payer for more buyers than that is no family member.
_HOUSEHOLD = 6
_STRANGER = 0.45
# So many characters of two numbers agree by chance once in ten thousand times.
_TELLING = 4


def rules(facts: Facts) -> list[Rule]:
    """The payer's identity number is not the buyer's, or one number goes under two names.

    Members of one household, gifts and companies that pay for their staff do this too, so alone it is a breach of a rule and not more;
    it grows with the number of unrelated buyers for whom one person paid. A masked number that can not be the buyer's is a stranger's too,
    and says so more surely the more of it can be read.
    """
    t = facts.table
    stranger = t.p_other_payer.notnull() & (t.flow == "import") & t.buyer_hash.notnull()
    many = (t.payer_buyers > _HOUSEHOLD).fill_null(False) & ~t.payer_is_firm
    shown = t.p_shown_other.notnull() & t.p_other_payer.isnull() & (t.flow == "import")
    surely = _STRANGER * (1.0 - ibis.literal(10.0) ** -t.p_shown_other.cast("float64"))
    same = (t.p_payer_hash == t.buyer_hash) | (t.p_shown_other.isnull() & (t.p_shown >= _TELLING))
    renamed = same & t.p_other_payer.isnull()
    other_name = (t.p_payer_norm != t.buyer_norm) & (t.p_payer_norm == t.p_payer_norm_max)
    renamed &= other_name.fill_null(False) | t.payer_renamed.fill_null(False)
    return [
        Rule(STRANGER, stranger & ~many, _STRANGER),
        Rule(MANY_BUYERS, stranger & many, 0.55, {"payer_buyers": t.payer_buyers}),
        Rule(SHOWN_STRANGER, shown, surely),
        Rule(TWO_NAMES, renamed.fill_null(False) & (t.flow == "import"), 0.3),
    ]


TYPOLOGY = Typology(
    name="payer_not_buyer",
    label=Sentence("Payer is not the buyer", "支付人非订购人"),
    family="forged",
    method="phone",
    meaning="The payer's identity number is not the buyer's, or one number has two names.",
    innocent="Households, gifts, companies that pay for their staff, several writings of a name. Weak alone.",
    source="Buyer and payer must be one natural person: customs' answer code 1327; GACC announcement 194 of 2018.",
    reasons=(STRANGER, MANY_BUYERS, SHOWN_STRANGER, TWO_NAMES),
    rules=rules,
    signs=(Sign(PAYER_AROUND, "import", 0.2, lambda c: (c.column("payer_other") > 0) * c.column("payer_d_buyer"), {"n": "payer_d_buyer"}),),
)
