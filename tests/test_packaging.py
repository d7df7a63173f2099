"""The wheel has every folder, the type links point home, errors share one base."""

import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[1]
FOLDERS = ("record", "graph", "ingest", "algorithms", "gnn", "synthetic", "dashboard", "jobs")


def test_every_folder_with_files_is_listed() -> None:
    listed = set(tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["setuptools"]["packages"])
    on_disk = {
        ".".join(("sandan", *path.parent.relative_to(ROOT).parts))
        for folder in FOLDERS
        for path in (ROOT / folder).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert listed == on_disk


def test_the_tables_of_the_values_are_in_the_wheel() -> None:
    patterns = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["setuptools"]["package-data"]["*"]
    tables = [
        path
        for path in (ROOT / "record" / "values").rglob("*")
        if path.is_file() and path.suffix != ".py" and "__pycache__" not in path.parts
    ]
    assert tables
    assert all(any(path.match(pattern) for pattern in patterns) for path in tables)


def test_type_links_point_at_their_folders() -> None:
    for folder in FOLDERS:
        assert (ROOT / ".types" / "sandan" / folder).resolve() == ROOT / folder
