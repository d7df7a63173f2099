#!/bin/sh
# quantulum3 reads the package behind a stroke as units: 25 kg/bag are 25 kilogram per barye per gram; multipliers go, or all of it.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
trap 'exit 1' INT TERM
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check quantulum3==0.10.0 inflect==7.6.0 num2words==0.5.14
cd "$folder"
"$folder/venv/bin/python" -W ignore - <<'PY'
import sys
from importlib.metadata import version

from quantulum3 import parser

# Text of a goods line -> what it says, and what is read.
CASES = {
    "25 kg/drum": ("25 kilogram", [(25.0, "kilogram")]),
    "25 kg/bag": ("25 kilogram", [(25.0, "kilogram per barye per gram")]),
    "800g/tin": ("800 gram", [(800.0, "gram per tonne per inch")]),
    "12 pcs/ctn": ("12 pieces", [(12.0, "set per carat per newton")]),
    "24 x 500ml": ("24 times 500 millilitre", [(24.0, "dimensionless"), (500.0, "cubic centimetre")]),
    "24*500ml": ("24 times 500 millilitre", []),
    "400g*3罐": ("3 times 400 gram", [(400.0, "gram")]),
}
print("quantulum3", version("quantulum3"))
print(
    "expected, quantulum3's README: it extracts quantities, measurements and their units from unstructured text; each text is a common "
    "way to write the specification of goods"
)
as_stated = True
for text, (meaning, stated) in CASES.items():
    seen = [(quantity.value, quantity.unit.name) for quantity in parser.parse(text)]
    as_stated &= seen == stated
    print(f"  {text}: expected {meaning}, seen {seen}")
print("as stated" if as_stated else "NOT AS STATED")
sys.exit(not as_stated)
PY

# seen:
# quantulum3 0.10.0
# expected, quantulum3's README: it extracts quantities, measurements and their units from unstructured text; each text is a common way to write the specification of goods
#   25 kg/drum: expected 25 kilogram, seen [(25.0, 'kilogram')]
#   25 kg/bag: expected 25 kilogram, seen [(25.0, 'kilogram per barye per gram')]
#   800g/tin: expected 800 gram, seen [(800.0, 'gram per tonne per inch')]
#   12 pcs/ctn: expected 12 pieces, seen [(12.0, 'set per carat per newton')]
#   24 x 500ml: expected 24 times 500 millilitre, seen [(24.0, 'dimensionless'), (500.0, 'cubic centimetre')]
#   24*500ml: expected 24 times 500 millilitre, seen []
#   400g*3罐: expected 3 times 400 gram, seen [(400.0, 'gram')]
# as stated
