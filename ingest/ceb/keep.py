"""Messages that are recognised and kept, not parsed: without their signature, with identity numbers replaced."""

import copy
import datetime as dt
import re
from typing import Any

from lxml import etree

from sandan.ingest.ceb.messages import snake
from sandan.ingest.columns.privacy import without_numbers
from sandan.ingest.reject import BadFile
from sandan.record.ids import Keyring
from sandan.record.values import moment
from sandan.record.values.parties import identity

_IDENTITY = re.compile(r"Id(Number|No)$")
_INNER = re.compile(r"Id(?:Number|No)\s*>([^<]+)<")
_TELLING = 6
# A part of a number and nothing else.
_PART = re.compile(r"[\dXx\s./_-]+")
_DIGITS_ONLY = re.compile(r"[^\dXx]")
_LENGTH = 18
# No message of the standard has records of so many elements, elements of so many attributes, or names so many persons: hiding takes time in
# proportion to the product.
_MOST_ELEMENTS = 20_000
_MOST_ATTRIBUTES = 100
_MOST_NUMBERS = 500


def kept(element: etree._Element, kind: str, keyring: Keyring) -> list[Any]:
    """Kind, XML text, app_type, app_time and the text without `guid` of one record of an unparsed message.

    Identity elements, the same numbers anywhere else in the record, and valid identity numbers in any text or attribute become keyed
    hashes; comments go.

    Raises:
        BadFile: The record has more elements, attributes or numbers of persons than any of the standard.
    """
    _refuse_endless(element)
    record = copy.deepcopy(element)
    record.tail = None
    _remove(record, "Signature")
    _hide_numbers(record, keyring)
    text = etree.tostring(record, encoding="unicode")
    app_type, app_time = _child(record, "appType"), _moment(_child(record, "appTime") or _child(record, "returnTime"))
    _remove(record, "guid")
    said = "\x1e".join(f"{snake(etree.QName(e).localname)}={(e.text or '').strip()}" for e in record.iter("{*}*") if not len(e))
    return [kind, text, app_type, app_time, said]


def _refuse_endless(element: etree._Element) -> None:
    for n, one in enumerate(element.iter()):
        if n >= _MOST_ELEMENTS:
            raise BadFile("endless_record", f"a record of more than {_MOST_ELEMENTS} elements", "other")
        if len(one.attrib) > _MOST_ATTRIBUTES:
            raise BadFile("endless_record", f"an element of more than {_MOST_ATTRIBUTES} attributes", "other")


def _remove(record: etree._Element, name: str) -> None:
    for element in list(record.iter(f"{{*}}{name}")):
        parent = element.getparent()
        if parent is not None:
            parent.remove(element)


def _hide_numbers(record: etree._Element, keyring: Keyring) -> None:
    # A comment may tear a number in two.
    etree.strip_tags(record, etree.Comment, etree.ProcessingInstruction)
    elements = [e for e in record.iter() if isinstance(e.tag, str)]
    numbers = {e.text.strip() for e in elements if e.text and _IDENTITY.search(etree.QName(e).localname) and e.text.strip()}
    # A message that stands in a message as text, as in CEB900.
    numbers.update(found.strip() for e in elements for found in _INNER.findall(e.text or "") if found.strip())
    if len(numbers) > _MOST_NUMBERS:
        raise BadFile("endless_record", f"a record that names more than {_MOST_NUMBERS} persons", "other")

    def hidden(text: str) -> str:
        whole = text.strip()
        for number in numbers:
            # A short number, say a single digit, would tear other texts apart; it is hidden where it stands alone.
            if number in text and (len(number) >= _TELLING or whole == number):
                text = text.replace(number, keyring.hash("identity", identity.normal(number)))
        return without_numbers(text, keyring)

    for element in elements:
        element.tag = hidden(str(element.tag))
        element.text = hidden(element.text) if element.text else None
        element.tail = hidden(element.tail) if element.tail else None
        said = [(hidden(str(name)), hidden(str(value))) for name, value in element.attrib.items()]
        element.attrib.clear()
        element.attrib.update(said)
    _hide_torn(record, keyring)


def _hide_torn(record: etree._Element, keyring: Keyring) -> None:
    """Hide numbers that elements tear apart: `330106<br/>19900307<br/>4475`, or a part in each of several elements."""
    places = [
        (element, "text" if event == "start" else "tail") for event, element in etree.iterwalk(record, events=("start", "end"))
    ]  # in the order of the text
    written = [(place, text) for place in places if (text := (getattr(*place) or "").strip())]
    parts = [_DIGITS_ONLY.sub("", text) if _PART.fullmatch(text) else "" for _, text in written]
    for first, start in enumerate(parts):
        digits, last = start, first
        while digits and len(digits) < _LENGTH and last + 1 < len(parts) and parts[last + 1]:
            last += 1
            digits += parts[last]
        if first < last and len(digits) == _LENGTH and (hidden := without_numbers(digits, keyring, is_free=False)) != digits:
            for n in range(first, last + 1):
                setattr(*written[n][0], hidden if n == first else "")
                parts[n] = ""


def _child(record: etree._Element, name: str) -> str | None:
    found = next(iter(record.iter(f"{{*}}{name}")), None)
    return found.text.strip() if found is not None and found.text else None


def _moment(text: str | None) -> dt.datetime | None:
    try:
        return moment.parse_time(text) if text else None
    except ValueError:
        return None
