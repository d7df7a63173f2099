"""Two kinds of code of one company: customs' registration (ten characters) and the unified social credit code (eighteen).

The lists in force have the register's code wherever the register of companies knows the other one (`record.frames`).
"""

import ibis.expr.types as ir

_UNIFIED = r"^[0-9A-Z]{18}$"


def is_unified(code: ir.StringValue) -> ir.BooleanValue:
    """Whether a code is a unified social credit code by its form."""
    return code.re_search(_UNIFIED)


def other_company(first: ir.StringValue, second: ir.StringValue) -> ir.BooleanValue:
    """Whether two codes name two companies; codes of two kinds cannot be compared and name none, nor do empty ones."""
    one, other = is_unified(first), is_unified(second)
    # Not `one == other`: two tests of texts are not compared in the SQL that Ibis writes for Spark.
    return ((first != second) & ((one & other) | ~(one | other))).fill_null(False)
