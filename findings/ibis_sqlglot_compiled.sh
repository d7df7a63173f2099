#!/bin/sh
# Ibis takes any sqlglot from 23.4 on. With the compiled form of sqlglot 30 (extra `c`) it can not compile an interval or a pivot; with the
# plain form of the same version it can: the compiled classes refuse a text where Ibis gives one in place of an expression.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
trap 'exit 1' INT TERM
python3 -m venv "$folder/venv"
cd "$folder"
cat > program.py <<'PY'
import sys
from importlib.metadata import version

import ibis

rows = ibis.memtable({"k": [1, 1, 2], "name": ["a", "b", "a"], "x": [1.0, 2.0, 3.0]})
day = ibis.timestamp("2025-01-01 00:00:00")
wanted = {
    "interval": lambda: rows.select(later=day + ibis.interval(days=1)),
    "pivot": lambda: rows.pivot_wider(id_cols="k", names_from="name", values_from="x"),
    "join": lambda: rows.join(rows, "k"),
    "window": lambda: rows.mutate(n=ibis.row_number().over(group_by="k", order_by="x")),
}
seen = {}
for name, made in wanted.items():
    try:
        seen[name] = f"{made().to_pyarrow().num_rows} rows"
    except TypeError as exc:
        seen[name] = f"TypeError: {exc}"
print("ibis", version("ibis-framework"), "sqlglot", version("sqlglot"), sys.argv[1])
for name, what in seen.items():
    print(" ", name, "-", what)
failed = sorted(name for name, what in seen.items() if what.startswith("TypeError"))
assert failed == (["interval", "pivot"] if sys.argv[1] == "compiled" else []), failed
PY
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check 'ibis-framework[duckdb]==12.0.0' duckdb==1.5.6 sqlglot==30.30.0
"$folder/venv/bin/python" program.py plain
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check 'sqlglot[c]==30.30.0'
"$folder/venv/bin/python" program.py compiled

# seen:
# ibis 12.0.0 sqlglot 30.30.0 plain: interval 3 rows, pivot 2, join 5, window 3
# ibis 12.0.0 sqlglot 30.30.0 compiled: join 5 rows, window 3;
#   interval - TypeError: sqlglot.expressions.core.Expr or None object expected; got str
#   pivot - TypeError: sqlglot.expressions.core.Func object expected; got sqlglot.expressions.core.IgnoreNulls
