"""What the embedded library says of a statement that failed, as one of sandan's errors."""

import re
from collections.abc import Mapping

from sandan.graph.store.values import without_parameters
from sandan.record.errors import BadQuery, SandanError, StoreError

_USER_FAULTS = (
    "Parser exception",
    "Binder exception",
    "Catalog exception",
    "Conversion exception",
    "Runtime exception",
    "Overflow exception",
)
# The store computes every branch of what chooses between them: an error in one that is not chosen is an error here, and not on Neo4j.
_BRANCH_FAULTS = ("Runtime exception", "Conversion exception", "Overflow exception")
_CHOOSES = re.compile(r"\b(CASE|COALESCE|AND|OR)\b", re.IGNORECASE)
_EVERY_BRANCH = "; every branch is computed here, also one that is not chosen: leave such rows out with WHERE, or divide by nullif(x, 0)"


def query_error(said: str, text: str, parameters: Mapping[str, object], timeout_s: float) -> SandanError:
    """What the library said of a statement that failed, as one of sandan's errors, without the values of parameters."""
    message = without_parameters(said.split("\n", 1)[0], parameters)
    shown = " ".join(text.split())[:200]
    if message.startswith("Interrupted"):
        return BadQuery(f"{shown}: stopped after {timeout_s:g} s; ask for less, or for one step at a time with LIMIT")
    if message.startswith("Buffer manager exception"):
        return BadQuery(f"{shown}: needs more memory than one query may use; ask for less, or for one step at a time with LIMIT")
    if message.startswith(_USER_FAULTS):
        is_of_a_branch = message.startswith(_BRANCH_FAULTS) and _CHOOSES.search(text)
        return BadQuery(f"{shown}: {message}{_EVERY_BRANCH if is_of_a_branch else ''}")
    if message.startswith("Assertion failed"):
        return BadQuery(
            f"{shown}: the embedded graph cannot run it; name steps with WITH, and keep parameters out of toString() and the like"
        )
    return StoreError(f"{shown}: the embedded graph failed ({message}); run `sandan graph check`")
