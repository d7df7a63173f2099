"""Who pays is not who buys."""

import ibis

from sandan.algorithms.facts import Facts
from sandan.algorithms.finding import Rule, Sentence

ONE_STRANGER = Sentence(
    "Somebody else than the buyer paid: the identity numbers of payer and buyer differ",
    "支付人与订购人的身份证件号码不一致",
)
MANY_BUYERS = Sentence(
    "The payer is not the buyer and paid for {payer_buyers} different buyers",
    "支付人不是订购人,且为 {payer_buyers} 个不同的订购人付款",
)
SHOWN_OTHER = Sentence(
    "Somebody else than the buyer paid: what can be read of the masked identity number does not fit",
    "支付人非订购人:脱敏证件号码的可见部分不一致",
)
OTHER_NAME = Sentence(
    "Payer and buyer give one identity number under two names",
    "支付人与订购人证件号码相同而姓名不同",
)
# A household has two to six persons; a payer for more buyers than that is no family member.
_HOUSEHOLD = 6
_STRANGER = 0.45
# So many characters of two numbers agree by chance once in ten thousand times.
_TELLING = 4


def payer_not_buyer(facts: Facts) -> list[Rule]:
    """The payer's identity number is not the buyer's, or one number goes under two names.

    Members of one household, gifts and companies that pay for their staff do this too, so alone it is a breach of a rule and not more;
    it grows with the number of unrelated buyers for whom one person paid. A masked number that can not be the buyer's is a stranger's too,
    and says so more surely the more of it can be read.

    Source:
        Buyer and payer must be one natural person: customs' answer code 1327; retail import rules, GACC announcement 194 of 2018.
    """
    t = facts.table
    stranger = t.p_other_payer.notnull() & (t.flow == "import") & t.buyer_hash.notnull()
    many = (t.payer_buyers > _HOUSEHOLD).fill_null(False) & ~t.payer_is_firm
    shown = t.p_shown_other.notnull() & t.p_other_payer.isnull() & (t.flow == "import")
    surely = _STRANGER * (1.0 - ibis.literal(10.0) ** -t.p_shown_other.cast("float64"))
    same = (t.p_payer_hash == t.buyer_hash) | (t.p_shown_other.isnull() & (t.p_shown >= _TELLING))
    renamed = same & t.p_other_payer.isnull()
    renamed &= ((t.p_payer_norm != t.buyer_norm) & (t.p_payer_norm == t.p_payer_norm_max)).fill_null(False) | t.payer_renamed.fill_null(
        False
    )
    evidence = ("consignment_id", "o_record_id", "p_records")
    return [
        Rule("payer_not_buyer", "stranger_pays", "payer", stranger & ~many, _STRANGER, ONE_STRANGER, {}, evidence),
        Rule("payer_not_buyer", "payer_of_many", "payer", stranger & many, 0.55, MANY_BUYERS, {"payer_buyers": t.payer_buyers}, evidence),
        Rule("payer_not_buyer", "shown_stranger", "payer", shown, surely, SHOWN_OTHER, {}, evidence),
        Rule("payer_not_buyer", "two_names", "payer", renamed.fill_null(False) & (t.flow == "import"), 0.3, OTHER_NAME, {}, evidence),
    ]
