"""An address that a file keeps in several columns: street, town, postcode of one party."""

from collections.abc import Sequence

from sandan.ingest.foreign.names import words

# Column of the reference -> what the party is called in front of a part's name.
_PARTIES = {
    "receiver_address": "addressee receiver recipient consignee importer ship to delivery to buyer 收件人 收件 收货人 收货 收方 目的",
    "consignee_address": "consignee addressee receiver recipient ship to delivery buyer importer 收货人 收货 收件人 收件 订购人",
    "sender_address": "sender shipper consignor exporter from 寄件人 寄件 发件人 发件 发货人 发货 寄方",
    "address": "",
}
# Parts, from the country's largest to the house as Chinese writes them; the other way round elsewhere.
_PARTS = (
    ("province", "state", "region", "省", "省份", "州", "省州"),
    ("city", "locality", "town", "市", "城市", "地市"),
    ("district", "county", "suburb", "区", "区县", "县", "县区"),
    ("street", "street address", "street and number", "street name", "street no", "address line",
     "address line 1", "address1", "address 1", "premises", "road", "address", "乡镇", "街道", "详细地址",
     "街道地址"),
    ("street 2", "address line 2", "address2", "address 2", "house", "house number", "building", "门牌", "门牌号"),
    ("postcode", "postal code", "zip", "zip code", "邮编", "邮政编码"),
)  # fmt: skip
_TOWN, _STREET = 1, 3


def joined_address(column: str, names: Sequence[str]) -> list[str]:
    """Columns of a file that make an address together, in the order in which it is written; none if town or street is missing.

    Args:
        column: As the contract names it.
        names: Columns of the file.
    """
    found: dict[int, str] = {}
    for name in names:
        plain = words(name)
        for part, called in enumerate(_PARTS):
            if part not in found and any(_is_part(plain, party, word) for party in _parties(column) for word in called):
                found[part] = name
    if not found.keys() & {0, _TOWN, 2} or not found.keys() & {_STREET, 4}:
        return []
    is_chinese = any(not name.isascii() for name in found.values())
    order = sorted(found) if is_chinese else [part for part in (3, 4, 2, 1, 0, 5) if part in found]
    return [found[part] for part in order]


def _parties(column: str) -> list[str]:
    called = _PARTIES.get(column)
    if called is None:
        return []
    return [party.replace("_", " ") for party in called.replace("ship to", "ship_to").split()] or [""]


def _is_part(plain: str, party: str, word: str) -> bool:
    return plain in (f"{party} {word}".strip(), f"{party}{word}", f"{party}所在{word}", f"{word} of {party}")
