"""The one place where statements become words: for the command line, the pages, an export and the graph."""

from collections.abc import Iterable, Mapping
from typing import Any

import pyarrow as pa

from sandan.algorithms.vocabulary.registry import registry
from sandan.algorithms.vocabulary.sentence import Sentence
from sandan.algorithms.vocabulary.statement import AS_WRITTEN, Statement, values_of
from sandan.algorithms.wording.messages import MESSAGES

_UNKNOWN = Sentence("{message} ({values})", "{message}({values})")


def render(statement: Statement, language: str, *, whole: bool = False, labels: bool = False) -> str:
    """A statement in words.

    Args:
        statement: What is said.
        language: `en` or `zh`.
        whole: Of a group as a whole, where that is said in another way than of one consignment.
        labels: Typologies by their label instead of their name.
    """
    values: Mapping[str, Any] = statement.values
    if AS_WRITTEN in values:
        text: str = values[AS_WRITTEN][language == "zh"]
        return with_labels(text, language) if labels else text
    known = MESSAGES.get(statement.message) or registry().reasons.get(statement.message)
    if known is None:
        # Of a typology that this installation does not have any more.
        given = ", ".join(f"{name} {value}" for name, value in values.items())
        return _UNKNOWN.render(language, {"message": statement.message, "values": given})
    if "typology" in values and labels:
        values = {**values, "typology": registry().label(str(values["typology"]), language)}
    return known.render_whole(language, values) if whole else known.render(language, values)


def because(finding: Mapping[str, Any], language: str) -> str:
    """The sentence of a finding: its row of the run's findings."""
    return render(Statement(finding["reason"], values_of(finding["values"])), language)


def barred(parts: Iterable[str]) -> str:
    """Parts of one text of the contract, with bars between them: none stands in a part."""
    return "|".join(part.replace("|", "/") for part in parts)


def strongest_first(findings: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Findings of one consignment in the order in which they are read."""
    return sorted(findings, key=lambda f: (-f["bits"], f["typology"], f["reason"]))


def operator_reasons(operator: Mapping[str, Any], language: str, *, labels: bool = False) -> list[str]:
    """The sentences of an operator: its row of the run's operators."""
    return [render(Statement.of_text(text), language, labels=labels) for text in operator["statements"]]


def summary(cluster: Mapping[str, Any], language: str) -> str:
    """What holds a cluster together: its row of the run's clusters."""
    said = [render(Statement.of_text(text), language, whole=True) for text in cluster["statements"]]
    return ("；" if language == "zh" else "; ").join(said)


def note(kept: Mapping[str, Any] | str, language: str, *, labels: bool = False) -> str:
    """What a run says of itself: one of the notes of its report; those of an older version are English sentences."""
    if isinstance(kept, str):
        return with_labels(kept, language) if labels else kept
    return render(Statement.of_json(kept), language, labels=labels)


def with_labels(text: str, language: str) -> str:
    """A sentence that an older version wrote, with the labels of typologies in place of their names."""
    for name in registry():
        text = text.replace(name, registry().label(name, language))
    return text


def with_texts(name: str, table: pa.Table, language: str = "en") -> pa.Table:
    """A table of a run with the text that the graph keeps of it: `because` of findings, `summary` of clusters; others as they are."""
    makers = {"findings": ("because", because), "clusters": ("summary", summary)}
    if name not in makers:
        return table
    column, make = makers[name]
    needed = table.select(["reason", "values"] if name == "findings" else ["statements"]).to_pylist()
    return table.append_column(column, pa.array([make(row, language) for row in needed], pa.string()))
