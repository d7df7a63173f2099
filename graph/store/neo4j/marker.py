"""What a Neo4j says that it holds.

The mark is the name of an index on a label that no node has. A node would be seen and counted by everybody's queries, and Community has no
second database for it. Names change in one transaction, so a server holds one mark or none.
"""

from dataclasses import dataclass
from typing import Literal, cast

import neo4j

from sandan.graph.checksum import schema_digest
from sandan.graph.schema import NODES
from sandan.graph.store.ddl import constraint_name

State = Literal["loading", "ready"]

_PREFIX = "sandan_graph"
_LABEL = "SandanGraph"
_OWN = "sandan_"


@dataclass(frozen=True, slots=True)
class Marker:
    """Of a database that sandan has filled, or was filling when it was broken off.

    Attributes:
        state: `ready`: it holds exactly the tables of the version; `loading`: nobody knows what it holds.
        schema: Digest of the schema that its content follows.
        checksum: Digest of the tables.
        version: Name of the version.
    """

    state: State
    schema: str
    checksum: str
    version: str

    @property
    def is_of_this_schema(self) -> bool:
        """Whether the content follows the schema of this program."""
        return self.schema == schema_digest()


def read_marker(session: neo4j.Session) -> Marker | None:
    """The mark of a database; None where there is none, or one that this program cannot read."""
    names = _names(session)
    parts = names[0].split(":", 4) if len(names) == 1 else []
    if len(parts) != 5 or parts[1] not in {"loading", "ready"}:
        return None
    return Marker(cast("State", parts[1]), *parts[2:])


def set_marker(session: neo4j.Session, marker: Marker) -> None:
    """Put this mark in the place of whatever mark there is."""
    former = _names(session)
    name = f"{_PREFIX}:{marker.state}:{marker.schema}:{marker.checksum}:{marker.version}"
    session.execute_write(_rename, former, name)


def own_constraints(session: neo4j.Session) -> dict[str, str]:
    """Labels by name of their constraint: those that sandan, of whatever version, has made."""
    text = f"SHOW CONSTRAINTS YIELD name, labelsOrTypes WHERE name STARTS WITH '{_OWN}' RETURN name, labelsOrTypes[0] AS label"
    return {str(record["name"]): str(record["label"]) for record in session.run(text)}


def drop_former_constraints(session: neo4j.Session) -> None:
    """Drop the constraints of labels that the schema no longer has."""
    wanted = {constraint_name(node.label) for node in NODES}
    for name in own_constraints(session).keys() - wanted:
        session.run(f"DROP CONSTRAINT {quoted(name)} IF EXISTS").consume()


def last_write(session: neo4j.Session) -> str:
    """A word that is another after every change of the database, by whomever: the driver's bookmark, which is not to be looked into."""
    session.run("RETURN 1").consume()
    return " ".join(sorted(session.last_bookmarks().raw_values))


def quoted(name: str) -> str:
    """A name as Cypher takes it; for names that were read from a server."""
    return "`" + name.replace("`", "``") + "`"


def _names(session: neo4j.Session) -> list[str]:
    text = f"SHOW INDEXES YIELD name WHERE name STARTS WITH '{_PREFIX}:' RETURN name"
    return [str(record["name"]) for record in session.run(text)]


def _rename(transaction: neo4j.ManagedTransaction, former: list[str], name: str) -> None:
    for one in former:
        if one != name:
            transaction.run(f"DROP INDEX {quoted(one)} IF EXISTS").consume()
    transaction.run(f"CREATE INDEX {quoted(name)} IF NOT EXISTS FOR (n:{_LABEL}) ON (n.version)").consume()
