"""A run beside the frozen oracle."""

import csv
import io
from pathlib import Path

import pytest

from benchmarks import oracle_report
from benchmarks.oracles import observables
from sandan.jobs.terminal.reading import measure_rows
from sandan.record.errors import ArtefactError
from sandan.record.settings import load_settings


def test_a_run_is_a_share_of_the_oracle(
    scored_world: Path, world: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SANDAN_HOME", str(scored_world))
    key = world.with_name("world.key.csv")
    oracle_report.main([str(key), "--format", "csv"])
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert list(rows[0]) == ["measure", "of", "at", "run", "oracle", "flat", "share", "flat_share", "n"]
    found = {(row["measure"], row["of"], row["at"]): row for row in rows}
    assert {at for measure, of, at in found if measure == "precision"} == {"1%", "5%", "10%"}
    assert {"", "rings", "clusters", "single", "time_order"} <= {of for measure, of, _ in found if measure == "average_precision"}
    every = found["average_precision", "", ""]
    assert float(every["oracle"]) > 0.7
    assert float(every["share"]) == pytest.approx(float(every["run"]) / float(every["oracle"]), abs=1e-4)
    assert float(every["flat"]) < float(every["oracle"])
    # The run's own figures are those of the other table.
    for row in measure_rows(load_settings(scored_world), key, None):
        same = found.get((row["measure"], row["of"], row["at"]))
        assert same is None or float(same["run"]) == pytest.approx(row["value"], abs=1e-6), row["measure"]


def test_an_oracle_of_other_observables_is_refused(scored_world: Path, world: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(oracle_report, "EVERY", observables.EVERY[5:])
    with pytest.raises(ArtefactError, match="frozen with other observables than this version computes"):
        oracle_report.oracle_rows(load_settings(scored_world), world.with_name("world.key.csv"), None)
