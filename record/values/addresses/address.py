"""Addresses: their parts, a normal form that bears different writings of one place, and how alike two are."""

import re
from collections import Counter
from typing import NamedTuple, TypeVar

from sandan.record.values import code, mask
from sandan.record.values.addresses import abroad, corps, division
from sandan.record.values.addresses.place import kind_of_folded, place_kind
from sandan.record.values.text import HAN_LETTERS, folded, simplified

__all__ = ["AddressParts", "likeness", "normal", "parts", "place_kind", "province", "shown_likeness"]

# Customs territories of their own, which the lists give as countries.
_TERRITORIES = {"香港": "HK", "澳门": "MO", "台湾": "TW"}
_EASTERN = re.compile(rf"[぀-ヿ㐀-鿿가-힣豈-﫿{HAN_LETTERS}]")
_JUNK = re.compile(rf"[^\w#{HAN_LETTERS}-]+|_+")
_COUNTRY = re.compile(r"(?:中华人民共和国|中国|prchina|china|prc|chn(?=[㐀-鿿])|cn(?=[㐀-鿿]))+")
_POST_WORD = re.compile(r"(?:邮政编码|邮编)[^\w]{0,3}(\d{6})(?!\d)")
_POSTCODE_BEFORE = re.compile(r"\d{6}(?!\d)")
# Units behind a number; any of them, or a dash, parts two numbers.
_UNIT = re.compile(r"#|(?<=[0-9a-z一二三四五六七八九十甲乙丙丁#])(?:号楼|单元|[号栋幢座室房层楼弄区])")
# A suffix left out or put in behind a name makes no other place: 高新区, 高新.
_DIVISION = re.compile(r"[省市县]|(?<![0-9a-z一二三四五六七八九十甲乙丙丁])区")
_DASHES = re.compile(r"-{2,}")
_NUMBERS = re.compile(r"\d+")
_NOT_LETTERS = re.compile(rf"[^぀-ヿ㐀-鿿가-힣豈-﫿{HAN_LETTERS}]+")
# The shortest name of a street: 人民路.
_STREET = 3
_ENDS = " ,.;:()/|，。、"
_BEHIND_FLAT = "号室层幢栋户弄"
# Characters that would be read as the suffix of the short name before them.
_SUFFIXES = ("旗", "盟", "州", "自")
_WHOLE = ("区", "县", "市", "旗")
_MOST_PASSES = 4
# A form's own field for the town, behind which people write the whole address again.
_TOWN = re.compile(r"[㐀-鿿]{1,8}?(?:街道|[镇乡])")
# Behind an address to which a lent telephone number belongs: its last digits.
_LENT = re.compile(
    r"\s*(?:\[(?:转接?)?\d{3,6}\]|【(?:转接?)?\d{3,6}】|\((?:转接?\d{3,6}|(?<=[室号户]\()\d{4})\)|(?<=[室号户])-\d{4}|(?:转接?|分机号?)\s*\d{3,6})$"
)
# What forms and programs put around an address: its label, a word for an empty field, the codes of the divisions before their names.
_LABEL = re.compile(r"^(?:(?:收[货件]?人?|详细|配送|送货|收件)?地址|addr(?:ess)?)\s*:\s*")
_EMPTY_FIELD = re.compile(r"[\s,;|/_^~#>-]+(?:null|undefined|none|nan|无|其[他它]区?)(?=[\s,;|/_^~#>-])")
_OTHER_DISTRICT = re.compile(r"其[他它]区?(?![一-鿿]?[省市县])")
_CODED = re.compile(r"(?<!\d)[1-8]\d{5}(?!\d)\s*(?=[㐀-鿿])")
# What the courier is to do, in brackets behind the address.
_NOTE = re.compile(r"\((?:放|请|勿|不要|别|电联|打电话|送货|送到|联系|周末|工作日|到了|快递)[^()]*\)$")
_PIECES = re.compile(r"[\s,;|/_^~>]+")
_FLAT = re.compile(r"(?:[\da-z-]+(?:室|号|户|单元|[栋幢座]|号?楼|层)?)+")
_CHINA = re.compile(r"(?:中华人民共和国|中国|prchina|china|prc|chn|cn)+")
_MOST_PIECES = 12
_T = TypeVar("_T")


