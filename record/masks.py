"""Masks: what of personal data may be shown; one definition for texts and for columns of Ibis."""

import ibis
import ibis.expr.types as ir

_MOST_STARS = 4


def mask_name(name: str | None) -> str:
    """A name with everything but its first character hidden: `王**`; a single character is hidden whole; empty text for none."""
    return f"{name[0] if len(name) > 1 else ''}{'*' * min(max(len(name) - 1, 1), _MOST_STARS)}" if name else ""


def mask_names(names: ir.StringValue) -> ir.StringValue:
    """As `mask_name`, of a column; the engine counts characters as Python does."""
    length = names.length()
    n_stars = ibis.least(ibis.greatest(length - 1, 1), _MOST_STARS)
    shown = (length > 1).ifelse(names.substr(0, 1), "")
    return (names.isnull() | (length == 0)).ifelse("", shown + ibis.literal("*" * _MOST_STARS).substr(0, n_stars))


def mask_telephone(number: str | None) -> str:
    """A telephone number of which the last four digits can be read; empty text for none.

    Of a number that is lent to one parcel (`record.values.telephone`) those of the shared number: its own digits name the person.
    """
    number, sign, own = (number or "").partition("#")
    shown = f"{'*' * max(len(number) - 4, 0)}{number[-4:]}" if len(number) > 4 else "*" * len(number)
    return shown + sign + "*" * len(own)


def mask_address(address: str | None) -> str:
    """The first six characters of an address, which name its region, never more than half of it; empty text for none."""
    return f"{address[: min(6, len(address) // 2)]}***" if address else ""
