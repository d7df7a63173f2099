"""Work that Neo4j does inside of one expression, where it looks at no clock: bounded by what a statement may say.

A transaction's timeout is looked at between rows. A list that is walked, or a regular expression that is matched, inside of one row runs to
its end, and nothing on the Community edition stops it. UNWIND makes rows of a list, so there the timeout holds.
"""

import re
from collections.abc import Iterator, Mapping, Sequence

from sandan.graph.cypher.tokens import Token
from sandan.record.errors import BadQuery

_MOST_NUMBERS = 100_000
_MOST_PATTERN = 200
_MOST_REPEATED = 2
_MOST_CHOSEN = 10
_WALKS = frozenset({"REDUCE", "ANY", "ALL", "NONE", "SINGLE", "FILTER", "EXTRACT"})
_OPEN, _CLOSED = frozenset("([{"), frozenset(")]}")
_REPEATED_GROUP = re.compile(r"\)\s*[*+{]")
_REPEATED = re.compile(r"[*+{]")
_CHOSEN = re.compile(r"[?|]")
_SLOW = (
    "a regular expression that can run for long: write it shorter, with at most 2 of `*`, `+`, `{` (none behind a group) and 10 of `?`, `|`"
)


def check_loops(spoken: Sequence[Token], parameters: Mapping[str, object]) -> None:
    """See that no expression can run for long.

    Args:
        spoken: The statement's tokens without blanks.
        parameters: Values of its `$name`s.

    Raises:
        BadQuery: One can; the message says which and what to write instead.
    """
    walks: list[bool] = []
    for place, token in enumerate(spoken):
        if token.text in _OPEN:
            is_walk = _is_walk(spoken, place)
            if is_walk and any(walks):
                raise BadQuery("a list that is walked while another is; make rows of one of them with UNWIND, so that the timeout holds")
            walks.append(is_walk)
        elif token.text in _CLOSED and walks:
            walks.pop()
        if token.identifier.upper() == "RANGE" and _text(spoken, place + 1) == "(":
            _check_range(spoken, place + 2, parameters)
        if token.text == "=" and _text(spoken, place + 1) == "~":
            _check_pattern(spoken, place + 2, parameters)


def _is_walk(spoken: Sequence[Token], place: int) -> bool:
    """Whether a list is walked between this bracket and its end."""
    if _text(spoken, place) == "(" and place and spoken[place - 1].identifier.upper() in _WALKS:
        return True
    is_element = place + 2 < len(spoken) and bool(spoken[place + 1].identifier) and spoken[place + 2].keyword == "IN"
    # `[(a)-->(b) | a.id]` walks too, but in a plan of its own, which looks at the clock.
    return _text(spoken, place) == "[" and is_element


def _check_range(spoken: Sequence[Token], place: int, parameters: Mapping[str, object]) -> None:
    ends = list(_arguments(spoken, place))
    numbers = [_number(end, parameters) for end in ends[:2]]
    steps = [_number(end, parameters) for end in ends[2:]]
    if len(numbers) < 2 or None in numbers or None in steps:
        raise BadQuery("range() whose ends are no plain numbers or parameters; write the numbers")
    if any(abs(number) > _MOST_NUMBERS for number in numbers if number is not None):
        raise BadQuery(f"range() of more than {_MOST_NUMBERS} numbers; a query about the graph needs fewer")


def _arguments(spoken: Sequence[Token], place: int) -> Iterator[list[Token]]:
    """The arguments of a call whose first token is at `place`."""
    depth, found = 0, list[Token]()
    for token in spoken[place:]:
        if depth == 0 and token.text in {",", ")"}:
            yield found
            found = []
            if token.text == ")":
                return
            continue
        depth += (token.text in _OPEN) - (token.text in _CLOSED)
        found.append(token)


def _number(argument: Sequence[Token], parameters: Mapping[str, object]) -> int | None:
    """The number that an argument is; None where it must be computed."""
    sign = -1 if argument and argument[0].text == "-" else 1
    rest = argument[1:] if sign < 0 else argument
    if len(rest) != 1:
        return None
    value = parameters.get(rest[0].text[1:]) if rest[0].kind == "parameter" else rest[0].text
    if isinstance(value, str) and rest[0].kind == "number" and value.isascii() and value.isdecimal():
        return sign * int(value)
    return sign * value if isinstance(value, int) and not isinstance(value, bool) else None


def _check_pattern(spoken: Sequence[Token], place: int, parameters: Mapping[str, object]) -> None:
    pattern = spoken[place] if place < len(spoken) else None
    follows = _text(spoken, place + 1)
    is_joined = follows in {"+", "["} or (follows == "|" and _text(spoken, place + 2) == "|")
    is_inside = follows == "." and pattern is not None and pattern.kind == "parameter"
    if pattern is None or pattern.kind not in {"string", "parameter"} or is_joined or is_inside:
        raise BadQuery("a regular expression that is computed; write it as a text or give it as a parameter")
    regex = parameters.get(pattern.text[1:]) if pattern.kind == "parameter" else pattern.text[1:-1]
    if not isinstance(regex, str):
        raise BadQuery(f"the regular expression {pattern.text} is no text; give one")
    counts = (len(regex), len(_REPEATED.findall(regex)), len(_CHOSEN.findall(regex)))
    if _REPEATED_GROUP.search(regex) or any(
        n > most for n, most in zip(counts, (_MOST_PATTERN, _MOST_REPEATED, _MOST_CHOSEN), strict=True)
    ):
        raise BadQuery(_SLOW)


def _text(spoken: Sequence[Token], place: int) -> str:
    return spoken[place].text if place < len(spoken) else ""
