"""What only the learned model sees."""

from collections.abc import Mapping, Sequence

from sandan.algorithms.vocabulary.sentence import Sentence
from sandan.algorithms.vocabulary.typology import Reason, Typology, Values
from sandan.algorithms.wording.columns import in_words

_NO_WORDS = Sentence("a combination of many weak signs", "多项弱信号的组合")


def _because(values: Values, language: str) -> Mapping[str, object]:
    """The columns that moved the score most."""
    columns = values.get("columns") or ()
    assert isinstance(columns, Sequence)
    said = [words[language == "zh"] for name, value, usual in columns if (words := in_words(name, value, usual)) is not None]
    return {"because": ("；" if language == "zh" else "; ").join(said) or _NO_WORDS.render(language, {})}


FOUND = Reason(
    "gnn",
    "model",
    Sentence("The model finds it likely to be a breach ({p:.0%}): {because}", "模型判断其违规可能性为 {p:.0%}：{because}"),
    words=_because,
)

TYPOLOGY = Typology(
    name="gnn",
    label=Sentence("Found by the model", "模型发现"),
    family="learned",
    meaning="The learned model raises the consignment, and no single rule does.",
    innocent="All of the above; a consignment that only the model found is never graded high.",
    source="Outcomes of inspections in this installation; see `sandan card`.",
    reasons=(FOUND,),
)
