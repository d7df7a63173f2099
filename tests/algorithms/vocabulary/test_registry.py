"""Where typologies come from, and what is said of one that cannot be used."""

import dataclasses
import importlib
import pkgutil
from collections.abc import Iterator
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import Any

import pytest

from sandan.algorithms import typologies
from sandan.algorithms.vocabulary import own
from sandan.algorithms.vocabulary import registry as module
from sandan.algorithms.vocabulary.check import fault_of, fault_of_rule
from sandan.algorithms.vocabulary.registry import registry, use
from sandan.algorithms.vocabulary.sentence import Sentence
from sandan.algorithms.vocabulary.typology import Need, Reason, Rule, Sign, Typology
from sandan.record.errors import ConfigError
from sandan.record.settings import Settings

# The contract's vocabulary.
FORGED = {
    "missing_order", "missing_payment", "missing_waybill", "platform_mismatch", "payer_not_buyer", "amount_mismatch", "goods_mismatch",
    "address_mismatch", "time_order", "undervaluation", "overvaluation", "split_lot", "quota", "identity_ring", "pushed_order",
    "operator_triangle",
}  # fmt: skip
IPR = {"brand_omitted", "destination_concentration", "channel_preference", "profile_mismatch", "sender_cluster"}
OTHER = {"scan_mismatch", "watchlist", "tax_mismatch", "signature"}
FILE = """
from sandan.algorithms.vocabulary.sentence import Sentence
from sandan.algorithms.vocabulary.typology import Reason, Typology

REASON = Reason("{reason}", "number", Sentence("It is so", "如此"))
TYPOLOGY = Typology("{name}", Sentence("Own", "自有"), "forged", "What shows.", "What is innocent.", "Ours.", (REASON,))
"""
REASON = Reason("one_reason", "one_cause", Sentence("It is so", "如此"))
GOOD = Typology("one_typology", Sentence("Own", "自有"), "forged", "What shows.", "What is innocent.", "Ours.", (REASON,))


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """The folder of an installation's own typologies, in use."""
    made = tmp_path / "own"
    made.mkdir()
    use(Settings(home=tmp_path, typologies=Path("own")))
    yield made
    use(Settings(home=tmp_path))


def test_the_package_has_the_vocabulary_of_the_contract() -> None:
    families: dict[str, set[str]] = {}
    for name, typology in registry().items():
        families.setdefault(typology.family, set()).add(name)
    contract = {"forged": FORGED, "ipr": IPR, "other": OTHER, "learned": {"gnn"}}
    assert {family: names & families[family] for family, names in contract.items()} == contract


def test_each_is_one_file_of_its_name_and_well_made() -> None:
    found = [module.name for module in pkgutil.walk_packages(typologies.__path__, f"{typologies.__name__}.") if not module.ispkg]
    files = {name.rpartition(".")[2]: importlib.import_module(name).TYPOLOGY.name for name in found}
    assert files == {name: name for name in registry()} and len(found) == len(files)
    assert {name: fault_of(typology) for name, typology in registry().items()} == dict.fromkeys(registry())


def test_an_own_typology_is_known_with_its_reasons_and_causes(folder: Path) -> None:
    (folder / "mine.py").write_text(FILE.format(name="mine", reason="my_reason"))
    (folder / "_helper.py").write_text("raise SystemExit(1)")
    (folder / "notes.txt").write_text("no Python")
    known = registry()
    assert known["mine"].label.zh == "自有" and known.reasons["my_reason"].cause == "number" and "number" in known.causes
    assert known.origins == {"mine": str(folder / "mine.py")}
    assert known.label("mine", "en") == "Own" and known.label("gone_typology", "zh") == "gone_typology"
    # Those of another installation are not.
    use(Settings(home=folder))
    assert "mine" not in registry()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("TYPOLOGY = (", r"mine.py: cannot be loaded \(line 1: '\(' was never closed\)"),
        ("import no_such_module", r"mine.py: cannot be loaded \(ModuleNotFoundError: No module named 'no_such_module'\)"),
        ("1 / 0", r"mine.py: cannot be loaded \(ZeroDivisionError"),
        ("raise SystemExit(3)", r"mine.py: cannot be loaded \(SystemExit: 3\)"),
        ("x = 1", r"mine.py: has no `TYPOLOGY"),
        ("TYPOLOGY = 'mine'", r"mine.py: has no `TYPOLOGY"),
        (FILE.format(name="Mine", reason="my_reason"), r"mine.py: the name of the typology, 'Mine', is not in lower_snake"),
        (FILE.format(name="quota", reason="my_reason"), r"mine.py: the name quota is taken by the package"),
        (FILE.format(name="mine", reason="formula"), r"mine.py: the reason formula is taken by the package"),
        (FILE.format(name="mine", reason="my-reason"), r"mine.py: the name of a reason, 'my-reason', is not in lower_snake"),
    ],
)
def test_what_cannot_be_used_names_the_file_and_the_cause(folder: Path, text: str, said: str) -> None:
    (folder / "mine.py").write_text(text)
    with pytest.raises(ConfigError, match=said) as caught:
        registry()
    assert caught.value.exit_code == 78