class AddressParts(NamedTuple):
    """What an address says; None where it does not say it.

    Attributes:
        norm: The whole in one writing.
        country: ISO letters. Hong Kong, Macao and Taiwan are customs territories of their own and stand here with their letters.
        province: Of China in short, `浙江`; a state of the United States, Canada or Australia in its letters.
        city: `杭州市`; the name of a municipality again; abroad in Latin letters.
        district: District or county, `余杭区`.
        postcode: As written, in capitals.
        kind: `home`, `locker`, `forwarder`, `dormitory` or `unknown`.
        detail: What stands behind the divisions, in one writing.
    """

    norm: str | None
    country: str | None
    province: str | None
    city: str | None
    district: str | None
    postcode: str | None
    kind: str
    detail: str | None

    @property
    def stored(self) -> tuple[str | None, str | None, str | None, str | None, str | None, str | None, str]:
        """The parts that the lists keep beside the text, in the order of their columns."""
        return self[:7]


def parts(text: str, country: str | None = None) -> AddressParts:
    """An address taken apart.

    The normal form does not depend on the country said. Where the text names another country than the list, the list's is kept, and the
    parts that belong to the other one are left out.

    Args:
        text: As written, in Chinese or Latin letters.
        country: The country that a list gives for it: ISO letters, customs' number or name.
    """
    plain = _one_writing(text)
    shown = mask.shown_of_address(plain)
    if shown is None:
        return _read(plain, country)
    # What is hidden may be anything: where the place lies is known as far as it is said, its normal form is not.
    return _read(shown, country)._replace(norm=None, detail=_read(plain, country).detail)


def _one_writing(text: str) -> str:
    """An address folded and simplified, without what forms and programs put around it, the largest division first."""
    plain = simplified(folded(text))
    if not plain.isascii():
        plain = _NOTE.sub("", _LENT.sub("", _LABEL.sub("", plain)))
        plain = _EMPTY_FIELD.sub("", plain)
        coded = list(_CODED.finditer(plain))
        if len(coded) > 1 and coded[0].start() == 0:
            plain = _CODED.sub("", plain)
        plain = _largest_first(plain)
    return corps.one_writing(plain)


def _largest_first(plain: str) -> str:
    """An address whose divisions stand behind it, the smallest first, as in Latin ones: 文一西路969号, 余杭区, 杭州市, 浙江省."""
    pieces = [piece for piece in _PIECES.split(plain) if piece]
    if not 1 < len(pieces) <= _MOST_PIECES or division.find(pieces[0]).province:
        return plain
    behind = [piece for piece in reversed(pieces) if not _CHINA.fullmatch(piece) and not piece.isdecimal()]
    for n in range(len(behind) - 1, 0, -1):
        head = "".join(behind[:n])
        found = division.find(head)
        if found.province and found.end == len(head):
            rest = behind[n:]
            return head + " ".join(rest if _FLAT.fullmatch(rest[-1]) else reversed(rest))
    return plain


def _read(plain: str, country: str | None) -> AddressParts:
    said = code.country(country) if country else None
    kind = kind_of_folded(plain)
    if plain.isascii() or not _EASTERN.search(plain):
        latin, abroad_parts = abroad.normal(plain), abroad.read(plain, said)
        return AddressParts(latin, abroad_parts.country, abroad_parts.state, abroad_parts.city, None, abroad_parts.postcode, kind, latin)
    plain, postcode = _without_postcode(plain)
    found, detail, own = _divided(plain)
    if found.province:
        own = _TERRITORIES.get(found.province, "CN")
        postcode = postcode or _before(plain)
    norm: str | None = found.short + detail
    if found.district is None or detail.startswith(_SUFFIXES) or "编" in detail:
        norm = _settled(found.short + detail)
    if said is not None and own is not None and said != own and not (said == "CN" and own in _TERRITORIES.values()):
        return AddressParts(norm, said, None, None, None, None, kind, detail or None)
    return AddressParts(norm, said or own, found.province, found.city, found.district, postcode, kind, detail or None)


