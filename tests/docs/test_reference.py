"""The reference is current, and complete: whatever the code has stands in it, and nothing else does."""

from pathlib import Path

import pytest
from typer.main import get_command

from sandan.algorithms.vocabulary.registry import registry
from sandan.graph import meanings as graph_meanings
from sandan.graph.schema import NODES, RELATIONS
from sandan.jobs.cli import app
from sandan.jobs.reference import pages, write
from sandan.record.catalog import meanings
from sandan.record.catalog.columns import FACTS, KINDS, LINE_FACTS
from sandan.record.catalog.tables import CATALOG
from sandan.record.settings import Settings

REFERENCE = Path(__file__).parents[2] / "docs" / "reference"


def test_what_is_kept_is_what_the_code_says() -> None:
    made = pages()
    assert {path.name for path in REFERENCE.iterdir()} == set(made)
    stale = [name for name, text in made.items() if (REFERENCE / name).read_text(encoding="utf-8") != text]
    assert not stale, "run `make reference`"


def test_every_column_of_every_table_has_a_meaning_and_none_is_left_over() -> None:
    named = {f"{spec.name}.{column.name}" for spec in CATALOG.values() for column in spec.columns}
    columns = {column.name for spec in CATALOG.values() for column in spec.columns}
    for spec in CATALOG.values():
        for column in spec.columns:
            meaning, unit = meanings.meaning_of(spec.name, column.name)
            assert len(meaning) > 5, column.name
            assert "`" not in meaning or meaning.count("`") % 2 == 0
            if column.kind == "number" and column.name not in ("qty", "qty1", "qty2"):
                assert unit, f"{spec.name}.{column.name}: an amount or weight needs its unit"
    assert meanings.known_columns() <= named | columns
    assert min(len(spec.text) for spec in CATALOG.values()) > 10
    own = {f"{spec.name}.{column}" for spec in CATALOG.values() for column in spec.meanings}
    assert own <= named and not own & meanings.known_columns()
    assert set(meanings.KINDS) == set(KINDS)
    assert set(meanings.FACTS) == {*FACTS.names, *LINE_FACTS.names}


def test_a_sign_between_values_is_no_unit() -> None:
    assert meanings.meaning_of("brands", "aliases") == ("other writings of the brand, apart by `|`", "")
    assert meanings.meaning_of("waybills", "weight") == ("weight of the parcel", "kg")
    assert meanings.meaning_of("inventory_items", "qty1") == ("quantity in the first legal unit", "`unit1`")


def test_every_label_relationship_and_property_has_a_meaning() -> None:
    assert set(graph_meanings.NODES) == {node.label for node in NODES}
    assert set(graph_meanings.RELATIONS) == {relation.name for relation in RELATIONS}
    owned = [(node.label, name) for node in NODES for name, _ in node.properties]
    owned += [(relation.name, name) for relation in RELATIONS for name, _ in relation.properties]
    for owner, name in owned:
        assert graph_meanings.property_meaning(owner, name)
    assert set(graph_meanings.PROPERTIES) <= {name for _, name in owned} | {f"{owner}.{name}" for owner, name in owned}


def test_every_typology_has_its_innocent_explanations_and_its_source() -> None:
    page = pages()["typologies.md"]
    assert {line[3:] for line in page.splitlines() if line.startswith("## ")} == set(registry())
    for name, typology in registry().items():
        assert min(len(typology.meaning), len(typology.innocent), len(typology.source)) > 15, name
        assert f"\n## {name}\n" in page
        for reason in typology.every_reason:
            assert f"`{reason.name}` (cause `{reason.cause}`): {reason.sentence.en}" in page
        for need in typology.needs:
            assert f"`{need.table}`: {need.note.en}" in page


@pytest.mark.parametrize("page", ["settings.md", "commands.md", "tables.md"])
def test_no_entry_lacks_its_words(page: str) -> None:
    rows = [line for line in pages()[page].splitlines() if line.startswith("| `")]
    assert rows
    assert [row for row in rows if row.endswith("|  |")] == []


def test_every_setting_and_command_is_there() -> None:
    settings, commands = pages()["settings.md"], pages()["commands.md"]
    for name, field in Settings.model_fields.items():
        inner = getattr(field.annotation, "model_fields", None)
        for path in [f"{name}.{part}" for part in inner] if inner else [name]:
            assert f"| `{path}` |" in settings
    for name, command in get_command(app).commands.items():  # type: ignore[attr-defined]
        for path in [f"{name} {inner}" for inner in command.commands] if getattr(command, "commands", None) else [name]:
            assert f"\n## sandan {path}\n" in commands


def test_exit_codes_are_those_of_the_errors() -> None:
    codes = [line.split("|")[1].strip() for line in pages()["exit-codes.md"].splitlines() if line.startswith("| ") and line[2].isdigit()]
    assert codes == ["0", "2", "65", "69", "70", "73", "75", "78"]


def test_the_pages_are_written_whole(tmp_path: Path) -> None:
    write(tmp_path / "new")
    assert {path.name: path.read_text(encoding="utf-8") for path in (tmp_path / "new").iterdir()} == pages()
