"""What each store must be sent before rows come; made from the schema's closed list of names, never from input."""

from sandan.graph.schema import NODES, RELATIONS, Properties

# Functions of the other dialect that Ladybug lacks. They lie in the file and work in a read-only connection.
_MACROS = (
    "CREATE MACRO type(r) AS label(r)",
    "CREATE MACRO elementId(n) AS CAST(id(n) AS STRING)",
    "CREATE MACRO head(l) AS l[1]",
    "CREATE MACRO toString(x) AS CAST(x AS STRING)",
    "CREATE MACRO toInteger(x) AS CAST(x AS INT64)",
    "CREATE MACRO toFloat(x) AS CAST(x AS DOUBLE)",
)


def ladybug_statements() -> tuple[str, ...]:
    """Statements that make the empty tables of the embedded store, nodes first; names are back-quoted (`Order` is reserved)."""
    nodes = [f"CREATE NODE TABLE `{node.label}`(id STRING PRIMARY KEY{_columns(node.properties)})" for node in NODES]
    relations = []
    for relation in RELATIONS:
        pairs = ", ".join(f"FROM `{source}` TO `{target}`" for source, target in relation.pairs)
        relations.append(f"CREATE REL TABLE `{relation.name}`({pairs}{_columns(relation.properties)})")
    return (*nodes, *relations, *_MACROS)


def constraint_name(label: str) -> str:
    """Name of the uniqueness constraint of a label in Neo4j; it also marks a database as sandan's own."""
    return f"sandan_{label.lower()}_id"


def neo4j_statements() -> tuple[str, ...]:
    """Statements that make the key of every label unique in Neo4j; each also makes the index by which relationships find their ends."""
    return tuple(
        f"CREATE CONSTRAINT {constraint_name(node.label)} IF NOT EXISTS FOR (n:`{node.label}`) REQUIRE n.id IS UNIQUE" for node in NODES
    )


def _columns(properties: Properties) -> str:
    return "".join(f", `{name}` {kind}" for name, kind in properties)
