"""Whether a file is of persons, and which lists have room for them."""

from collections.abc import Mapping

from sandan.ingest.foreign.names import likeness
from sandan.ingest.foreign.probes import Looks
from sandan.record.catalog.columns import ListSpec

# Kinds that are of persons only, and how near a list without them is to a file with some.
_PERSONAL = ("telephone", "identity", "address")
_WITHOUT_PEOPLE = 0.6
_OF_RECEIVERS = ("receiver_address", "receiver_telephone", "consignee_address", "consignee_telephone", "payer_id_number")
_SAME_WORDS = 0.95
# A few broken cells do not make a column another one.
_MOST_CELLS = 0.8


def room_for_people(spec: ListSpec, looks: Mapping[str, Looks]) -> float:
    """Less than 1 for a list that keeps no person where the file does: a declaration is no table of prices, whatever else they share."""
    is_personal = any(
        seen.fits.get("identity", 0.0) >= _MOST_CELLS or any(likeness(column, name) >= _SAME_WORDS for column in _OF_RECEIVERS)
        for name, seen in looks.items()
    )
    return 1.0 if not is_personal or any(column.kind in _PERSONAL for column in spec.columns) or spec.is_lines else _WITHOUT_PEOPLE