def normal(text: str) -> str | None:
    """One writing of an address; None if nothing is left.

    `浙江省杭州市余杭区文一西路969号3幢501室`, `杭州余杭区文一西路９６９号3-501` and the same with a postcode behind give one form.
    Latin text loses its punctuation and gets short words for street, road and the like.
    """
    return parts(text).norm


def province(normal_form: str | None) -> str | None:
    """Name of the Chinese province-level division that a normal form begins with; None if it begins with none."""
    return division.find(normal_form).province if normal_form else None


def likeness(first: str, second: str) -> float:
    """How alike two normal forms are, in [0, 1]: 1 for one place only, about 0 for places that share nothing.

    Letters count by pairs of neighbours (Dice), numbers by how many stand in both and how many of them follow the same number: two flats
    of one house are alike, not equal, and 3-501 is not 501-3. An address that is another one with the end left out is nearly equal; a
    house number cut in two is another house.
    """
    if first == second:
        return 1.0
    short, long = sorted((first, second), key=len)
    if len(short) >= 4 and long.startswith(short) and not (short[-1].isdigit() and long[len(short)].isdigit()):
        return 0.95
    letters = _dice(_pairs(_NUMBERS.sub(" ", first)), _pairs(_NUMBERS.sub(" ", second)))
    numbers_a, numbers_b = _NUMBERS.findall(first), _NUMBERS.findall(second)
    if not numbers_a or not numbers_b:
        return min(letters, 0.99)
    numbers = 0.5 * _dice(Counter(numbers_a), Counter(numbers_b)) + 0.5 * _dice(_followers(numbers_a), _followers(numbers_b))
    return min(0.7 * letters + 0.3 * numbers, 0.99)


def shown_likeness(first: str, second: str) -> tuple[float, bool]:
    """How alike two addresses can be of which one or both are masked, and whether they name two provinces.

    What is hidden fits everything, so 1 says no more than that nothing shown differs. Divisions count as far as both name them, the
    street as far as it is shown; house numbers do not.

    Args:
        first: One of them, as written or in normal form.
        second: The other.
    """
    one, other = parts(first), parts(second)
    if not one.province or not other.province or not (_EASTERN.search(first) and _EASTERN.search(second)):
        return 1.0, False
    if one.province != other.province:
        return 0.0, True
    if _apart(one.city, other.city):
        return 0.3, False
    streets = _streets_alike(first, second)
    return (min(streets, 0.7), False) if _apart(one.district, other.district) else (streets, False)


def _apart(one: str | None, other: str | None) -> bool:
    return one is not None and other is not None and one != other


def _streets_alike(first: str, second: str) -> float:
    """Likeness of the letters behind the divisions, as far as they are shown; a street's name may have another name around it."""
    names = []
    for text in (first, second):
        plain = _one_writing(text)
        shown = mask.shown_of_address(plain)
        _, detail, _ = _divided(_without_postcode(plain if shown is None else shown)[0])
        names.append(_NOT_LETTERS.sub("", detail))
    short, long = sorted(names, key=len)
    if len(short) < _STREET or short in long:
        return 1.0
    return _dice(_pairs(short), _pairs(long[: len(short) + _STREET]))


