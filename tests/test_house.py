"""The plan of the house: small folders, small files, tests beside the code that they test."""

from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = ("record", "ingest", "graph", "algorithms", "gnn", "synthetic", "dashboard", "jobs")
FOLDERS = (*PACKAGE, "tests", "benchmarks")
MOST_FILES = 15
MOST_LINES = 350
# Tables of values, as Python.
DATA = {"dashboard/i18n.py"}


def _files(root: Path) -> list[Path]:
    """Python files of the folders, without what a run or an installation leaves."""
    return sorted(path.relative_to(root) for folder in FOLDERS for path in (root / folder).rglob("*.py") if "__pycache__" not in path.parts)


def crowded(root: Path) -> dict[str, int]:
    """Folders with more Python files at one level than fit, and how many they have."""
    count = Counter(path.parent.as_posix() for path in _files(root))
    return {folder: n for folder, n in count.items() if n > MOST_FILES}


def long_files(root: Path) -> dict[str, int]:
    """Files with more lines than fit, data excepted, and how many they have."""
    lines = {path.as_posix(): len((root / path).read_text(encoding="utf-8").splitlines()) for path in _files(root)}
    return {path: n for path, n in lines.items() if n > MOST_LINES and path not in DATA}


def test_no_folder_has_more_files_than_fit() -> None:
    assert crowded(ROOT) == {}


def test_no_file_has_more_lines_than_fit() -> None:
    assert long_files(ROOT) == {}


def test_a_crowded_folder_and_a_long_file_are_found(tmp_path: Path) -> None:
    (tmp_path / "record" / "files").mkdir(parents=True)
    for n in range(MOST_FILES):
        (tmp_path / "record" / "files" / f"f{n}.py").write_text("\n" * MOST_LINES)
    assert crowded(tmp_path) == long_files(tmp_path) == {}
    (tmp_path / "record" / "files" / "one_more.py").write_text("\n" * (MOST_LINES + 1))
    assert crowded(tmp_path) == {"record/files": MOST_FILES + 1}
    assert long_files(tmp_path) == {"record/files/one_more.py": MOST_LINES + 1}


def test_the_plan_names_every_folder_of_the_package() -> None:
    plan = (ROOT / "docs" / "index.md").read_text(encoding="utf-8")
    folders = {path.parent for path in _files(ROOT) if path.parts[0] in PACKAGE}
    missing = {folder.as_posix() for folder in folders if f"`{folder.as_posix()}/`" not in plan and f"`{folder.name}/`" not in plan}
    assert missing == set()


# Folders of tests that have no folder of the code: what several folders of the code do together, and what tests need.
OF_THEIR_OWN = {"benchmarks", "docs", "flows", "foreign", "neo4j", "postgresql", "upgrade"}


@pytest.mark.parametrize("folder", sorted({path.parent for path in (ROOT / "tests").rglob("test_*.py")} - {ROOT / "tests"}))
def test_a_folder_of_tests_mirrors_one_of_the_code(folder: Path) -> None:
    name = folder.relative_to(ROOT / "tests").as_posix()
    assert (ROOT / name).is_dir() or any(f"{name}/".startswith(f"{own}/") for own in OF_THEIR_OWN)
