"""Cypher cut into tokens, so that a word inside a string, a quoted name or a comment is never taken for a keyword."""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from sandan.record.errors import BadQuery

TokenKind = Literal["word", "name", "string", "number", "parameter", "symbol", "space"]

_QUOTES = {"'": "string", '"': "string", "`": "name"}
_SYMBOLS = frozenset("()[]{}<>=+-*/%^.,:;|&!~?@#")


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of a query: `name` is a back-quoted one, `space` also a comment, which loses its text."""

    kind: TokenKind
    text: str

    @property
    def keyword(self) -> str:
        """A word in capitals, with look-alike forms of letters folded together; empty for everything else."""
        return unicodedata.normalize("NFKC", self.text).upper() if self.kind == "word" else ""

    @property
    def identifier(self) -> str:
        """What a word or a back-quoted name calls; empty for everything else."""
        if self.kind == "name":
            return self.text[1:-1].replace("``", "`")
        return self.text if self.kind == "word" else ""


def tokens(text: str) -> list[Token]:
    """All tokens of a query in order; put together again they say the same, without its comments.

    Comments are dropped here because dialects differ in where one ends: what is not sent cannot be read in two ways.

    Raises:
        BadQuery: A string, name or comment has no end, or a character stands where no language knows it.
    """
    return list(_tokens(text))


def _tokens(text: str) -> Iterator[Token]:
    start = 0
    while start < len(text):
        end, kind = _next(text, start)
        yield Token(kind, " " if kind == "space" else text[start:end])
        start = end


def _next(text: str, start: int) -> tuple[int, TokenKind]:
    """End and kind of the token that begins at `start`."""
    character = text[start]
    if character in _QUOTES:
        return _end_of_quoted(text, start), "name" if character == "`" else "string"
    if text.startswith(("//", "/*"), start):
        return _end_of_comment(text, start), "space"
    if character.isspace():
        return start + 1, "space"
    if character.isdecimal():
        return _end_of_number(text, start), "number"
    if _is_letter(character):
        return _end_of_word(text, start), "word"
    if character == "$":
        end = _end_of_word(text, start + 1)
        if end == start + 1 or not _is_letter(text[start + 1]):
            raise BadQuery("`$` without a parameter's name; write `$name` and give its value")
        return end, "parameter"
    if character in _SYMBOLS:
        return start + 1, "symbol"
    raise BadQuery(f"the character {character!r} (U+{ord(character):04X}) outside of a string; remove it or write it inside quotes")


def _end_of_quoted(text: str, start: int) -> int:
    quote, place = text[start], start + 1
    while place < len(text):
        if text[place] == "\\" and quote != "`":
            place += 2
        elif text[place] != quote:
            place += 1
        elif quote == "`" and text.startswith("``", place):
            place += 2
        else:
            return place + 1
    raise BadQuery(f"the {_QUOTES[quote]} that begins with {text[start : start + 12]!r} has no end; close it with {quote}")


def _end_of_comment(text: str, start: int) -> int:
    if text[start + 1] == "/":
        ends = [place for mark in "\r\n" if (place := text.find(mark, start)) >= 0]
        return min(ends, default=len(text))
    end = text.find("*/", start + 2)
    if end < 0:
        raise BadQuery("a comment has no end; close it with */")
    return end + 2


def _end_of_number(text: str, start: int) -> int:
    """Digits, point, digits, exponent; a dialect that reads `1UNION` as two tokens must find a guard that does not read one."""
    end = _end_of_digits(text, start)
    if text[end : end + 1] == "." and text[end + 1 : end + 2].isdecimal():
        end = _end_of_digits(text, end + 1)
    exponent = end + 2 if text[end + 1 : end + 2] in {"+", "-"} else end + 1
    if text[end : end + 1] in {"e", "E"} and text[exponent : exponent + 1].isdecimal():
        end = _end_of_digits(text, exponent)
    if end < len(text) and _is_letter(text[end]):
        raise BadQuery(f"letters directly behind the number {text[start:end]}; put a space between them")
    return end


def _end_of_digits(text: str, start: int) -> int:
    while start < len(text) and text[start].isdecimal():
        start += 1
    return start


def _end_of_word(text: str, start: int) -> int:
    while start < len(text) and (_is_letter(text[start]) or text[start].isdecimal()):
        start += 1
    return start


def _is_letter(character: str) -> bool:
    return character.isidentifier()
