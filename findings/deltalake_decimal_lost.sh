#!/bin/sh
# Delta's reader and MERGE overlook a row by its own exact decimal: the log keeps the bounds of a file as binary floating point.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
trap 'exit 1' INT TERM
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check deltalake==1.6.6 pyarrow==26.0.1
cd "$folder"
"$folder/venv/bin/python" - <<'PY'
import json
import sys
from decimal import Decimal
from importlib.metadata import version
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
from deltalake import DeltaTable, write_deltalake

AMOUNT = Decimal("123456789012345.67")  # DECIMAL(18, 2): 17 digits
print("deltalake", version("deltalake"), "pyarrow", version("pyarrow"))
print(
    "expected, Delta Lake's PROTOCOL.md, Per-file Statistics: maxValues is equal to the largest value present in the file, or with wide "
    "bounds not less than any, so that leaving out files by them loses no row"
)
row = pa.table({"amount": pa.array([AMOUNT], pa.decimal128(18, 2))})
write_deltalake("payments", row)
table = DeltaTable("payments")
actions = [json.loads(line) for line in Path("payments/_delta_log/00000000000000000000.json").read_text().splitlines()]
[stats] = [json.loads(action["add"]["stats"], parse_float=str) for action in actions if "add" in action]
low, high = stats["minValues"]["amount"], stats["maxValues"]["amount"]
print(f"written {AMOUNT}; the log says: smallest {low}, largest {high}")

whole = table.to_pyarrow_table().filter(pc.field("amount") == pa.scalar(AMOUNT, pa.decimal128(18, 2))).num_rows
equal = table.to_pyarrow_table(filters=[("amount", "=", AMOUNT)]).num_rows
at_most = table.to_pyarrow_table(filters=[("amount", "<=", AMOUNT)]).num_rows
print(f"rows with amount = {AMOUNT}: read whole and then filtered {whole}, expected 1 of the filtering reader too, seen {equal}")
print(f"rows with amount <= {AMOUNT}: expected 1, seen {at_most}")
exact = f"amount = arrow_cast('{AMOUNT}', 'Decimal128(18, 2)')"
deleted = table.delete(exact)["num_deleted_rows"]
left = DeltaTable("payments").to_pyarrow_table().num_rows
print(f"DELETE of it: expected 1 row deleted and 0 left, seen {deleted} deleted and {left} left")
as_stated = (whole, equal, at_most, deleted, left) == (1, 0, 0, 0, 1) and low == high == "123456789012345.69"
print("as stated" if as_stated else "NOT AS STATED")
sys.exit(not as_stated)
PY

# seen:
# deltalake 1.6.6 pyarrow 26.0.1
# expected, Delta Lake's PROTOCOL.md, Per-file Statistics: maxValues is equal to the largest value present in the file, or with wide bounds not less than any, so that leaving out files by them loses no row
# written 123456789012345.67; the log says: smallest 123456789012345.69, largest 123456789012345.69
# rows with amount = 123456789012345.67: read whole and then filtered 1, expected 1 of the filtering reader too, seen 0
# rows with amount <= 123456789012345.67: expected 1, seen 0
# DELETE of it: expected 1 row deleted and 0 left, seen 0 deleted and 1 left
# as stated
