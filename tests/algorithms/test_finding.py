"""What a finding says: every rule in both languages, with everything filled in."""

import datetime as dt
import importlib
import pkgutil
import string

import pytest

from sandan.algorithms import typologies
from sandan.algorithms.finding import Sentence

SENTENCES = {
    f"{module.name}.{name}": value
    for module in pkgutil.iter_modules(typologies.__path__)
    for name, value in vars(importlib.import_module(f"{typologies.__name__}.{module.name}")).items()
    if isinstance(value, Sentence)
}
EVERY = pytest.mark.parametrize("sentence", SENTENCES.values(), ids=SENTENCES.keys())


def _names(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def _chinese(text: str) -> bool:
    return any("一" <= c <= "鿿" for c in text)


def test_there_are_sentences_for_every_typology_file() -> None:
    files = {module.name for module in pkgutil.iter_modules(typologies.__path__)}
    assert {name.split(".")[0] for name in SENTENCES} >= files & {
        "absent_lists",
        "amounts",
        "parties",
        "places",
        "platform",
        "prices",
        "times",
    }
    assert len(SENTENCES) >= 20


@EVERY
def test_a_sentence_is_there_in_both_languages(sentence: Sentence) -> None:
    assert sentence.en.strip()
    assert not _chinese(sentence.en)
    assert _chinese(sentence.zh)


@EVERY
def test_both_languages_tell_the_same_values(sentence: Sentence) -> None:
    assert {name.removesuffix("_zh") for name in _names(sentence.zh)} <= _names(sentence.en)


@EVERY
def test_a_sentence_bears_values_that_are_not_there(sentence: Sentence) -> None:
    for language, text in (("en", sentence.en), ("zh", sentence.zh)):
        told = sentence.told(language, dict.fromkeys(_names(text)))
        assert "{" not in told
        assert told.count("?") >= len(_names(text))


def test_values_are_written_as_an_officer_reads_them() -> None:
    told = Sentence("{paid} at {at} on {day}, {n} lines, {share:.0f} %, {none}", "")
    values = {
        "paid": 1234.5,
        "at": dt.datetime(2025, 4, 1, 16, 30, tzinfo=dt.UTC),
        "day": dt.date(2025, 4, 1),
        "n": 3,
        "share": 49.6,
        "none": None,
    }
    assert told.told("en", values) == "1,234.50 at 2025-04-02 00:30 on 2025-04-01, 3 lines, 50 %, ?"


def test_the_language_chooses_the_sentence() -> None:
    sentence = Sentence("order {n}", "订单 {n}")
    assert (sentence.told("en", {"n": 1}), sentence.told("zh", {"n": 1}), sentence.told("fr", {"n": 1})) == ("order 1", "订单 1", "order 1")


def test_braces_in_a_value_are_not_filled_again() -> None:
    assert Sentence("{item}", "{item}").told("en", {"item": "{secret} {0}"}) == "{secret} {0}"
