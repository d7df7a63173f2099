#!/bin/sh
# Splink's "Levenshtein distance <= n" on DuckDB counts the bytes of UTF-8: one other Chinese character is one, two or three edits.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
trap 'exit 1' INT TERM
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check \
    splink==5.0.0 duckdb==1.5.6 sqlglot==30.30.0 pyarrow==26.0.1 rapidfuzz==3.14.6
cd "$folder"
"$folder/venv/bin/python" - <<'PY'
import logging
import sys
from importlib.metadata import version

import duckdb
import pyarrow as pa
import splink.comparison_library as cl
from rapidfuzz.distance import Levenshtein
from splink import DuckDBAPI, Linker, SettingsCreator

logging.disable(logging.CRITICAL)
# Pairs of names, edits in characters, and what DuckDB gives.
PAIRS = [("王玫", "王玲", 1, 1), ("李娜", "李妮", 1, 2), ("张伟", "张玮", 1, 3), ("王玲", "玉玫", 2, 2)]

print("splink", version("splink"), "duckdb", version("duckdb"), "rapidfuzz", version("rapidfuzz"))
[(words,)] = duckdb.sql("SELECT DISTINCT description FROM duckdb_functions() WHERE function_name = 'levenshtein'").fetchall()
print("expected, in the words of duckdb_functions():", words)

comparison = cl.LevenshteinAtThresholds("name", [1, 2])
levels = comparison.get_comparison("duckdb").comparison_levels
label = {level.comparison_vector_value: level.label_for_charts for level in levels}
rows = [{"unique_id": f"{i}{side}", "pair": i, "name": pair[place]} for i, pair in enumerate(PAIRS) for place, side in enumerate("ab")]
api = DuckDBAPI()
settings = SettingsCreator(link_type="dedupe_only", comparisons=[comparison], blocking_rules_to_generate_predictions=["l.pair = r.pair"])
linker = Linker(api.register(pa.Table.from_pylist(rows)), settings)
found = linker.inference.predict().as_duckdbpyrelation().order("unique_id_l").select("name_l, name_r, gamma_name").fetchall()

as_stated = "single-character edits" in words and len(found) == len(PAIRS)
for (left, right, characters, stated), row in zip(PAIRS, found, strict=True):
    [(edits,)] = duckdb.execute("SELECT levenshtein(?, ?)", [left, right]).fetchall()
    as_stated &= row[:2] == (left, right) and edits == stated and Levenshtein.distance(left, right) == characters
    as_stated &= label[row[2]] == (f"Levenshtein distance of name <= {stated}" if stated <= 2 else "All other comparisons")
    print(f"{left} {right}: expected {characters} (rapidfuzz {Levenshtein.distance(left, right)}), seen {edits}; Splink's level: {label[row[2]]}")
print("one character differs in 张伟 张玮, two in 王玲 玉玫: Splink finds the second pair alike and the first not")
print("as stated" if as_stated else "NOT AS STATED")
sys.exit(not as_stated)
PY

# seen:
# splink 5.0.0 duckdb 1.5.6 rapidfuzz 3.14.6
# expected, in the words of duckdb_functions(): The minimum number of single-character edits (insertions, deletions or substitutions) required to change one string to the other. Characters of different cases (e.g., `a` and `A`) are considered different.
# 王玫 王玲: expected 1 (rapidfuzz 1), seen 1; Splink's level: Levenshtein distance of name <= 1
# 李娜 李妮: expected 1 (rapidfuzz 1), seen 2; Splink's level: Levenshtein distance of name <= 2
# 张伟 张玮: expected 1 (rapidfuzz 1), seen 3; Splink's level: All other comparisons
# 王玲 玉玫: expected 2 (rapidfuzz 2), seen 2; Splink's level: Levenshtein distance of name <= 2
# one character differs in 张伟 张玮, two in 王玲 玉玫: Splink finds the second pair alike and the first not
# as stated