def _divided(plain: str) -> tuple[division.Found, str, str | None]:
    """The divisions, the rest in one writing, and the country if it is named in front."""
    if not plain.isalnum():
        plain = _JUNK.sub("", plain)
    own, start = None, 0
    match = _COUNTRY.match(plain)
    if match is not None:
        own, start = "CN", match.end()
    found = division.find(plain[start:])
    if not found.short:
        before = _POSTCODE_BEFORE.match(plain, start)
        behind = _COUNTRY.match(plain, before.end()) if before else None
        at = behind.end() if behind else before.end() if before else start
        if at != start and (later := division.find(plain[at:])).short:
            found, start = later, at
        elif own is None:
            own = _foreign(plain)
    found, end = _repeated(found, plain, start + found.end)
    if found.city and (other := _OTHER_DISTRICT.match(plain, end)):
        end = other.end()
    detail = _once_only(found, plain[end:])
    detail = _UNIT.sub("-", _DIVISION.sub("", detail))
    return found, _DASHES.sub("-", detail).strip("-"), own


def _repeated(found: division.Found, plain: str, end: int) -> tuple[division.Found, int]:
    """The divisions and where the rest begins if they are said again before it: by a form that puts them before what people wrote whole."""
    for _ in range(_MOST_PASSES):
        again = division.find(plain[end:])
        if not found.province or again.province != found.province:
            break
        if (found.city and again.city and found.city != again.city) or (again.district and found.district not in (None, again.district)):
            break
        if found.city and not again.city:
            again = again._replace(city=found.city, district=found.district, short=found.short)
        elif found.district and not again.district:
            again = again._replace(district=found.district, short=found.short)
        found, end = again, end + again.end
    return found, end


def _once_only(found: division.Found, detail: str) -> str:
    """What stands behind the divisions, where they are said again behind the town: 仓前街道杭州市余杭区仓前街道… is 仓前街道…."""
    town = _TOWN.match(detail)
    if town is None or found.city is None:
        return detail
    rest = detail[town.end() :]
    again = division.find(rest)
    if again[:3] != found[:3] or not rest[: again.end].endswith(_WHOLE):
        return detail
    behind = rest[again.end :]
    return behind if behind.startswith(town.group()) else town.group() + behind


def _settled(norm: str) -> str | None:
    """The form that reads as itself: what the first reading has laid bare (省浙江省) is read again."""
    for _ in range(_MOST_PASSES):
        if not _EASTERN.search(norm):
            return abroad.normal(norm)
        plain, _ = _without_postcode(norm)
        found, detail, _ = _divided(plain)
        if found.short + detail == norm:
            break
        norm = found.short + detail
    return norm


def _without_postcode(plain: str) -> tuple[str, str | None]:
    """The text without postcodes at its end or behind the word for one, and the last of them."""
    postcode = None
    if "编" in plain and (match := _POST_WORD.search(plain)) is not None:
        postcode = match.group(1)
        plain = f"{plain[: match.start()]} {plain[match.end() :]}"
    end = len(plain)
    while end > 0 and plain[end - 1] in _ENDS:
        end -= 1
    while end > 6 and plain[end - 6 : end].isdecimal() and _parted(plain, end - 6):
        postcode = postcode or plain[end - 6 : end]
        end -= 6
        while end > 0 and plain[end - 1] in _ENDS:
            end -= 1
    return plain[:end], postcode


def _parted(plain: str, at: int) -> bool:
    """Whether the number that begins here stands alone: behind a space, or behind a flat with its unit."""
    before = plain[at - 1]
    return before in _ENDS or (before in _BEHIND_FLAT and at > 1 and plain[at - 2].isdigit())


def _before(plain: str) -> str | None:
    match = _POSTCODE_BEFORE.match(plain)
    return match.group() if match else None


def _foreign(plain: str) -> str | None:
    """The country whose Chinese name stands in front: 美国加州."""
    for length in (2, 3, 4, 5):
        if (iso := code.COUNTRIES.get(plain[:length])) is not None and not plain[:length].isascii():
            return iso
    return None


def _pairs(text: str) -> Counter[str]:
    return Counter(text[i : i + 2] for i in range(len(text) - 1))


def _followers(numbers: list[str]) -> Counter[tuple[str, str]]:
    return Counter(zip(["", *numbers], numbers, strict=False))


def _dice(a: Counter[_T], b: Counter[_T]) -> float:
    total = a.total() + b.total()
    return 2 * (a & b).total() / total if total else 0.0
