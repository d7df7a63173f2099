#!/bin/sh
# Ibis writes no brackets around RLIKE and LIKE that stand in a comparison. Spark reads comparison and match from left to right, so the
# comparison swallows half of the match: an error on most texts, and another answer where the texts read as booleans, as flags 1 and 0 do.
# Needs Java 17.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
trap 'exit 1' INT TERM
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check 'ibis-framework[duckdb,pyspark]==12.0.0' pyspark==4.0.5 duckdb==1.5.6 'sqlglot<30' setuptools
cd "$folder"
cat > program.py <<'PY'
from importlib.metadata import version

import ibis
from pyspark.sql import SparkSession

ROWS = {"number": ["XP1", "CN2"], "flag": ["1", "0"], "paid": [True, False]}
WANTED = {
    "paid = flag like 1": lambda t: t.paid == t.flag.re_search("^1"),
    "number like XP = paid": lambda t: t.number.re_search("^XP") == t.paid,
    "number like XP = flag like 1": lambda t: t.number.re_search("^XP") == t.flag.re_search("^1"),
}
session = SparkSession.builder.master("local[1]").config("spark.ui.enabled", "false").config("spark.log.level", "OFF").getOrCreate()
engines = {"duckdb": ibis.duckdb.connect(), "spark": ibis.pyspark.connect(session)}
print("ibis", version("ibis-framework"), "pyspark", version("pyspark"), "duckdb", version("duckdb"))
seen = {}
for name, condition in WANTED.items():
    for engine, con in engines.items():
        table = ibis.memtable(ROWS)
        try:
            answer = con.to_pyarrow(table.order_by(table.number.desc()).select(x=condition(table)))["x"].to_pylist()
        except Exception as exc:
            answer = str(exc).partition("]")[0].strip() + "]"
        seen[name, engine] = answer
        print(f"  {name} - {engine}: {answer}")
session.stop()
assert all(seen[name, "duckdb"] == [True, True] for name in WANTED)
assert [seen[name, "spark"] for name in WANTED] == [[False, False], "[CAST_INVALID_INPUT]", "[PARSE_SYNTAX_ERROR]"]
PY
"$folder/venv/bin/python" program.py 2> "$folder/errors" || { tail -5 "$folder/errors"; exit 1; }

# seen (ibis 12.0.0, pyspark 4.0.5, duckdb 1.5.6), two rows that fulfil each condition:
#   paid = flag like 1            duckdb True, True   spark False, False
#   number like XP = paid         duckdb True, True   spark CAST_INVALID_INPUT
#   number like XP = flag like 1  duckdb True, True   spark PARSE_SYNTAX_ERROR
