"""What a typology is: its name and texts, the tables it needs, its rules and signs, and the reasons that they give.

Each typology is one file with one object `TYPOLOGY`. Labels, the fields that a finding marks, what a run says of checks that could not be
made, the columns of the learned model, the vocabulary and the reference are derived from it, see `sandan.algorithms.vocabulary.registry`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, TypeAlias

import ibis.expr.types as ir
import numpy as np
import numpy.typing as npt

from sandan.algorithms.vocabulary.sentence import Sentence
from sandan.record.values.inspection import Method

if TYPE_CHECKING:
    from sandan.algorithms.context.context import Context
    from sandan.algorithms.facts.facts import Facts

Family: TypeAlias = Literal["forged", "ipr", "other", "learned"]
# In the order in which they are listed.
FAMILIES: tuple[Family, ...] = ("forged", "ipr", "other", "learned")
Values: TypeAlias = Mapping[str, object]
Words: TypeAlias = Callable[[Values, str], Mapping[str, object]]


@dataclass(frozen=True, slots=True)
class Reason:
    """One way in which a typology shows, and how it is said.

    Attributes:
        name: Unique among all typologies, in lower_snake.
        cause: What it may share with other reasons; of one cause only the strongest counts.
        sentence: The reason in words, of one consignment.
        marks: What it points at: a list (`payment`), a field of one (`order.buyer`) or a field of every list (`address`).
        evidence: Lists that prove it where they are there: `declaration`, `order`, `payment`, `waybill`, `tracking`.
        whole: The same of a group as a whole; None: the sentence.
        given: Sentence to use instead where the value of that name is there, by name of the value.
        words: Further values of a sentence that depend on the language, from its values and `en` or `zh`.
        usual: Share of honest consignments that bear it, as is assumed until enough were asked; None for that of most rules.
        floor: Setting under which the score of its consignment does not fall; empty for none.
        absence: It says that a list is not there, which depends on the day on which it is asked.
    """

    name: str
    cause: str
    sentence: Sentence
    marks: tuple[str, ...] = ()
    evidence: tuple[str, ...] = ("declaration",)
    whole: Sentence | None = None
    given: Mapping[str, Sentence] = field(default_factory=dict)
    words: Words | None = None
    usual: float | None = None
    floor: Literal["", "t_medium", "t_high"] = ""
    absence: bool = False

    def render(self, language: str, values: Values) -> str:
        """What is said of one consignment."""
        return self._render(self.sentence, language, values)

    def render_whole(self, language: str, values: Values) -> str:
        """What is said of a group."""
        return self._render(self.whole or self.sentence, language, values)

    def _render(self, sentence: Sentence, language: str, values: Values) -> str:
        for name, other in self.given.items():
            if values.get(name):
                sentence = other
        return sentence.render(language, {**values, **(self.words(values, language) if self.words else {})})


@dataclass(frozen=True, slots=True)
class Rule:
    """A reason that one row of the facts decides.

    Attributes:
        reason: What it says.
        when: True for the consignments it finds.
        score: Strength in (0, 1): how far it alone speaks for a breach.
        values: Of the sentence, by name.
        addresses: Names of values that are addresses: they are masked before they are kept.
        asked: True for the consignments on which it could be found at all; None for all. How common it is counts among these.
    """

    reason: Reason
    when: ir.BooleanValue
    score: ir.FloatingValue | float
    values: Mapping[str, ir.Value] = field(default_factory=dict)
    addresses: tuple[str, ...] = ()
    asked: ir.BooleanValue | None = None


@dataclass(frozen=True, slots=True)
class Sign:
    """A reason that shows only together with what surrounds a consignment.

    Its statistic is 0 where the sign is absent, and larger where it is rarer among honest consignments; only its order counts. How much it
    says is measured in the stream itself, see `sandan.algorithms.scoring.evidence`.

    Attributes:
        reason: What it says.
        flow: `import` or `export`: whose consignments are compared.
        breach: Share of breaches that bear it as strongly, stated: one typology of about eight, shown by one breach in two or so.
        statistic: Context of the run -> float64 [n].
        values: Name in the sentence -> column of `Context.values` or `Context.rows`.
        of_groups: A household, a dormitory or a group purchase bears it too.
    """

    reason: Reason
    flow: Literal["import", "export"]
    breach: float
    statistic: "Callable[[Context], npt.NDArray[np.float64]]"
    values: Mapping[str, str] = field(default_factory=dict)
    of_groups: bool = False


@dataclass(frozen=True, slots=True)
class Need:
    """A table that a typology needs.

    Attributes:
        table: Name of the table.
        note: What a run says where it is missing: silence is never "compliant".
        missing: Whether it is missing; None: it has no rows.
    """

    table: str
    note: Sentence
    missing: "Callable[[Facts], bool] | None" = None

    def is_missing(self, facts: "Facts") -> bool:
        """Whether the run lacks it."""
        return self.missing(facts) if self.missing else not facts.rows.get(self.table)


@dataclass(frozen=True, slots=True)
class Typology:
    """A typology.

    Attributes:
        name: In lower_snake, unique; what alerts and findings name.
        label: What pages call it.
        family: `forged`, `ipr`, `other` (the lists alone do not show it) or `learned`.
        meaning: What shows, in a sentence.
        innocent: What honest things look the same.
        source: Law, specification, published case, or that the rule is ours.
        reasons: Of its rules and of groups; those of its signs come with them.
        rules: Facts of a run -> rules on single consignments; a rule whose table is missing is left out. None where there are none.
        signs: Signs of what surrounds a consignment.
        method: How it is confirmed or refuted: an X-ray opens nothing, and is what is done where nothing is said.
        needs: Tables without which it, or a part of it, is not run.
    """

    name: str
    label: Sentence
    family: Family
    meaning: str
    innocent: str
    source: str
    reasons: tuple[Reason, ...] = ()
    rules: "Callable[[Facts], list[Rule]] | None" = None
    signs: tuple[Sign, ...] = ()
    method: Method = "xray"
    needs: tuple[Need, ...] = ()

    @property
    def every_reason(self) -> tuple[Reason, ...]:
        """Reasons of rules and groups, then those of signs."""
        return (*self.reasons, *(sign.reason for sign in self.signs))
