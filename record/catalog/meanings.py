"""What the columns of the record's tables mean, and in which unit: the text of the reference in `docs/reference/`."""

from sandan.record.catalog.tables import CATALOG

# Column -> meaning, and behind `@` the unit; a column of one table alone may have it in `record/catalog/tables.py`.
# One that means something else in one table stands under `table.column` too.
_TEXTS = """
active_from: first day of the service
active_to: last day of the service; empty: it goes on
actual_paid: what the buyer paid: goods + freight + tax - discount @ of `currency`
address: where the parcel was at the event
agent_code: company that declares, customs code or unified credit code
agent_name: its name
aliases: other writings of the brand, apart by `|`
amount_paid: what was paid @ of `currency`
app_status: 1 draft (kept, never matched), 2 sent
app_time: when the message was sent, which is not when the thing happened
app_type: 1 new, 2 change, 3 deletion
area_code: special customs area
area_name: its name
assure_code: company that guarantees for the tax
bar_code: bar code of the goods (GTIN)
batch_numbers: batch numbers of the goods
bill_no: bill of lading or air waybill that the parcel travels on
brand: brand of the goods
brands.brand: name of the brand; the key of the graph's node
buyer_id_number: identity number of the buyer; kept as keyed hash and mask only
buyer_id_type: 1 identity card, 2 other document
buyer_name: name of the buyer
buyer_reg_no: account of the buyer on the platform
buyer_telephone: telephone of the buyer
channel: `cbec`, `post` or `express`
cny: value of one unit @ CNY
code: code of the company in the register
confidence: how sure the system is @ 0 to 1
consignee: name of the consignee
consignee_address: address of the consignee
consignee_district: administrative division of the consignee
consignee_telephone: telephone of the consignee
consumption: rate of consumption tax @ share, not per cent
consumption_tax: consumption tax @ CNY
content: the message
cop_no: number that the declarant gave the declaration
country: country of origin or of departure, at export of destination
credit: `aeo`, `registered` or `dishonest`
currency: currency of the amounts of the row
exchange_rates.currency: the currency that is valued
customs_code: customs office
customs_tax: customs duty @ CNY
decl_time: day of the declaration
declared_value: value of the goods as the sender states it @ of `currency`
description: the goods in the sender's words
discount: part that was not paid in cash @ of `currency`
ebc_code: seller, customs code or unified credit code
ebc_name: its name
ebc_telephone: its telephone
ebp_code: platform, customs code or unified credit code; empty or 无: the seller stands for it
ebp_name: its name
ems_no: number of the account book of bonded goods
ent_duty_no: number of the tax bill at the company
event_at: when it happened
f_currency: currency of the freight
f_flag: how the freight is stated: 1 rate, 2 unit price, 3 total
flow: `import` or `export`
freight: freight @ of `currency`
gcode: commodity code of the tariff
gmodel: specification of the goods
gname: name of the goods as declared
gnum: number of the line, from 1
goods_info: the goods in the carrier's words
goods_value: value of the goods without freight and tax @ of `currency`
gross_weight: weight with packing @ kg
hs_code: commodity code or its first digits
hs_prefix: first digits of the commodity code
hs_prefixes: first digits of the commodity codes of the brand's goods, apart by `|`
i_currency: currency of the insurance
i_flag: how the insurance is stated: 1 rate, 3 total
iac_code: company in the special area
iac_name: its name
ie_date: day on which the goods enter or leave
ie_flag: I import, E export
image: file of the picture
inspected_at: when it was inspected
insured_fee: insurance @ of `currency`
invt_no: number that customs gave the declaration
item_describe: description on the platform
item_name: name of the goods on the platform
item_no: the seller's number of the goods
item_record_no: number of the goods in the bonded account book
kind: message that it came as, such as CEB622
other.kind: root element of the message
watchlists.kind: `person`, `telephone`, `address`, `company`, `brand` or `goods`
level: `watch` or `control`
license_no: licence
loct_no: place of customs supervision
logistics_code: carrier, customs code or unified credit code
logistics_name: its name
logistics_no: number of the parcel
logistics_status: state of the parcel, `S` signed for
logistics_time: when it reached the state
method: `xray`, `physical`, `document`, `phone` or `tracking`
name: name of the company
net_weight: weight without packing @ kg
note: remark
order_no: number of the order on the platform
order_type: I import, E export, W, B or others of the specification
ordered_at: when the order was placed; messages do not say it
outcome: `compliant`, `forged`, `undervalued`, `ipr` or `prohibited`
owner_code: company that owns the goods
owner_name: its name
pack_no: number of packages @ pieces
pay_code: payment provider, customs code or unified credit code
pay_name: its name
pay_time: when the payment was made
pay_transaction_id: number of the payment at the provider
payer_id_number: identity number of the payer; kept as keyed hash and mask only
payer_id_type: 1 identity card, 2 other document
payer_name: name of the payer
platform: platform on which the price was seen
pod: port or place of destination
port_code: port of entry or exit
pre_no: number that the system gave before customs accepted it
price: price of one `unit` @ of `currency`
probability: chance with which it was chosen for inspection @ 0 to 1
prohibited: prohibited goods that were recognised, apart by `|`
qty: quantity @ `unit`
qty1: quantity in the first legal unit @ `unit1`
qty2: quantity in the second legal unit @ `unit2`
reason: why it is applied for, or why it is listed
receiver_address: address of the receiver
receiver_country: country of the receiver
receiver_name: name of the receiver
receiver_telephone: telephone of the receiver
recognised: goods that were recognised, apart by `|`
recordation_no: number of the record at customs
reduction: share of the tax that is due, 0.7 for retail import @ share, not per cent
registered_on: first day in the register
return_info: answer in words
return_status: state that customs gives
return_time: when customs answered
revoked_on: day on which the registration ended
right_holder: owner of the right
role: `platform`, `seller`, `payment`, `logistics` or `agent`
scanned_at: when it was scanned
seen_on: day on which it was seen
sender_address: address of the sender
sender_name: name of the sender
sender_telephone: telephone of the sender
shipped_at: when it was sent
source: who says it
statistics_flag: whether it counts in the statistics
tax_bills.status: state of the bill
tracking.status: what happened: signed for, put into a locker, ...
tax_no: number of the tax bill
tax_price: dutiable value of the line @ CNY
tax_total: tax that the platform withheld @ of `currency`
telephone: telephone of the payer
total_package_no: number of the bag or pallet
total_price: price of the line @ of `currency`
trade_country: country of trade
trade_mode: supervision mode, such as 1210, 9610 or 9710
traf_mode: mode of transport
traf_name: name of the vehicle or vessel
traf_no: number of the vehicle or vessel
unit: unit of `qty`, customs' code
unit1: first legal unit, customs' code
unit2: second legal unit, customs' code
url: page of the goods
uscc: unified social credit code of the company
valid_from: first day on which it holds
valid_to: last day on which it holds
value: whom or what to look at
value_added_tax: value-added tax @ CNY
vat: rate of value-added tax @ share, not per cent
voyage_no: voyage or flight
weight: weight of the parcel @ kg
weight_kg: weight of the parcel @ kg
wrap_type: kind of packing
"""
_COLUMNS: dict[str, str] = dict(line.split(": ", 1) for line in _TEXTS.strip().splitlines())

