"""The table of baselines: rules on single consignments, the run, a tree on flat rows, the oracle, on worlds that taught none of them."""

from collections.abc import Sequence

import numpy as np

from benchmarks.harness import say, table
from benchmarks.oracle_report import of_answers
from benchmarks.oracles.oracle import NAMES, frozen
from benchmarks.oracles.shares import SINGLE, Mask, at_budget, parts, ranked
from benchmarks.worlds.homes import Floats, seen
from sandan.algorithms.evaluation.answers import Answer
from sandan.algorithms.evaluation.ranking import looked_at

_PERCENT = 5
_RANKINGS = ("rules", "run", "flat", "oracle")
_TOLD = {"": "all", "rings": "rings and lots", "clusters": "shipment clusters", SINGLE: "single consignments"}
_NAMED = {"rules": "single-list rules", "run": "whole run", "flat": "flat tree", "oracle": "oracle"}
# Average precision, precision and recall at the budget of each ranking, and frauds.
Figures = dict[str, dict[str, tuple[float, float, float]]]


def baselines(preset: str, n_orders: int, seeds: Sequence[int]) -> str:
    """Tables in Markdown: means over the worlds."""
    taught_on = frozen("oracle").header.seeds
    if set(seeds) & set(taught_on):
        raise SystemExit(f"seeds {', '.join(map(str, taught_on))} taught the oracle: take others")
    every, numbers = [], []
    for seed in seeds:
        say(f"seed {seed}: figures")
        found, n = _of_world(preset, n_orders, seed)
        every.append(found)
        numbers.append(n)
    names = [name for name in _TOLD if all(name in found for found in every)]
    names += sorted({name for found in every for name in found} - set(_TOLD))
    rows = []
    for name in names:
        those = [(found[name], n[name]) for found, n in zip(every, numbers, strict=True) if name in found]
        mean = {r: np.mean([found[r] for found, _ in those], axis=0) for r in _RANKINGS}
        frauds = sum(n for _, n in those)
        oracle = mean["oracle"][0]
        rows.append(
            [_TOLD.get(name, f"`{name}`"), frauds, *(f"{mean[r][0]:.3f}" for r in _RANKINGS), f"{mean['run'][0] / oracle:.0%}",
             f"{mean['flat'][0] / oracle:.0%}"]
        )  # fmt: skip
    columns = ["frauds", "n", *(_NAMED[r] for r in _RANKINGS), "run by oracle", "flat by oracle"]
    told = ", ".join(map(str, seeds))
    head = (
        f"{len(seeds)} worlds of preset `{preset}` at {n_orders:,} orders (seeds {told}), of which neither oracle nor flat tree knows; the "
        "whole run learned from the outcomes of its own world; inspected consignments are left out. Average precision, means "
        "over the worlds:"
    )
    return "\n".join(
        [head, "", table(columns, rows), "", f"At a budget of {_PERCENT} % of all consignments, precision / recall:", "", _budget(every)]
    )


def _budget(every: Sequence[Figures]) -> str:
    rows = []
    for name in (name for name in _TOLD if all(name in found for found in every)):
        mean = {r: np.mean([found[name][r] for found in every], axis=0) for r in _RANKINGS}
        rows.append([_TOLD[name], *(f"{mean[r][1]:.3f} / {mean[r][2]:.3f}" for r in _RANKINGS)])
    return table(["frauds", *(_NAMED[r] for r in _RANKINGS)], rows)


def _of_world(preset: str, n_orders: int, seed: int) -> tuple[Figures, dict[str, int]]:
    world = seen(preset, n_orders, seed, trained=True)
    inspected = of_answers(world.answers, world.observables, world.observables.inspected.astype(float)) > 0
    held: list[Answer] = [answer for answer, looked in zip(world.answers, inspected, strict=True) if not looked]
    scores: dict[str, Floats] = {
        name: of_answers(held, world.observables, frozen(name).scores(world.observables.names, world.observables.values)) for name in NAMES
    }
    scores["run"] = np.array([answer.score for answer in held])
    scores["rules"] = of_answers(held, world.observables, world.rules)
    used = np.array([answer.truth != "open" for answer in held], bool)
    found = parts(held)
    innocent = used & ~found[""]
    figures = {name: {r: _three(rows, innocent, scores[r]) for r in _RANKINGS} for name, rows in found.items()}
    return figures, {name: int(rows.sum()) for name, rows in found.items()}


def _three(rows: Mask, innocent: Mask, score: Floats) -> tuple[float, float, float]:
    hits = at_budget(rows, rows | innocent, score, _PERCENT)
    return ranked(rows, innocent, score), hits / looked_at(_PERCENT, float((rows | innocent).sum())), hits / float(rows.sum())
