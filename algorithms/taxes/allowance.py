"""How much of the year's limit a person has used before each declaration, and which limit a declaration exceeds."""

import ibis
import ibis.expr.types as ir

from sandan.algorithms.taxes.limits import IBIS_MONEY, LIMITS


def with_allowance(declared: ir.Table) -> ir.Table:
    """Declarations with what their buyers had used of the calendar year's limit before, and the limit that each exceeds.

    What was declared above a limit counts as used too: it is added to the year's sum (circular Cai Guan Shui 2018 no. 49). With part of
    the data the sums are lower bounds.

    Args:
        declared: person (null: unknown), day (of the declaration in Beijing, whose calendar year counts), at (the moment by which
            declarations follow each other), order_no and consignment_id (decide between two of one moment), dutiable (CNY, decimal), counts
            (whether it uses the allowance: not once it was refused, cancelled or returned).

    Returns:
        The same with quota_used (CNY, decimal; null where the person is unknown), tax_over (`transaction`, `year` or empty).
    """
    year = declared.day.year()
    order = [declared[name] for name in ("day", "at", "order_no", "consignment_id")]
    before = ibis.window(group_by=[declared.person, year], order_by=order, preceding=(None, 1))
    counted = declared.counts.ifelse(declared.dutiable, 0).cast(IBIS_MONEY)
    used = ibis.coalesce(counted.sum().over(before), ibis.literal(0)).cast(IBIS_MONEY)
    used = declared.person.notnull().ifelse(used, ibis.null(IBIS_MONEY))
    made = declared.mutate(quota_used=used)
    over = ibis.cases(
        (made.dutiable > limit_on(made.day, "transaction"), "transaction"),
        ((made.quota_used + made.dutiable).cast(IBIS_MONEY) > limit_on(made.day, "year"), "year"),
        else_="",
    )
    return made.mutate(tax_over=over)


def limit_on(day: ir.DateValue, name: str) -> ir.DecimalValue:
    """The limit `transaction` or `year` in force on a day, CNY."""
    *newer, (_, oldest) = LIMITS
    branches = [(day >= ibis.literal(first), ibis.literal(getattr(limits, name)).cast(IBIS_MONEY)) for first, limits in newer]
    return ibis.cases(*branches, else_=ibis.literal(getattr(oldest, name)).cast(IBIS_MONEY))