# Kind of a column -> what is stored of it, and how a text of it is read.
KINDS: dict[str, str] = {
    "text": "text",
    "code": "text; spaces and signs are no part of it",
    "goods code": "digits of the tariff",
    "goods codes": "digits of the tariff, apart by `|`",
    "flow": "`import` or `export`; `import` where it is left out",
    "currency": "ISO 4217 letters; customs' numbers are read too",
    "country": "two letters of ISO 3166; customs' numbers and names are read too",
    "number": "decimal, 19 digits, 5 behind the point",
    "ratio": "float64",
    "integer": "int64",
    "time": "instant in UTC, microseconds; ISO 8601 or YYYYMMDDhhmmss, Beijing time without an offset",
    "day": "date in Beijing",
    "name": "text, and its normal form in `_norm`",
    "telephone": "text, and its normal form in `_norm`",
    "address": "text; its normal form in `_norm`, and its parts in `_country`, `_province`, `_city`, `_district`, `_postcode`, `_kind`",
    "goods": "text, and its normal form in `_norm`",
    "barcode": "digits",
    "watched": "text, for a person a keyed hash; its normal form in `_norm`",
    "identity": "never the number: `_hash` (keyed), `_masked`, `_birth_year`, `_sex`, `_region`, `_valid`",
}
# What every row has besides.
FACTS: dict[str, str] = {
    "record_id": "id of this version of the row",
    "key_id": "id of what the row is about; versions of one thing share it",
    "known_at": "when customs could know it: the table's own time, else when it was received",
    "received_at": "when sandan read it",
    "signature": "`none`, `unchecked`, `valid`, `untrusted`, `invalid` or `unsupported`",
    "defects": "defects of quality, apart by `|`",
    "received_as": "what the message called it",
    "message_guid": "number of the message",
    "cop_code": "company that transmitted it",
    "dxp_id": "address at the exchange platform",
    "batch_id": "batch that it came with",
    "file": "file that it came in",
    "position": "record within the file, from 1",
    "parent_id": "of a line: `record_id` of its head",
}


def meaning_of(table: str, column: str) -> tuple[str, str]:
    """Meaning and unit of a column; an empty unit where it has none.

    Raises:
        KeyError: Nothing is written of the column.
    """
    written = CATALOG[table].meanings.get(column) or _COLUMNS.get(f"{table}.{column}") or _COLUMNS.get(column)
    if written is None:
        raise KeyError(f"{table}.{column}: write its meaning beside it in record/catalog/tables.py")
    meaning, _, unit = written.partition(" @ ")
    return meaning, unit


def known_columns() -> frozenset[str]:
    """Every key that has a text: `column` or `table.column`."""
    return frozenset(_COLUMNS)
