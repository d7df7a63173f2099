"""Masks: what of personal data may be shown; for texts, for columns of Ibis, and as macros of DuckDB."""

import ibis
import ibis.expr.types as ir

_MOST_STARS = 4
# As `mask_name`, `mask_telephone` and `mask_address`, which takes the normal form of an address where there is one.
MASK_MACROS = f"""
create macro masked_name(t) as case when coalesce(t, '') = '' then ''
  else (case when length(t) > 1 then substr(t, 1, 1) else '' end) || repeat('*', least(greatest(length(t) - 1, 1), {_MOST_STARS})) end;
create macro masked_digits(t) as case when length(t) > 4 then repeat('*', length(t) - 4) || right(t, 4) else repeat('*', length(t)) end;
create macro masked_telephone(t) as case when coalesce(t, '') = '' then '' else masked_digits(split_part(t, '#', 1))
  || (case when contains(t, '#') then '#' || repeat('*', length(t) - length(split_part(t, '#', 1)) - 1) else '' end) end;
create macro masked_text(t) as case when t = '' then '' else substr(t, 1, least(6, length(t) // 2)) || '***' end;
create macro masked_address(norm, written) as masked_text(coalesce(nullif(norm, ''), written, ''));
"""


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
