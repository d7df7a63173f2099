"""The image of a parcel does not show what was declared."""

from sandan.algorithms.facts.facts import Facts
from sandan.algorithms.vocabulary.sentence import Sentence
from sandan.algorithms.vocabulary.typology import Need, Reason, Rule, Typology

_CAUSE = "scan"
_MARKS = ("declaration.items", "order.items")
# A recogniser errs on one image in twenty, as is assumed until some hundreds were seen.
_ERRS = 0.05
# A parcel whose image shows what is prohibited is opened, though most such images show powders and capsules.
PROHIBITED = Reason(
    "scan_prohibited",
    _CAUSE,
    Sentence(
        "The image of the parcel shows what is prohibited: {prohibited} (confidence {confidence:.0%})",
        "扫描图像显示违禁物品：{prohibited}（置信度 {confidence:.0%}）",
    ),
    marks=("declaration.items",),
    usual=_ERRS,
    floor="t_medium",
)
OTHER = Reason(
    "scan_other",
    _CAUSE,
    Sentence(
        "The image shows {seen}, which the declaration does not name (confidence {confidence:.0%})",
        "扫描图像显示 {seen}，申报中没有此类商品（置信度 {confidence:.0%}）",
    ),
    marks=_MARKS,
    usual=_ERRS,
)
MORE = Reason(
    "scan_more",
    _CAUSE,
    Sentence(
        "The image shows {seen} besides what was declared (confidence {confidence:.0%})",
        "扫描图像除申报商品外还显示 {seen}（置信度 {confidence:.0%}）",
    ),
    marks=_MARKS,
    usual=_ERRS,
)
BRAND = Reason(
    "scan_brand",
    _CAUSE,
    Sentence(
        "The image shows the brand {brand}, which the declaration does not name (confidence {confidence:.0%})",
        "扫描图像显示品牌 {brand}，申报中未列明（置信度 {confidence:.0%}）",
    ),
    marks=_MARKS,
    usual=_ERRS,
)


def rules(facts: Facts) -> list[Rule]:
    """The surest image of the parcel shows goods, a brand or something prohibited that no list names.

    Powders and capsules look like drugs in an image, a box of another brand may have been used again, a present may lie beside the goods,
    and the recogniser errs: the strength follows its confidence, and what many images show counts little. A name that the recogniser gives
    to other sellers' parcels of the same heading is a name of these goods.
    """
    t = facts.table
    sure = t.scan_confidence.fill_null(0.0).clip(0.0, 1.0)
    kinds = (
        (PROHIBITED, t.scan_prohibited.notnull(), 0.8, {"prohibited": t.scan_prohibited}),
        (OTHER, t.scan_state == "none", 0.6, {"seen": t.scan_seen}),
        (MORE, t.scan_state == "some", 0.3, {"seen": t.scan_seen}),
        (BRAND, t.scan_brand.notnull(), 0.3, {"brand": t.scan_brand}),
    )
    return [
        Rule(reason, when, strength * sure, {**values, "confidence": sure}, asked=t.scan_confidence.notnull())
        for reason, when, strength, values in kinds
    ]


TYPOLOGY = Typology(
    name="scan_mismatch",
    label=Sentence("Image differs from what was declared", "图像与申报不符"),
    family="other",
    method="physical",
    meaning="The image of a parcel shows goods, a brand or a prohibited article that no list names.",
    innocent="Powders and capsules look like drugs in an image; a box used again; a present beside the goods; an error of the recogniser.",
    source="Findings of the image-analysis system (table `scans`); a prohibited article is looked at whatever the papers say.",
    reasons=(PROHIBITED, OTHER, MORE, BRAND),
    rules=rules,
    needs=(Need("scans", Sentence("no scans loaded, not run", "未导入扫描结果，未执行。")),),
)
