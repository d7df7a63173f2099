"""What a server or the driver reports, as one of sandan's errors with the way on."""

from collections.abc import Mapping

from neo4j import exceptions as faults

from sandan.graph.store.values import without_parameters
from sandan.record.errors import BadQuery, ConfigError, SandanError, StoreError, StoreUnavailable

REFUSED_WRITE = "Neo.ClientError.Statement.AccessMode"

# A server whose disk is full cannot append to its log; afterwards it takes no writes at all until it is started again.
_CANNOT_WRITE_CODES = (
    "Neo.DatabaseError.Transaction.TransactionLogError",
    "Neo.DatabaseError.Transaction.TransactionCommitFailed",
    "Neo.DatabaseError.Database.DatabaseHasPanicked",
)
_CANNOT_WRITE_TEXTS = ("No space left on device", "panicked", "critical error")


def too_long(text: str) -> BadQuery:
    """A query that was stopped."""
    return BadQuery(f"{' '.join(text.split())[:200]}: stopped because it took too long; ask for less, or for one step at a time with LIMIT")


def translated(exc: Exception, address: str, text: str, parameters: Mapping[str, object]) -> SandanError:
    """The error that says who can resolve it; it shows no value of a parameter."""
    code = (exc.code or "") if isinstance(exc, faults.Neo4jError) else ""
    shown = " ".join(text.split())[:200]
    message = without_parameters(str(getattr(exc, "message", None) or exc).split("\n", 1)[0], parameters)
    if isinstance(exc, faults.AuthError) or code.startswith("Neo.ClientError.Security"):
        return ConfigError(f"graph: {address} refuses the user or password; set SANDAN_GRAPH_PASSWORD (or graph_password_file) anew")
    if isinstance(exc, (faults.ConfigurationError, faults.AuthConfigurationError)):
        return ConfigError(f"graph: {address} cannot be used ({message}); write SANDAN_GRAPH=bolt://user@host:7687")
    if code.startswith("Neo.ClientError.Transaction.TransactionTimedOut"):
        return too_long(text)
    if "MemoryPool" in code or "Java heap space" in message or "exceeds implementation limit" in message:
        return BadQuery(f"{shown}: needs more memory than one query may use; ask for less, or for one step at a time with LIMIT")
    if code == REFUSED_WRITE:
        return BadQuery(f"{shown}: not a reading query; nothing can be changed here")
    if code.startswith("Neo.ClientError.Schema.Constraint") or isinstance(exc, faults.ConstraintError):
        return StoreError(f"{address}: two nodes have one id ({message}); run `sandan graph build`")
    if code in _CANNOT_WRITE_CODES or any(sign in message for sign in _CANNOT_WRITE_TEXTS):
        remedy = "free space on its disk, start it again, then run the command again"
        return StoreError(f"{address}: the server cannot write any more ({code}: {message}); {remedy}")
    if code.startswith(("Neo.ClientError.Statement", "Neo.ClientError.Procedure")):
        return BadQuery(f"{shown}: {message}")
    if isinstance(exc, faults.DriverError) or code.startswith("Neo.TransientError") or "Unavailable" in code:
        return StoreUnavailable(f"{address}: cannot be reached ({message}); start the server or correct SANDAN_GRAPH, then try again")
    return StoreError(f"{address}: {shown} failed ({code}: {message}); look into the server's log")
