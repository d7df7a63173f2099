"""What outcomes teach: what only the learned model sees, and what was found in the same cluster."""

from collections.abc import Mapping, Sequence

from sandan.algorithms.vocabulary.sentence import Sentence
from sandan.algorithms.vocabulary.typology import Reason, Typology, Values
from sandan.algorithms.wording.columns import in_words
from sandan.algorithms.wording.messages import typology_words

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

# It names no typology: what the inspections found may be any of them.
OF_CLUSTER = Reason(
    "cluster_outcome",
    "inspected",
    Sentence(
        "Inspected of the {n} consignments of its cluster: {inspected}; of these in breach: {breaches}",
        "所在团组共 {n} 票，已查验 {inspected} 票，其中 {breaches} 票查获异常",
    ),
    given={
        "since": Sentence(
            "Inspected of the {n} consignments of its cluster since the model was trained: {inspected}; of these in breach: {breaches}",
            "所在团组共 {n} 票，模型训练后已查验 {inspected} 票，其中 {breaches} 票查获异常",
        )
    },
)

# A finding of it has the typology that most of the cluster bear.
OF_MEMBERS = Reason(
    "cluster_typology",
    "cluster",
    Sentence(
        "{bearing} of the {n} consignments of its cluster show: {typology}",
        "所在团组共 {n} 票，其中 {bearing} 票呈现：{typology}",
    ),
    words=typology_words,
)

TYPOLOGY = Typology(
    name="gnn",
    label=Sentence("Learned from outcomes", "由查验结果得出"),
    family="learned",
    meaning=(
        "The learned model raises the consignment, and no single rule does. Or others of its suspect cluster were inspected: a breach "
        "among them raises its score, a compliant one lowers it. Or more than half of its suspect cluster show a typology: it is named of "
        "the other members too, without a change of their scores."
    ),
    innocent=(
        "All of the above; a consignment that nothing else speaks against is never graded high. One that only shares an address or a shop "
        "with the cluster: its next outcomes say more."
    ),
    source="Outcomes of inspections in this installation; see `sandan card`. Of a cluster: Laplace's rule of succession.",
    reasons=(FOUND, OF_CLUSTER, OF_MEMBERS),
)
