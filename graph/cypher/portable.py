"""What the embedded store reads otherwise than Neo4j: made equal where that is possible, else refused with the form both read alike."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import takewhile
from typing import Literal

from sandan.graph.cypher.tokens import Token, tokens
from sandan.graph.schema import NODES, RELATIONS
from sandan.record.errors import BadQuery

_OPEN, _CLOSED = frozenset("([{"), frozenset(")]}")
# Function -> why it is refused, and what to write instead.
_REFUSED = {
    "SUBSTRING": "counts from 1 here and from 0 on Neo4j; write left(), right(), STARTS WITH or CONTAINS",
    "SUBSTR": "is not known on Neo4j; write left(), right(), STARTS WITH or CONTAINS",
    "HEAD": "ends with an error here where the list is empty; write min() or max() in the place of collect(), or ORDER BY … LIMIT 1",
    "LAST": "is not known here; write min() or max() in the place of collect(), or ORDER BY … LIMIT 1",
    "TAIL": "is not known here; make rows of the list with UNWIND",
    "REVERSE": "reads a list as a text here; write ORDER BY … DESC",
    "ROUND": "rounds halves otherwise than Neo4j; write floor(x * 100 + 0.5) / 100 for two decimals, floor(x + 0.5) for none",
    "TOINTEGER": "rounds 2.7 to 3 here and to 2 on Neo4j; write floor(x), and compare numbers kept as texts as texts",
    "LOG": "is the logarithm to base 10 here and the natural one on Neo4j; write log10(x)",
    "STRING": "is not known on Neo4j; return the value itself, or write toString() of a whole number or a day",
}
_LISTS = frozenset({"[", "COLLECT", "RANGE", "NODES", "RELS", "RELATIONSHIPS", "LABELS"})
# Words behind which `[` begins a list; behind any other value it looks into one.
_BEFORE_A_LIST = frozenset(
    "IN RETURN UNWIND WITH WHERE AND OR XOR NOT THEN ELSE WHEN CASE BY DISTINCT STARTS ENDS CONTAINS SKIP LIMIT ON AS IS".split()
)
_COMPARED = frozenset({"=", "<>", "<", ">", "<=", ">=", "IN"})
_DAY_SIGNS = 10
# Of these types toString() differs, and how the runtime says so: a cast of this text to a number fails with the text in its message.
_WRITTEN_OTHERWISE = "toString() of a {} is another text on Neo4j: return the value itself"

Kind = Literal["text", "number"]


def _kinds() -> dict[str, Kind]:
    """Properties that are a text, or a number, wherever they are."""
    found: dict[str, set[str]] = {"id": {"STRING"}}
    for properties in (*(node.properties for node in NODES), *(relation.properties for relation in RELATIONS)):
        for name, kind in properties:
            found.setdefault(name, set()).add(kind)
    texts: dict[str, Kind] = {name: "text" for name, kinds in found.items() if kinds == {"STRING"}}
    numbers: dict[str, Kind] = {name: "number" for name, kinds in found.items() if kinds <= {"INT64", "DOUBLE"}}
    return texts | numbers


_KINDS = _kinds()


def as_on_neo4j(found: Sequence[Token]) -> list[Token]:
    """The tokens of a statement so that Ladybug gives the rows that Neo4j gives of it.

    A sum of nothing becomes 0, labels a list, a walk uses each relationship once; toString() of what the stores write in two ways fails.

    Args:
        found: All tokens of the statement, with its blanks.

    Raises:
        BadQuery: It says something that can not be made equal; the message says what to write instead.
    """
    spoken = [token for token in found if token.kind != "space"]
    _check_calls(spoken)
    _check_lists(spoken)
    return list(_rewritten(_walks(found), in_left=False))


def check_comparisons(text: str, parameters: Mapping[str, object]) -> None:
    """See that no text is compared with a number, which Neo4j finds unequal and Ladybug converts, and no list behind IN holds null.

    Raises:
        BadQuery: One is; the message says what to write instead.
    """
    spoken = [token for token in tokens(text) if token.kind != "space"]
    for place, token in enumerate(spoken):
        if token.keyword == "IN":
            _check_nulls(spoken, place + 1, parameters)
        kind = _KINDS.get(token.identifier)
        if kind is None:
            continue
        is_property = place >= 2 and spoken[place - 1].text == "." and bool(spoken[place - 2].identifier)
        is_key = place >= 1 and spoken[place - 1].text in {"{", ","} and _text(spoken, place + 1) == ":"
        others: list[Token] = []
        if is_property:
            others = [*_right_side(spoken, place + 1), *_left_side(spoken, place - 3)]
        elif is_key:
            others = spoken[place + 2 : place + 3]
        for other in others:
            if (found := _kind(other, parameters)) not in (None, kind):
                shown = other.text if len(other.text) <= 40 else f"{other.text[:40]}…"
                wanted = "a text; write the number in quotes (on the command line --param name='\"1\"')" if kind == "text" else "a number"
                raise BadQuery(f"{token.identifier} is compared with {shown}, a {found}, but is {wanted}")


def _check_calls(spoken: Sequence[Token]) -> None:
    for place, token in enumerate(spoken):
        name = token.identifier.upper()
        is_call = _text(spoken, place + 1) == "(" and (not place or spoken[place - 1].text != ".")
        if name == "REVERSE" and _text(spoken, place + 2).upper() not in _LISTS:
            continue  # of a text it is the same
        if is_call and name in _REFUSED:
            raise BadQuery(f"{token.identifier}() {_REFUSED[name]}")


def _check_lists(spoken: Sequence[Token]) -> None:
    for place in range(1, len(spoken)):
        before = spoken[place - 1]
        if spoken[place].text != "[" or before.kind == "number":
            continue
        is_word = bool(before.identifier) and (
            before.keyword not in _BEFORE_A_LIST or (place > 1 and spoken[place - 2].text == ".") or before.kind == "name"
        )
        if is_word or before.kind in {"string", "parameter"} or before.text in {")", "]", "}"}:
            raise BadQuery(
                "places in a list or text count from 1 here and from 0 on Neo4j; make rows of a list with UNWIND, or write left()"
            )


def _walks(found: Sequence[Token]) -> list[Token]:
    """Patterns of several steps walk each relationship at most once, as on Neo4j; without an end they are refused."""
    result: list[Token] = []
    inside, depth = False, 0
    spoken: list[str] = []
    for place, token in enumerate(found):
        result.append(token)
        if token.kind == "space":
            continue
        if token.text == "[" and spoken and spoken[-1] == "-":
            inside, depth = True, 0
        elif inside and token.text in _OPEN:
            depth += 1
        elif inside and token.text in _CLOSED:
            inside, depth = (False, 0) if depth == 0 else (True, depth - 1)
        elif inside and depth == 0 and token.text == "*":
            behind = list(takewhile(lambda one: one.text not in {"]", "{", "("}, (t for t in found[place + 1 :] if t.kind != "space")))
            _check_end(behind)
            if behind and behind[0].kind != "word":
                result.append(Token("word", " TRAIL "))
        spoken.append(token.text)
    return result


def _check_end(behind: Sequence[Token]) -> None:
    steps = "".join(token.text for token in behind if token.kind != "word")
    if not steps or steps.endswith(".."):
        raise BadQuery("a walk without an end, which is cut after 30 steps here and never on Neo4j; write the most steps, as [*1..3]")


def _rewritten(found: Sequence[Token], *, in_left: bool) -> Iterator[Token]:
    place = 0
    while place < len(found):
        token, name = found[place], found[place].identifier.upper()
        opening = _next_spoken(found, place + 1)
        is_call = name in {"SUM", "LABELS", "TOSTRING", "LEFT"} and opening is not None and found[opening].text == "("
        before = next((one.text for one in reversed(found[:place]) if one.kind != "space"), "")
        if not is_call or opening is None or before == ".":
            yield token
            place += 1
            continue
        end = _end_of_call(found, opening)
        whole = found[opening + 1 : end]
        inner = list(_rewritten(whole, in_left=name == "LEFT" and _is_of_a_day(whole)))
        yield from _call(name, token, inner, in_left)
        place = end + 1


def _call(name: str, token: Token, inner: list[Token], in_left: bool) -> Iterator[Token]:
    def said(text: str) -> Token:
        return Token("symbol", text)

    if name == "SUM":
        yield from (said("coalesce("), token, said("("), *inner, said("), 0)"))
    elif name == "LABELS":
        yield from (said("[label("), *inner, said(")]"))
    elif name == "TOSTRING":
        types = ("DOUBLE", "BOOL") if in_left else ("DOUBLE", "BOOL", "TIMESTAMP")
        cases = [said(" CASE typeof("), *inner, said(")")]
        cases += [said(f" WHEN '{kind}' THEN '{_WRITTEN_OTHERWISE.format(kind)}'") for kind in types]
        cases += [said(" ELSE '0' END")]
        yield from (
            said("left(CAST("),
            *inner,
            said(" AS STRING), size(CAST("),
            *inner,
            said(" AS STRING)) + CAST("),
            *cases,
            said(" AS INT64))"),
        )
    else:
        yield from (token, said("("), *inner, said(")"))


def _is_of_a_day(inner: Sequence[Token]) -> bool:
    """Whether no more is taken of the text than its day, which both stores write alike."""
    spoken = [token for token in inner if token.kind != "space"]
    if len(spoken) < 2 or spoken[-2].text != "," or spoken[-1].kind != "number" or not spoken[-1].text.isdecimal():
        return False
    return int(spoken[-1].text) <= _DAY_SIGNS and spoken[0].identifier.upper() == "TOSTRING"


def _end_of_call(found: Sequence[Token], opening: int) -> int:
    depth = 0
    for place in range(opening, len(found)):
        depth += (found[place].text in _OPEN) - (found[place].text in _CLOSED)
        if depth == 0:
            return place
    raise BadQuery("a bracket that is never closed; close it")


def _next_spoken(found: Sequence[Token], start: int) -> int | None:
    return next((place for place in range(start, len(found)) if found[place].kind != "space"), None)


def _check_nulls(spoken: Sequence[Token], place: int, parameters: Mapping[str, object]) -> None:
    token = spoken[place] if place < len(spoken) else None
    if token is None:
        return
    value = parameters.get(token.text[1:]) if token.kind == "parameter" else None
    has_null = isinstance(value, list | tuple) and any(one is None for one in value)
    if token.text == "[":
        listed = spoken[place : _end_of_call(spoken, place)]
        has_null = any(one.keyword == "NULL" for one in listed)
    if has_null:
        raise BadQuery("a list behind IN that holds null, which is no answer on Neo4j; leave it out and write OR x IS NULL")


def _right_side(spoken: Sequence[Token], place: int) -> list[Token]:
    """What stands behind `=`, `<`, IN and the like at a place."""
    operator = _text(spoken, place)
    if operator in {"<", ">"} and _text(spoken, place + 1) in {"=", ">"}:
        operator, place = operator + _text(spoken, place + 1), place + 1
    if (spoken[place].keyword if place < len(spoken) else "") == "IN":
        if _text(spoken, place + 1) == "[":
            return list(spoken[place + 2 : _end_of_call(spoken, place + 1)])
        return list(spoken[place + 1 : place + 2])
    return _alone(spoken, place + 1, 1) if operator in _COMPARED else []


def _left_side(spoken: Sequence[Token], place: int) -> list[Token]:
    """What stands before `=` and the like that ends at a place."""
    if place < 1 or spoken[place].text not in {"=", "<", ">"}:
        return []
    value = place - 1 - (spoken[place - 1].text in {"<", ">"})
    return _alone(spoken, value, -1) if value >= 0 else []


def _alone(spoken: Sequence[Token], place: int, step: int) -> list[Token]:
    """The token at a place where it is a value of its own, no part of a larger expression."""
    behind = _text(spoken, place + step) if place + step >= 0 else ""
    return list(spoken[place : place + 1]) if behind not in {"+", "-", "*", "/", "%", "^", "[", "."} else []


def _kind(token: Token, parameters: Mapping[str, object]) -> Kind | None:
    if token.kind in {"string", "number"}:
        return "text" if token.kind == "string" else "number"
    value = parameters.get(token.text[1:]) if token.kind == "parameter" else None
    values = value if isinstance(value, list | tuple) else [value]
    if any(isinstance(one, int | float) and not isinstance(one, bool) for one in values):
        return "number"
    return "text" if any(isinstance(one, str) for one in values) else None


def _text(spoken: Sequence[Token], place: int) -> str:
    return spoken[place].text if 0 <= place < len(spoken) else ""
