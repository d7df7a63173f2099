"""How the evidence on one consignment adds up to its score: a waterfall of bits."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sandan.algorithms.scoring.evidence import DAMPED, FURTHER, PRIOR, log_odds
from sandan.algorithms.typologies import gnn


@dataclass(frozen=True, slots=True)
class Step:
    """What one cause adds.

    Attributes:
        finding: Its strongest finding.
        bits: log2 of the odds that it adds, after what is taken off for causes that depend on each other.
    """

    finding: Mapping[str, Any]
    bits: float


@dataclass(frozen=True, slots=True)
class Waterfall:
    """From the assumed share of breaches to the score, in log2 of odds; `start` + steps + `rest` = `end`.

    Attributes:
        start: Of the share of breaches that is assumed of every consignment.
        steps: Causes, the strongest first; last what outcomes in the cluster changed, which may take off.
        rest: What companions, and with outcomes the model, add or take off.
        end: Of the score.
    """

    start: float
    steps: tuple[Step, ...]
    rest: float
    end: float


def waterfall(findings: Sequence[Mapping[str, Any]], score: float) -> Waterfall:
    """Add up what was found on a consignment.

    Args:
        findings: With `cause`, `bits`, `typology`, `reason`; what only the model found is part of the rest.
        score: In [0, 1].

    Source:
        Fellegi and Sunter 1969, drawn as Splink draws it. The same rule as `Bits.total`: of one cause the strongest, further causes half.
    """
    strongest: dict[str, Mapping[str, Any]] = {}
    outcomes = [Step(finding, float(finding["bits"])) for finding in findings if finding["reason"] == gnn.OF_CLUSTER.name]
    for finding in sorted(findings, key=lambda f: (-f["bits"], f["typology"], f["reason"])):
        if finding["typology"] != gnn.TYPOLOGY.name and finding["bits"] > 0:
            strongest.setdefault(finding["cause"], finding)
    steps = [
        Step(finding, DAMPED * float(finding["bits"]) * (FURTHER if place else 1.0)) for place, finding in enumerate(strongest.values())
    ]
    steps += outcomes
    start, end = log_odds(PRIOR), log_odds(score)
    return Waterfall(start, tuple(steps), end - start - sum(step.bits for step in steps), end)