def test_two_own_may_not_clash(folder: Path) -> None:
    (folder / "a.py").write_text(FILE.format(name="mine", reason="my_reason"))
    (folder / "b.py").write_text(FILE.format(name="mine", reason="other_reason"))
    with pytest.raises(ConfigError, match=r"b\.py: the name mine is taken by .*a\.py"):
        registry()
    (folder / "b.py").write_text(FILE.format(name="yours", reason="my_reason"))
    with pytest.raises(ConfigError, match=r"b\.py: the reason my_reason is taken by .*a\.py"):
        registry()


def test_a_folder_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    use(Settings(home=tmp_path, typologies=Path("nowhere")))
    try:
        with pytest.raises(ConfigError, match="nowhere: cannot be read as the folder of the setting `typologies`"):
            registry()
    finally:
        use(Settings(home=tmp_path))


def test_installed_packages_offer_typologies(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "customs_of_ours.py").write_text(FILE.format(name="ours", reason="our_reason"))
    monkeypatch.syspath_prepend(tmp_path)
    points = [EntryPoint("ours", "customs_of_ours:TYPOLOGY", own.GROUP)]
    monkeypatch.setattr(own, "entry_points", lambda group: points if group == "sandan.typologies" else [])
    module._registry.cache_clear()
    try:
        assert registry()["ours"].reasons[0].name == "our_reason"
        points.append(EntryPoint("theirs", "customs_of_theirs", own.GROUP))
        module._registry.cache_clear()
        with pytest.raises(ConfigError, match=r"entry point theirs .*No module named 'customs_of_theirs'"):
            registry()
    finally:
        monkeypatch.undo()
        module._registry.cache_clear()


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"family": "bad"}, "family"),
        ({"label": "Own"}, "no Sentence"),
        ({"label": Sentence("Own", " ")}, "empty in zh"),
        ({"source": ""}, "no source"),
        ({"reasons": ()}, "no reasons"),
        ({"reasons": (REASON, REASON)}, "two reasons"),
        ({"reasons": ("one",)}, "no Reason"),
        ({"reasons": (dataclasses.replace(REASON, cause="A cause"),)}, "lower_snake"),
        ({"reasons": (dataclasses.replace(REASON, sentence=Sentence("{0}", "如此")),)}, "no name of a value"),
        ({"reasons": (dataclasses.replace(REASON, sentence=Sentence("{x", "如此")),)}, "cannot be filled in"),
        ({"reasons": (dataclasses.replace(REASON, sentence=Sentence("{row.secret}", "如此")),)}, "no name of a value"),
        ({"reasons": (dataclasses.replace(REASON, marks=("order.nothing",)),)}, "marks"),
        ({"reasons": (dataclasses.replace(REASON, marks=("nothing.buyer",)),)}, "marks"),
        ({"reasons": (dataclasses.replace(REASON, evidence=("invoice",)),)}, "evidence"),
        ({"reasons": (dataclasses.replace(REASON, floor="high"),)}, "floor"),
        ({"reasons": (dataclasses.replace(REASON, usual=1.5),)}, "usual"),
        ({"signs": (Sign(REASON, "inward", 0.1, len),)}, "flow"),
        ({"signs": (Sign(REASON, "import", 2.0, len),)}, "between 0 and 1"),
        ({"signs": (Sign(REASON, "import", 0.1, None),)}, "no function"),
        ({"needs": (Need("no_table", Sentence("a", "无")),)}, "which there is not"),
        ({"needs": (Need("scans", Sentence("", "无")),)}, "empty in en"),
        ({"rules": 3}, "no function"),
        ({"method": "dogs"}, "method"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_typology_is_said(changed: dict[str, Any], said: str) -> None:
    values = {"reasons": (), **changed} if "signs" in changed else changed
    fault = fault_of(dataclasses.replace(GOOD, **values))
    assert fault is not None and said in fault
    assert fault_of(GOOD) is None


def test_marks_are_lists_fields_of_lists_and_fields_of_all() -> None:
    marks = ("order", "order.buyer", "address", "delivery.delivered_at")
    assert fault_of(dataclasses.replace(GOOD, reasons=(dataclasses.replace(REASON, marks=marks),))) is None


def test_a_rule_gives_a_reason_of_its_typology_with_a_strength_below_one() -> None:
    other = dataclasses.replace(REASON, name="another")
    assert fault_of_rule(Rule(REASON, None, 0.5), GOOD) is None  # type: ignore[arg-type]
    assert "stands not among" in str(fault_of_rule(Rule(other, None, 0.5), GOOD))  # type: ignore[arg-type]
    assert "between 0 and 1" in str(fault_of_rule(Rule(REASON, None, 1.0), GOOD))  # type: ignore[arg-type]
    assert "no Rule" in str(fault_of_rule(None, GOOD))  # type: ignore[arg-type]
