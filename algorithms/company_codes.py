"""Two kinds of code of one company: customs' registration (ten characters) and the unified social credit code (eighteen)."""

from collections.abc import Mapping

import ibis.expr.types as ir

from sandan.algorithms.bench import Bench

_UNIFIED = r"^[0-9A-Z]{18}$"


def with_one_code(bench: Bench, table: ir.Table, columns: Mapping[str, str]) -> ir.Table:
    """The table with codes of companies as unified codes where the register of companies knows them, as they are elsewhere.

    Args:
        bench: Tables of the run.
        table: Has the codes.
        columns: New column -> column with a code.
    """
    register = bench.current("companies")
    known = register.filter(register.uscc.notnull() & (register.uscc != register.code))
    known = known.group_by("code").aggregate(_uscc=known.uscc.min(), _n=known.uscc.nunique())
    known = known.filter(known._n == 1).select(_code="code", _uscc="_uscc")
    for new, old in columns.items():
        joined = table.left_join(known, table[old] == known._code)
        table = joined.mutate(**{new: joined._uscc.coalesce(joined[old])}).drop("_code", "_uscc")
    return table


def is_unified(code: ir.StringValue) -> ir.BooleanValue:
    """Whether a code is a unified social credit code by its form."""
    return code.re_search(_UNIFIED)


def other_company(first: ir.StringValue, second: ir.StringValue) -> ir.BooleanValue:
    """Whether two codes of `with_one_code` name two companies; codes of two kinds cannot be compared and name none, nor do empty ones."""
    return ((first != second) & (is_unified(first) == is_unified(second))).fill_null(False)
