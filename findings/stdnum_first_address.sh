#!/bin/sh
# python-stdnum refuses the identity number of whoever is older than the code of the county that issued it, and of most whom Faker makes up.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
trap 'exit 1' INT TERM
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check python-stdnum==2.2 Faker==40.54.0
cd "$folder"
"$folder/venv/bin/python" - <<'PY'
import re
import sys
from collections import Counter
from importlib.metadata import version
from importlib.resources import files

from faker import Faker
from stdnum.cn import ric
from stdnum.exceptions import ValidationError

_FIRST_CARDS = 1984
print("python-stdnum", version("python-stdnum"), "Faker", version("Faker"))
print(
    "expected, GB 11643-1999: the first six digits are the county where the holder's household is registered (常住户口所在县). Numbers are "
    "given out since the trial regulations of 1984, also to those born before: a code in force then goes with any year of birth before"
)
# Code -> years in which it was in force, by python-stdnum's own list.
years, named, province = {}, {}, ""
for line in files("stdnum.cn").joinpath("loc.dat").read_text(encoding="utf-8").splitlines():
    if found := re.match(r'(\d\d) province="', line):
        province = found[1]
    elif found := re.match(r'  (\d{4}) county="([^"]*)"', line):
        named[province + found[1]] = found[2].split("]")[-1]
        spans = [re.match(r"(?:\[(\d*)-(\d*)\])?", entry).groups() for entry in found[2].split(",")]
        years[province + found[1]] = [(int(start or 0), int(end or 9999)) for start, end in spans]


def verdict(number):
    try:
        ric.validate(number)
    except ValidationError as error:
        return type(error).__name__
    return "valid"


def made_up(code, birth):
    body = f"{code}{birth}000"
    return body + ric.calc_check_digit(body + "0")


def could_be_given_out(number):
    born = int(number[6:10])
    return any(end >= max(start, born, _FIRST_CARDS) for start, end in years.get(number[:6], ()))


since_1983 = [code for code, spans in years.items() if spans == [(1983, 9999)] and named[code] not in ("市辖区", "县")]
seen = {birth: dict(Counter(verdict(made_up(code, birth)) for code in since_1983)) for birth in ("19700101", "19830101")}
for birth, verdicts in seen.items():
    print(f"  born {birth}, a code in force from 1983 to this day, {len(since_1983)} codes: expected all valid, seen {verdicts}")
Faker.seed(1)
fake = Faker("zh_CN")
numbers = [fake.ssn() for _ in range(5000)]
refused = [number for number in numbers if verdict(number) != "valid"]
possible = sum(map(could_be_given_out, refused))
print(f"  Faker's zh_CN.ssn(), seed 1, {len(numbers)} numbers: seen {len(refused)} refused; {possible} of these could be given out: expected valid")
as_stated = seen == {"19700101": {"InvalidComponent": 479}, "19830101": {"valid": 479}} and (len(refused), possible) == (3163, 3163)
print("as stated" if as_stated else "NOT AS STATED")
sys.exit(not as_stated)
PY

# seen:
# python-stdnum 2.2 Faker 40.54.0
# expected, GB 11643-1999: the first six digits are the county where the holder's household is registered (常住户口所在县). Numbers are given out since the trial regulations of 1984, also to those born before: a code in force then goes with any year of birth before
#   born 19700101, a code in force from 1983 to this day, 479 codes: expected all valid, seen {'InvalidComponent': 479}
#   born 19830101, a code in force from 1983 to this day, 479 codes: expected all valid, seen {'valid': 479}
#   Faker's zh_CN.ssn(), seed 1, 5000 numbers: seen 3163 refused; 3163 of these could be given out: expected valid
# as stated
