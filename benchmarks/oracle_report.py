"""A run beside the oracle: average precision, precision and recall of the run, of the oracle, of a tree on flat rows, and the shares.

python -m benchmarks.oracle_report KEY [--run RUN_ID]    # of the run in SANDAN_HOME; a minute for 40,000 consignments
"""

import argparse
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from benchmarks.oracles.observables import EVERY, Observables, observe
from benchmarks.oracles.oracle import NAMES, frozen
from benchmarks.oracles.shares import shares
from sandan.algorithms.evaluation.answers import Answer, answers
from sandan.algorithms.results.results import open_results
from sandan.jobs.terminal.progress import say
from sandan.jobs.terminal.reading import key_rows
from sandan.jobs.terminal.tables import Format, show
from sandan.record.home import HomePaths
from sandan.record.settings import Settings, load_settings

Floats = npt.NDArray[np.float64]
_COLUMNS = ("measure", "of", "at", "run", "oracle", "flat", "share", "flat_share", "n")


def oracle_rows(settings: Settings, key: Path, run_id: str | None) -> list[dict[str, Any]]:
    """Figures of a run, of the oracle, of a tree on flat rows, and the shares.

    Raises:
        ArtefactError: The oracle is not there, or was frozen with other observables.
        InputError: The key cannot be read or is none.
        NothingScored, UnknownId: As `open_results`.
    """
    rows = key_rows(key)
    results = open_results(HomePaths(settings.home), run_id)
    taught = {name: frozen(name) for name in NAMES}
    for one in taught.values():
        one.check(EVERY)
    held = answers(rows, results.table("alerts"))
    say("computing what the oracle looks at")
    seen = observe(settings, results)
    rankings = {name: of_answers(held, seen, one.scores(seen.names, seen.values)) for name, one in taught.items()}
    rankings["run"] = np.array([answer.score for answer in held])
    return [asdict(one) for one in shares(held, rankings)]


def of_answers(held: Sequence[Answer], seen: Observables, scores: Floats) -> Floats:
    """The score of each answer, float64 [answers]; consignments that the run does not have come last."""
    place = {name: i for i, name in enumerate(seen.ids)}
    at = np.array([place.get(str(answer.alert["consignment_id"]), -1) if answer.alert else -1 for answer in held], dtype=np.int64)
    return np.where(at >= 0, scores[np.maximum(at, 0)], scores.min(initial=0.0) - 1.0)


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description="a run beside the oracle")
    parser.add_argument("key", type=Path, help="the answer key that `sandan synth` wrote beside the world")
    parser.add_argument("--run", help="an older run, see `sandan runs`")
    parser.add_argument("--format", choices=[form.value for form in Format], default=Format.TABLE.value)
    options = parser.parse_args(arguments)
    show(oracle_rows(load_settings(), options.key, options.run), _COLUMNS, Format(options.format), None)


if __name__ == "__main__":
    main()
