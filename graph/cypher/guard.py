"""Read-only Cypher: what an analyst's statement may not do, said in a sentence; the stores send nothing that was not let through here."""

from collections.abc import Iterator, Mapping
from typing import Any

from sandan.graph.cypher.loops import check_loops
from sandan.graph.cypher.portable import as_on_neo4j
from sandan.graph.cypher.tokens import Token, tokens
from sandan.record.errors import BadQuery

_READING = frozenset({"MATCH", "OPTIONAL", "UNWIND", "WITH", "RETURN"})
_LADYBUG_CALLS = frozenset({"SHOW_TABLES", "TABLE_INFO"})
# Ladybug's read-only mode is no sandbox: it reads and writes files, loads native code, and CHECKPOINT breaks every later reader.
# fmt: off
_LADYBUG_REFUSED = frozenset({
    "LOAD", "COPY", "EXPORT", "IMPORT", "INSTALL", "UNINSTALL", "UPDATE", "ATTACH", "DETACH", "USE", "CALL", "CHECKPOINT", "CREATE",
    "MERGE", "SET", "DELETE", "DROP", "ALTER", "COMMENT", "BEGIN", "COMMIT", "ROLLBACK", "PROFILE", "EXPLAIN", "ANALYZE", "FORCE",
    "REMOVE", "INSERT", "TRUNCATE", "FOREACH",
})
# fmt: on
_LADYBUG_RESERVED_LABELS = frozenset({"Order"})

# Neo4j functions with a point in their name that cannot run a statement or read a file; a plan does not show the functions it calls.
_NEO4J_NAMESPACES = frozenset({"date", "datetime", "localdatetime", "localtime", "time", "duration", "point", "vector"})
_NEO4J_PROCEDURES = ("db.labels(", "db.relationshipTypes(", "db.propertyKeys(", "db.index.fulltext.queryNodes(")
_NEO4J_REFUSED = frozenset({"LoadCSV", "TerminateTransactions", "AdministrationCommand"})
_NEO4J_SHOWN = frozenset({"ShowIndexes", "ShowConstraints"})


def ladybug_query(text: str) -> str:
    """The statement to send to Ladybug: proved to read only, without comments, made to mean what it means on Neo4j.

    Reserved labels (a plain `:Order`) come in back-quotes. Values of parameters are compared by `check_parameters`.

    Raises:
        BadQuery: It may not run; the message says why.
    """
    found = _one_statement(text)
    spoken = [token for token in found if token.kind != "space"]
    first = spoken[0].keyword
    if first == "CALL":
        _check_ladybug_call(spoken)
        spoken = spoken[1:]
    elif first not in _READING:
        raise BadQuery(f"{_shown(spoken[0])} cannot begin a reading query; begin with MATCH, OPTIONAL MATCH, UNWIND, WITH or RETURN")
    for token in spoken:
        if token.keyword in _LADYBUG_REFUSED:
            raise BadQuery(f"{token.keyword} is not allowed in a reading query; if it is a name, write it in back-quotes")
    return "".join(_back_quoted(as_on_neo4j(found)))


def neo4j_query(text: str, parameters: Mapping[str, object] | None = None) -> str:
    """The statement to send to Neo4j, without comments; it must pass `check_neo4j_plan` too, which sees what a text does not show.

    Args:
        text: The statement.
        parameters: Values of its `$name`s; they can make it run for long.

    Raises:
        BadQuery: It may not run; the message says why.
    """
    if "\\u" in text or "\\U" in text:
        # Neo4j replaces these before it reads the text, so that one inside a string could end the string.
        raise BadQuery("a query with a \\u escape; write the character itself")
    found = _one_statement(text)
    spoken = [token for token in found if token.kind != "space"]
    if spoken[0].keyword not in _READING | {"CALL", "SHOW"}:
        raise BadQuery(f"{_shown(spoken[0])} cannot begin a reading query; begin with MATCH, OPTIONAL MATCH, UNWIND, WITH, RETURN or CALL")
    for namespace, called_by in _dotted_calls(spoken):
        if called_by != "CALL" and namespace.lower() not in _NEO4J_NAMESPACES:
            raise BadQuery(f"functions of {namespace} are not allowed in a reading query")
    check_loops(spoken, parameters or {})
    return "".join(token.text for token in found)


def check_neo4j_plan(query_type: str | None, plan: Mapping[str, Any] | None) -> None:
    """Look at the plan that Neo4j made for a statement: access mode and query type let LOAD CSV, TERMINATE, SHOW and procedures pass.

    Args:
        query_type: The summary's type; `r` reads.
        plan: The summary's plan of an EXPLAIN.

    Raises:
        BadQuery: The statement may not run; the message says why.
    """
    if query_type != "r" or plan is None:
        raise BadQuery("not a reading query; nothing can be changed here")
    for name, details in _operators(plan):
        if name in _NEO4J_REFUSED or (name.startswith("Show") and name not in _NEO4J_SHOWN):
            raise BadQuery(f"{name} is not allowed in a reading query")
        if name == "ProcedureCall" and not details.startswith(_NEO4J_PROCEDURES):
            raise BadQuery(f"the procedure {details.split('(')[0]} is not allowed in a reading query")


def check_parameters(text: str, parameters: Mapping[str, object]) -> None:
    """See that every `$name` has a value: Neo4j refuses a query without, Ladybug takes null for it and answers.

    Raises:
        BadQuery: Values are missing; the message names all.
    """
    wanted = dict.fromkeys(token.text[1:] for token in tokens(text) if token.kind == "parameter")
    if missing := [f"${name}" for name in wanted if name not in parameters]:
        raise BadQuery(f"no value for {', '.join(missing)}; give one for each")


def _one_statement(text: str) -> list[Token]:
    found = tokens(text)
    while found and (found[-1].kind == "space" or found[-1].text == ";"):
        found.pop()
    if not any(token.kind != "space" for token in found):
        raise BadQuery("an empty query; begin with MATCH, OPTIONAL MATCH, UNWIND, WITH or RETURN")
    if any(token.text == ";" for token in found):
        raise BadQuery("more than one statement; send them one by one")
    return found


def _check_ladybug_call(spoken: list[Token]) -> None:
    if len(spoken) < 3 or spoken[1].keyword not in _LADYBUG_CALLS or spoken[2].text != "(":
        raise BadQuery("CALL is allowed for show_tables() and table_info('…') only")


def _back_quoted(found: list[Token]) -> Iterator[str]:
    before = ""
    for token in found:
        reserved = token.kind == "word" and token.text in _LADYBUG_RESERVED_LABELS
        yield f"`{token.text}`" if reserved and before in {":", "|"} else token.text
        if token.kind != "space":
            before = token.text


def _dotted_calls(spoken: list[Token]) -> Iterator[tuple[str, str]]:
    """First part of every name with points that is called, and the keyword before it."""
    for place, token in enumerate(spoken):
        if not token.identifier or (place and spoken[place - 1].text == "."):
            continue
        end = place + 1
        while end + 1 < len(spoken) and spoken[end].text == "." and spoken[end + 1].identifier:
            end += 2
        if end > place + 1 and end < len(spoken) and spoken[end].text == "(":
            yield token.identifier, spoken[place - 1].keyword if place else ""


def _operators(plan: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    yield plan["operatorType"].split("@")[0], str(plan.get("args", {}).get("Details", ""))
    for child in plan.get("children", []):
        yield from _operators(child)


def _shown(token: Token) -> str:
    return token.keyword or repr(token.text[:20])
