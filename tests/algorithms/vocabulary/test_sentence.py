"""What a finding says: every rule in both languages, with everything filled in."""

import datetime as dt
import string

import pytest

from sandan.algorithms.vocabulary.registry import registry
from sandan.algorithms.vocabulary.sentence import Sentence

SENTENCES = {
    f"{reason.name}{part}": sentence
    for typology in registry().values()
    for reason in typology.every_reason
    for part, sentence in {"": reason.sentence, "-whole": reason.whole, **{f"-{k}": v for k, v in reason.given.items()}}.items()
    if sentence is not None
} | {f"{typology.name}-{need.table}": need.note for typology in registry().values() for need in typology.needs}
EVERY = pytest.mark.parametrize("sentence", SENTENCES.values(), ids=SENTENCES.keys())


def _names(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def _chinese(text: str) -> bool:
    return any("一" <= c <= "鿿" for c in text)


def test_there_are_sentences_of_every_typology() -> None:
    assert len(SENTENCES) > 70


@EVERY
def test_a_sentence_is_there_in_both_languages(sentence: Sentence) -> None:
    assert sentence.en.strip()
    assert not _chinese(sentence.en)
    assert _chinese(sentence.zh)


@EVERY
def test_both_languages_tell_the_same_values(sentence: Sentence) -> None:
    assert _names(sentence.zh) <= _names(sentence.en)


@EVERY
def test_a_sentence_bears_values_that_are_not_there(sentence: Sentence) -> None:
    for language, text in (("en", sentence.en), ("zh", sentence.zh)):
        said = sentence.render(language, dict.fromkeys(_names(text)))
        assert "{" not in said
        assert said.count("?") >= len(_names(text))


def test_values_are_written_as_an_officer_reads_them() -> None:
    sentence = Sentence("{paid} at {at} on {day}, {n} lines, {share:.0f} %, {none}", "")
    values = {
        "paid": 1234.5,
        "at": dt.datetime(2025, 4, 1, 16, 30, tzinfo=dt.UTC),
        "day": dt.date(2025, 4, 1),
        "n": 3,
        "share": 49.6,
        "none": None,
    }
    assert sentence.render("en", values) == "1,234.50 at 2025-04-02 00:30 on 2025-04-01, 3 lines, 50 %, ?"


def test_the_language_chooses_the_sentence() -> None:
    sentence = Sentence("order {n}", "订单 {n}")
    assert (sentence.render("en", {"n": 1}), sentence.render("zh", {"n": 1}), sentence.render("fr", {"n": 1})) == (
        "order 1",
        "订单 1",
        "order 1",
    )


def test_braces_in_a_value_are_not_filled_again() -> None:
    assert Sentence("{item}", "{item}").render("en", {"item": "{secret} {0}"}) == "{secret} {0}"


@pytest.mark.parametrize(
    ("n", "said"),
    [
        (1, "1 parcel in 1 day"),
        (2, "2 parcels in 2 days"),
        (21, "21 parcels in 21 days"),
        (None, "? parcels in ? days"),
        ("1", "1 parcel in 1 day"),
    ],
)
def test_one_of_what_is_counted_is_singular(n: object, said: str) -> None:
    assert Sentence("{n} parcels in {n} days", "{n} 天 {n} 票").render("en", {"n": n}) == said


def test_singular_is_only_what_was_counted() -> None:
    sentence = Sentence("of 1 parcels {m:.0f} days, {n}1 parcels, {n} paymentsheets {{n}}", "")
    assert sentence.render("en", {"m": 1.2, "n": 1}) == "of 1 parcels 1 day, 11 parcels, 1 paymentsheets {n}"
