import ast
import re
import string
from pathlib import Path

import pytest

from sandan.algorithms.vocabulary.labels import FIELDS, LISTS
from sandan.algorithms.vocabulary.registry import registry
from sandan.dashboard import i18n
from sandan.dashboard.i18n import TEXTS, text, word
from sandan.dashboard.pages import pages
from sandan.record.catalog.tables import CATALOG

CHINESE = re.compile(r"[\u3400-\u9fff]")
SOURCES = Path(i18n.__file__).parent
# Names of things that are called the same in both languages.
SAME = {
    "sandan cypher",
    "sandan explain",
    "CNY",
    "PDF",
    "CSV",
    "GraphML",
    "Ctrl",
    "Shift",
}  # commands, currencies, keys and forms of files have one name


def names_in(pattern: str) -> set[str]:
    return {name for (name,) in (part[1:2] for part in string.Formatter().parse(pattern)) if name}


@pytest.mark.parametrize("key", sorted(TEXTS))
def test_every_text_is_there_in_both_languages_with_the_same_values(key: str) -> None:
    en, zh = TEXTS[key]
    assert en.strip() and zh.strip()
    assert names_in(en) == names_in(zh)
    assert not CHINESE.search(en)
    assert CHINESE.search(zh) or not re.search(r"[A-Za-z]", re.sub(r"{\w+}", "", zh))


@pytest.mark.parametrize("key", sorted(TEXTS))
def test_no_english_words_in_chinese(key: str) -> None:
    zh = re.sub(r"\{\w+\}", "", TEXTS[key][1])
    for same in SAME:
        zh = zh.replace(same, "")
    assert not re.search(r"[A-Za-z]{2,}", zh)


def test_a_page_can_not_change_another_s_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(TEXTS, "query_run", ("Run", "运行"))
    with pytest.raises(ValueError, match="/query: query_run"):
        pages.__wrapped__()


def test_every_key_that_the_code_names_is_in_the_table() -> None:
    code = "\n".join(path.read_text(encoding="utf-8") for path in SOURCES.rglob("*.py"))
    named = set(re.findall(r'\btext\(\s*"(\w+)"', code))
    assert named and named <= TEXTS.keys()


def test_no_key_is_left_over() -> None:
    code = "\n".join(path.read_text(encoding="utf-8") for path in SOURCES.rglob("*.py") if path.name != "i18n.py").replace("'", '"')
    made = tuple(set(re.findall(r'(?:text\(f"|word\("|_words\(")(\w+?)_?(?:\{|")', code)))
    assert [key for key in TEXTS if f'"{key}"' not in code and not key.startswith(made) and not key.endswith("_why")] == []


def test_labels_of_the_read_models_are_in_both_languages() -> None:
    typologies = {name: (one.label.en, one.label.zh) for name, one in registry().items()}
    for table in (LISTS, FIELDS, typologies):
        for key, (en, zh) in table.items():
            assert en and not CHINESE.search(en), key
            assert CHINESE.search(zh), key


def test_a_code_without_a_word_is_shown_as_it_came() -> None:
    assert word("status", "held", "zh") == "已扣留"
    assert word("status", "lost_at_sea", "zh") == "lost_at_sea"


def test_grades_are_low_medium_high() -> None:
    assert [text(f"grade_{grade}", "zh") for grade in ("low", "medium", "high")] == ["低", "中", "高"]


WRITTEN = ("dashboard", "algorithms/wording", "algorithms/typologies", "algorithms/vocabulary", "algorithms/scoring", "jobs/terminal")
# Of a sentence in Chinese: not what stands in a field or is typed as it stands, nor a sign within a number or a Latin word.
LEFT_OUT = re.compile(r"\{[^{}]*\}|`[^`]*`")
HALF_WIDTH = re.compile(r"(?<![A-Za-z0-9])[,;:()?!]|[,;:()?!](?![A-Za-z0-9])")


def half_width(sentence: str) -> str:
    """The first sign of half width in a Chinese sentence; empty text for none, and for a text that is no Chinese sentence."""
    bare = LEFT_OUT.sub("零", sentence)
    if not CHINESE.search(LEFT_OUT.sub("", sentence)) or re.search(r"[A-Za-z]{3,} [A-Za-z]", bare):
        return ""
    found = HALF_WIDTH.search(bare)
    return found[0] if found else ""


@pytest.mark.parametrize("folder", WRITTEN)
def test_chinese_sentences_have_signs_of_full_width(folder: str) -> None:
    found = {}
    for path in (SOURCES.parent / folder).rglob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        raw = {node.value for node in ast.walk(tree) if isinstance(node, ast.Expr)}  # docstrings
        for node in ast.walk(tree):
            is_text = isinstance(node, ast.Constant) and isinstance(node.value, str) and node not in raw and "\\" not in node.value
            if is_text and (sign := half_width(node.value)):
                found[f"{path.name}:{node.lineno}"] = (sign, node.value)
    assert found == {}


@pytest.mark.parametrize("sentence", ["已评分,请查看", "原因:未知", "（通常 5)", "共 {n:,} 票;其余", "{who},已认领"])
def test_a_sign_of_half_width_is_found(sentence: str) -> None:
    assert half_width(sentence)


@pytest.mark.parametrize(
    "sentence", ["已评分，请查看", "低于 5,000 元", "{v:,.0f} 元（通常 {u:,.0f} 元）", "用 `sandan a: b` 运行", "Fake orders (刷单): sales"]
)
def test_what_is_no_sign_of_the_sentence_is_left(sentence: str) -> None:
    assert not half_width(sentence)


@pytest.mark.parametrize("name", sorted(CATALOG))
def test_every_list_has_a_name_in_both_languages(name: str) -> None:
    assert f"list_{name}" in TEXTS
