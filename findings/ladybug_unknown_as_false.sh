#!/bin/sh
# Ladybug takes an unknown among values for false: NOT IN and none() return rows that openCypher leaves out.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
trap 'exit 1' INT TERM
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check ladybug==0.22.0
cd "$folder"
"$folder/venv/bin/python" - <<'PY'
import sys
from importlib.metadata import version

import ladybug

# Condition -> its value by the TCK and the scenario; what Ladybug gives.
CASES = [
    ("4 IN [1, null, 3]", None, "list/List5 [25]", False),
    ("none(x IN [0, null] WHERE x = 2)", None, "quantifier/Quantifier1 [10]", True),
    ("single(x IN [2, null] WHERE x = 2)", None, "quantifier/Quantifier2 [10]", True),
    ("any(x IN [0, null] WHERE x = 2)", None, "quantifier/Quantifier3 [10]", False),
    ("all(x IN [2, null] WHERE x = 2)", None, "quantifier/Quantifier4 [10]", False),
    ("[1, 2] = [null, 2]", None, "list/List3 [4]", False),
]
print("ladybug", version("ladybug"))
print("expected: openCypher's TCK 2024.3, tck/features/expressions/...; Ladybug's page of differences to Neo4j names none of these")
connection = ladybug.Connection(ladybug.Database(":memory:"))


def rows(statement):
    return [row[0] for row in connection.execute(statement).get_all()]


as_stated = True
for condition, expected, scenario, stated in CASES:
    [seen] = rows(f"RETURN {condition}")
    as_stated &= seen is stated
    print(f"  {condition}: expected {expected} ({scenario}), seen {seen}")
connection.execute("CREATE NODE TABLE Bill(no STRING, payers STRING[], PRIMARY KEY(no))")
connection.execute("CREATE (:Bill {no: '1', payers: ['A', 'B']}), (:Bill {no: '2', payers: ['A', null]}), (:Bill {no: '3', payers: ['A', 'C']})")
statement = "MATCH (o:Bill) WHERE none(payer IN o.payers WHERE payer = 'C') RETURN o.no ORDER BY o.no"
clear = rows(statement)
print(f"bills that C certainly did not pay, where one payer of bill 2 is unknown: expected ['1'], seen {clear}")
as_stated &= clear == ["1", "2"]
statement = "MATCH (o:Bill) WHERE NOT 'C' IN o.payers RETURN o.no ORDER BY o.no"
print(f"the same with NOT 'C' IN: expected ['1'], seen {rows(statement)}")
as_stated &= rows(statement) == ["1", "2"]
print("as stated" if as_stated else "NOT AS STATED")
sys.exit(not as_stated)
PY

# seen:
# ladybug 0.22.0
# expected: openCypher's TCK 2024.3, tck/features/expressions/...; Ladybug's page of differences to Neo4j names none of these
#   4 IN [1, null, 3]: expected None (list/List5 [25]), seen False
#   none(x IN [0, null] WHERE x = 2): expected None (quantifier/Quantifier1 [10]), seen True
#   single(x IN [2, null] WHERE x = 2): expected None (quantifier/Quantifier2 [10]), seen True
#   any(x IN [0, null] WHERE x = 2): expected None (quantifier/Quantifier3 [10]), seen False
#   all(x IN [2, null] WHERE x = 2): expected None (quantifier/Quantifier4 [10]), seen False
#   [1, 2] = [null, 2]: expected None (list/List3 [4]), seen False
# bills that C certainly did not pay, where one payer of bill 2 is unknown: expected ['1'], seen ['1', '2']
# the same with NOT 'C' IN: expected ['1'], seen ['1', '2']
# as stated
