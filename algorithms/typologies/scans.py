"""The image of a parcel does not show what was declared."""

from sandan.algorithms.facts import Facts
from sandan.algorithms.finding import Rule, Sentence

PROHIBITED = Sentence(
    "The image of the parcel shows what is prohibited: {prohibited} (confidence {confidence:.0%})",
    "扫描图像显示违禁物品:{prohibited}(置信度 {confidence:.0%})",
)
OTHER = Sentence(
    "The image shows {seen}, which the declaration does not name (confidence {confidence:.0%})",
    "扫描图像显示 {seen},申报中没有此类商品(置信度 {confidence:.0%})",
)
MORE = Sentence(
    "The image shows {seen} besides what was declared (confidence {confidence:.0%})",
    "扫描图像除申报商品外还显示 {seen}(置信度 {confidence:.0%})",
)
BRAND = Sentence(
    "The image shows the brand {brand}, which the declaration does not name (confidence {confidence:.0%})",
    "扫描图像显示品牌 {brand},申报中未列明(置信度 {confidence:.0%})",
)

# A recogniser errs on one image in twenty, as is assumed until some hundreds were seen.
_ERRS = 0.05


def scan_mismatch(facts: Facts) -> list[Rule]:
    """The surest image of the parcel shows goods, a brand or something prohibited that no list names.

    Powders and capsules look like drugs in an image, a box of another brand may have been used again, a present may lie beside the goods,
    and the recogniser errs: the strength follows its confidence, and what many images show counts little. A name that the recogniser gives
    to other sellers' parcels of the same heading is a name of these goods.

    Source:
        Findings of the image-analysis system (table `scans`); a prohibited article is looked at whatever the papers say; contract.
    """
    t = facts.table
    sure = t.scan_confidence.fill_null(0.0).clip(0.0, 1.0)
    values = {"seen": t.scan_seen, "brand": t.scan_brand, "prohibited": t.scan_prohibited, "confidence": sure}
    kinds = (
        ("scan_prohibited", t.scan_prohibited.notnull(), 0.8, PROHIBITED),
        ("scan_other", t.scan_state == "none", 0.6, OTHER),
        ("scan_more", t.scan_state == "some", 0.3, MORE),
        ("scan_brand", t.scan_brand.notnull(), 0.3, BRAND),
    )
    rules = []
    for reason, when, strength, sentence in kinds:
        rule = Rule(
            "scan_mismatch", reason, "scan", when, strength * sure, sentence, values, asked=t.scan_confidence.notnull(), usual=_ERRS
        )
        rules.append(rule)
    return rules


def not_run(facts: Facts) -> list[str]:
    """The check lacks its table."""
    return [] if facts.rows["scans"] else ["scan_mismatch: no scans loaded, not run"]
