#!/bin/sh
# Two validators of XML Schema disagree on times at a bound: one refuses 24:00:00, the other reads a time without a zone as UTC.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
trap 'exit 1' INT TERM
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check lxml==6.1.3 xmlschema==4.3.2 elementpath==5.1.4
cd "$folder"
"$folder/venv/bin/python" - <<'PY'
import sys
from importlib.metadata import version

import xmlschema
from lxml import etree

SCHEMA = (
    '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"><xs:element name="time"><xs:simpleType><xs:restriction base="xs:dateTime">'
    '<xs:minInclusive value="2025-01-01T00:00:00Z"/></xs:restriction></xs:simpleType></xs:element></xs:schema>'
)
# Time -> valid by the standard, by lxml, by xmlschema.
CASES = {
    "2025-01-01T08:00:00+08:00": (True, True, True),
    "2024-12-31T24:00:00Z": (True, False, True),
    "2025-01-01T00:00:00": (False, False, True),
    "2025-01-01T13:59:59": (False, True, True),
    "2025-01-01T14:00:01": (True, True, True),
}
print("lxml", version("lxml"), "libxml2", ".".join(map(str, etree.LIBXML_VERSION)), "xmlschema", version("xmlschema"))
print(
    "expected, XML Schema 1.0 Part 2, second edition: 24:00:00 is the first instant of the following day (3.2.7.1); a time without a zone "
    "and one with are in order only where they are at any zone from -14:00 to +14:00 (3.2.7.4), and minInclusive wants that order (4.3.10)"
)
print("bound: minInclusive 2025-01-01T00:00:00Z")
by_lxml, by_xmlschema = etree.XMLSchema(etree.fromstring(SCHEMA)), xmlschema.XMLSchema10(SCHEMA)
as_stated = True
for time, (expected, *stated) in CASES.items():
    document = f"<time>{time}</time>"
    seen = [by_lxml.validate(etree.fromstring(document)), by_xmlschema.is_valid(document)]
    as_stated &= seen == stated
    print(f"  {time}: expected valid {expected}, seen of lxml {seen[0]}, of xmlschema {seen[1]}")
print("as stated" if as_stated else "NOT AS STATED")
sys.exit(not as_stated)
PY

# seen:
# lxml 6.1.3 libxml2 2.14.6 xmlschema 4.3.2
# expected, XML Schema 1.0 Part 2, second edition: 24:00:00 is the first instant of the following day (3.2.7.1); a time without a zone and one with are in order only where they are at any zone from -14:00 to +14:00 (3.2.7.4), and minInclusive wants that order (4.3.10)
# bound: minInclusive 2025-01-01T00:00:00Z
#   2025-01-01T08:00:00+08:00: expected valid True, seen of lxml True, of xmlschema True
#   2024-12-31T24:00:00Z: expected valid True, seen of lxml False, of xmlschema True
#   2025-01-01T00:00:00: expected valid False, seen of lxml False, of xmlschema True
#   2025-01-01T13:59:59: expected valid False, seen of lxml True, of xmlschema True
#   2025-01-01T14:00:01: expected valid True, seen of lxml True, of xmlschema True
# as stated
