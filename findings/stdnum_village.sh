#!/bin/sh
# python-stdnum refuses the social credit code of every village, township and military institution: it wants digits where the standard has letters.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
trap 'exit 1' INT TERM
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check python-stdnum==2.2
cd "$folder"
"$folder/venv/bin/python" - <<'PY'
import sys
from importlib.metadata import version

from stdnum.cn import uscc
from stdnum.exceptions import ValidationError

# First two characters of a code -> whom they stand for, and what is seen.
CASES = {
    "91": ("company", "valid"),
    "52": ("private non-enterprise unit", "valid"),
    "N2": ("collective economy of a village", "InvalidFormat"),
    "N3": ("collective economy of a township", "InvalidFormat"),
    "A1": ("institution of the military", "InvalidFormat"),
    "Y1": ("other", "InvalidFormat"),
}
print("python-stdnum", version("python-stdnum"))
print(
    "expected, GB 32100-2015 with amendment 1: the first character is the registering authority, a digit or a capital letter, and A, N and Y "
    "are given out; python-stdnum's own words: the number consists of 18 digits or uppercase English letters, digit 1 is the authority"
)
as_stated = True
for begin, (meaning, stated) in CASES.items():
    body = f"{begin}110000MA0000001"[:17]
    code = body + uscc.calc_check_digit(body)
    try:
        uscc.validate(code)
        seen = "valid"
    except ValidationError as error:
        seen = type(error).__name__
    as_stated &= seen == stated
    print(f"  {code} ({meaning}): expected valid, seen {seen}")
print("as stated" if as_stated else "NOT AS STATED")
sys.exit(not as_stated)
PY

# seen:
# python-stdnum 2.2
# expected, GB 32100-2015 with amendment 1: the first character is the registering authority, a digit or a capital letter, and A, N and Y are given out; python-stdnum's own words: the number consists of 18 digits or uppercase English letters, digit 1 is the authority
#   91110000MA0000001L (company): expected valid, seen valid
#   52110000MA0000001M (private non-enterprise unit): expected valid, seen valid
#   N2110000MA00000014 (collective economy of a village): expected valid, seen InvalidFormat
#   N3110000MA00000011 (collective economy of a township): expected valid, seen InvalidFormat
#   A1110000MA0000001K (institution of the military): expected valid, seen InvalidFormat
#   Y1110000MA0000001Y (other): expected valid, seen InvalidFormat
# as stated
