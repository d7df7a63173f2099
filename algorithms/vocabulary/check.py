"""Whether a typology is well made, before anything is run with it."""

import re
import string
from collections.abc import Iterator

from sandan.algorithms.vocabulary.labels import FIELDS, LISTS
from sandan.algorithms.vocabulary.sentence import Sentence
from sandan.algorithms.vocabulary.typology import FAMILIES, Need, Reason, Rule, Sign, Typology
from sandan.record.catalog.tables import CATALOG
from sandan.record.values.inspection import METHODS

# Lists that can prove a finding.
EVIDENCE = ("declaration", "order", "payment", "waybill", "tracking")
# What a run counts besides tables: lists whose signature was checked.
COUNTED = ("signed",)
_NAME = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*\Z")
_FLOORS = ("", "t_medium", "t_high")


def fault_of(typology: Typology) -> str | None:
    """What is wrong with a typology, in words; None for nothing."""
    return next(_faults(typology), None)


def _faults(typology: Typology) -> Iterator[str]:
    yield from _named("the name of the typology", typology.name)
    if typology.family not in FAMILIES:
        yield f"the family {typology.family!r} is none of {', '.join(FAMILIES)}"
    yield from _texts(f"the label of {typology.name}", typology.label)
    for name in ("meaning", "innocent", "source"):
        if not isinstance(text := getattr(typology, name), str) or not text.strip():
            yield f"{typology.name} has no {name}"
    for kind, parts in ((Reason, typology.reasons), (Sign, typology.signs), (Need, typology.needs)):
        for part in parts:
            if not isinstance(part, kind):
                yield f"{part!r} is no {kind.__name__}"
    names = [reason.name for reason in typology.every_reason]
    for reason in typology.every_reason:
        if names.count(reason.name) > 1:
            yield f"two reasons are called {reason.name}"
        yield from _reason(reason)
    for sign in typology.signs:
        yield from _sign(sign)
    for need in typology.needs:
        if need.table not in (*CATALOG, *COUNTED):
            yield f"it needs the table {need.table!r}, which there is not"
        yield from _texts(f"the note on {need.table}", need.note)
    if typology.rules is not None and not callable(typology.rules):
        yield "its rules are no function"
    if typology.method not in METHODS:
        yield f"the method {typology.method!r} is none of {', '.join(METHODS)}"
    if not typology.reasons and not typology.signs:
        yield "it has no reasons"


def fault_of_rule(rule: Rule, typology: Typology) -> str | None:
    """What is wrong with a rule that a typology gave; None for nothing."""
    if not isinstance(rule, Rule):
        return f"{rule!r} is no Rule"
    if rule.reason not in typology.reasons:
        return f"the reason {rule.reason.name} of a rule stands not among the typology's reasons"
    if isinstance(rule.score, int | float) and not 0 < rule.score < 1:
        return f"the strength {rule.score} of {rule.reason.name} is not between 0 and 1"
    return None


def _reason(reason: Reason) -> Iterator[str]:
    yield from _named("the name of a reason", reason.name)
    yield from _named(f"the cause of {reason.name}", reason.cause)
    for sentence in (reason.sentence, *((reason.whole,) if reason.whole else ()), *reason.given.values()):
        yield from _texts(f"the sentence of {reason.name}", sentence)
    for mark in reason.marks:
        of, _, field = mark.partition(".")
        if not (field in FIELDS if field and of in LISTS else not field and (of in LISTS or of in FIELDS)):
            yield f"{reason.name} marks {mark!r}, which is no list, field of a list (`order.buyer`) or field"
    for name in reason.evidence:
        if name not in EVIDENCE:
            yield f"the evidence {name!r} of {reason.name} is none of {', '.join(EVIDENCE)}"
    if reason.floor not in _FLOORS:
        yield f"the floor {reason.floor!r} of {reason.name} is none of t_medium, t_high"
    if reason.usual is not None and not 0 < reason.usual < 1:
        yield f"the usual share of {reason.name} is not between 0 and 1"


def _sign(sign: Sign) -> Iterator[str]:
    if sign.flow not in ("import", "export"):
        yield f"the flow {sign.flow!r} of {sign.reason.name} is none of import, export"
    if not 0 < sign.breach < 1:
        yield f"the share of breaches of {sign.reason.name} is not between 0 and 1"
    if not callable(sign.statistic):
        yield f"the statistic of {sign.reason.name} is no function"


def _named(what: str, name: object) -> Iterator[str]:
    if not isinstance(name, str) or not _NAME.match(name):
        yield f"{what}, {name!r}, is not in lower_snake"


def _texts(what: str, sentence: object) -> Iterator[str]:
    if not isinstance(sentence, Sentence):
        yield f"{what} is no Sentence"
        return
    for language in ("en", "zh"):
        text = getattr(sentence, language)
        if not isinstance(text, str) or not text.strip():
            yield f"{what} is empty in {language}"
            return
        try:
            names = [name for _, name, _, _ in string.Formatter().parse(text) if name is not None]
        except ValueError as exc:
            yield f"{what} cannot be filled in ({exc})"
            return
        if wrong := [name for name in names if not _NAME.match(name)]:
            yield f"{what} has a place {{{wrong[0]}}} that is no name of a value"
