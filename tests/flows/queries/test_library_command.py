"""`sandan cypher --list` and `--run`."""

import csv
import io
import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from sandan.graph.library.statements import library

Sandan = Callable[..., subprocess.CompletedProcess[str]]


def test_the_list_names_every_query_with_its_parameters(sandan: Sandan, tmp_path: Path) -> None:
    rows = json.loads(sandan(tmp_path / "none", "cypher", "--list", "--format", "json").stdout)
    assert [row["name"] for row in rows] == list(library())
    assert "least=2|top=100" in {row["parameters"] for row in rows}
    chinese = list(
        csv.DictReader(io.StringIO(sandan(tmp_path / "none", "cypher", "--list", "--format", "csv", SANDAN_LANGUAGE="zh").stdout))
    )
    assert chinese[0]["title"] == next(iter(library().values())).title_zh


def test_a_named_query_runs_with_its_arguments(sandan: Sandan, scored_world: Path, tmp_path: Path) -> None:
    out = tmp_path / "rows.csv"
    done = sandan(scored_world, "cypher", "--run", "shared-telephones", "least=3", "top=2", "--format", "csv", "--out", out)
    assert done.returncode == 0, done.stderr
    rows = list(csv.DictReader(io.StringIO(out.read_text(encoding="utf-8"))))
    assert 0 < len(rows) <= 2
    assert all(int(row["identities"]) >= 3 for row in rows)


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (("--run", "nothing"), 65, "sandan cypher --list"),
        (("--run", "hubs", "least=x"), 65, "whole number"),
        (("--run", "hubs", "least"), 2, "name=value"),
        ((), 2, "--run NAME"),
        (("RETURN", "1"), 2, "quotes"),
        (("RETURN 1 AS a", "--list"), 2, "one of"),
        (("RETURN 1 AS a", "--limit", "100000000"), 65, "max_rows"),
        (("UNWIND range(1, 100000000) AS x RETURN count(x) AS n", "--timeout", "0.3"), 65, "ask for less"),
    ],
)
def test_what_cannot_run_says_what_to_do(sandan: Sandan, scored_world: Path, arguments: tuple[str, ...], code: int, told: str) -> None:
    done = sandan(scored_world, "cypher", *arguments)
    assert (done.returncode, told in done.stderr) == (code, True), done.stderr
