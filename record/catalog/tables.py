"""Every list of the record in one readable table: columns with their kinds, keys, and the time at which customs could know a row."""

from typing import Any

from sandan.record.catalog.columns import Column, ListSpec


def _columns(text: str) -> tuple[Column, ...]:
    """Columns of `name:kind` words; `!` behind the kind: mandatory in a table."""
    made = []
    for word in text.split():
        name, kind = word.split(":")
        made.append(Column(name, kind.removesuffix("!").replace("_", " "), kind.endswith("!")))
    return tuple(made)


def _spec(name: str, text: str, key: str, columns: str, **more: Any) -> ListSpec:
    """A list from its key and columns as words; `more` are the other attributes of `ListSpec`."""
    return ListSpec(name, text, _columns(columns), tuple(key.split()), **more)


_SENT = "app_type:text app_time:time app_status:text "
_COMPANIES = "ebp_name:text ebc_name:text "

ORDERS = _spec(
    "orders",
    "What was sold: one row per order (CEB 311 import, 303 export).",
    "flow ebp_code order_no",
    "flow:flow ebp_code:code! order_no:text! ebc_code:code! goods_value:number! currency:currency! "
    + _SENT
    + _COMPANIES
    + "order_type:text "
    "freight:number discount:number tax_total:number actual_paid:number buyer_reg_no:text buyer_name:name buyer_telephone:telephone "
    "buyer_id_type:text buyer_id_number:identity pay_code:code pay_name:text pay_transaction_id:text batch_numbers:text consignee:name "
    "consignee_telephone:telephone consignee_address:address consignee_district:text note:text ordered_at:time",
    lines="order_items",
    known_by="app_time",
)
ORDER_ITEMS = _spec(
    "order_items",
    "Lines of orders.",
    "flow ebp_code order_no gnum",
    "flow:flow ebp_code:code! order_no:text! gnum:integer! item_name:goods! qty:number! price:number! ebc_code:code item_no:text "
    "gmodel:text item_describe:text bar_code:barcode unit:text total_price:number currency:currency country:country note:text " + _SENT,
    known_by="app_time",
)
PAYMENTS = _spec(
    "payments",
    "What was paid for an order (CEB 411 import, 403 export).",
    "flow ebp_code order_no pay_code pay_transaction_id",
    "flow:flow ebp_code:code! order_no:text! pay_code:code! pay_transaction_id:text! amount_paid:number! currency:currency! pay_time:time! "
    + _SENT + _COMPANIES + "ebc_code:code pay_name:text payer_id_type:text payer_id_number:identity payer_name:name telephone:telephone "
    "note:text",
    known_by="app_time",
)  # fmt: skip
WAYBILLS = _spec(
    "waybills",
    "What a carrier took over (CEB 511 import, 505 export).",
    "flow logistics_code logistics_no order_no",
    "flow:flow logistics_code:code! logistics_no:text! order_no:text weight:number! " + _SENT + "logistics_name:text bill_no:text "
    "freight:number insured_fee:number currency:currency pack_no:integer goods_info:goods consignee:name consignee_address:address "
    "consignee_telephone:telephone ebc_code:code ebc_name:text ebc_telephone:telephone note:text",
    known_by="app_time",
)
DELIVERIES = _spec(
    "deliveries",
    "State of a parcel as the carrier reports it.",
    "logistics_code logistics_no logistics_status",
    "flow:flow logistics_code:code! logistics_no:text! logistics_status:text! " + _SENT + "logistics_name:text logistics_time:time "
    "note:text",
    known_by="app_time",
)
INVENTORIES = _spec(
    "inventories",
    "Declarations: one row per parcel that is declared (CEB 621 import, 603 export).",
    "flow agent_code cop_no",
    "flow:flow ebp_code:code! order_no:text! logistics_code:code! logistics_no:text! customs_code:code! agent_code:code! decl_time:day! "
    + _SENT + "ebp_name:text ebc_code:code ebc_name:text logistics_name:text cop_no:text pre_no:text assure_code:code ems_no:text "
    "invt_no:text ie_flag:text port_code:code ie_date:day buyer_id_type:text buyer_id_number:identity buyer_name:name "
    "buyer_telephone:telephone consignee_address:address agent_name:text area_code:code area_name:text trade_mode:text traf_mode:text "
    "traf_no:text traf_name:text voyage_no:text bill_no:text loct_no:text license_no:text country:country freight:number "
    "insured_fee:number currency:currency wrap_type:text pack_no:integer gross_weight:number net_weight:number note:text "
    "statistics_flag:text owner_code:code owner_name:text iac_code:code iac_name:text total_package_no:text pod:text f_currency:currency "
    "f_flag:text i_currency:currency i_flag:text",
    lines="inventory_items",
    known_by="app_time",
)  # fmt: skip
INVENTORY_ITEMS = _spec(
    "inventory_items",
    "Lines of declarations.",
    "flow agent_code cop_no gnum",
    "flow:flow agent_code:code! cop_no:text! gnum:integer! gcode:goods_code! gname:goods! qty:number! unit:text! price:number! "
    "item_record_no:text item_no:text item_name:goods gmodel:text bar_code:barcode country:country trade_country:country "
    "currency:currency qty1:number unit1:text qty2:number unit2:text total_price:number note:text " + _SENT,
    known_by="app_time",
)
RECEIPTS = _spec(
    "receipts",
    "Answers of customs to messages (CEB 312 to 818, the even ones).",
    "kind flow customs_code agent_code ebp_code ebc_code order_no cop_no pre_no invt_no return_time return_status",
    "kind:code! return_status:text! return_time:time! flow:flow customs_code:code agent_code:code ebp_code:code ebc_code:code "
    "order_no:text cop_no:text pre_no:text invt_no:text statistics_flag:text return_info:text",
    known_by="return_time",
)
_CONCERNED = (
    "customs_code:code order_no:text ebp_code:code ebp_name:text ebc_code:code ebc_name:text logistics_no:text logistics_code:code "
    "logistics_name:text cop_no:text pre_no:text invt_no:text buyer_id_type:text buyer_id_number:identity buyer_name:name "
    "buyer_telephone:telephone agent_code:code agent_name:text reason:text note:text "
)
CANCELLATIONS = _spec(
    "cancellations",
    "Applications to cancel a declaration.",
    "flow agent_code cop_no invt_no",
    "flow:flow " + _CONCERNED + _SENT,
    known_by="app_time",
    as_table=False,
)
RETURNS = _spec(
    "returns",
    "Applications to return goods (CEB 625).",
    "flow agent_code cop_no invt_no",
    "flow:flow " + _CONCERNED + _SENT,
    lines="return_items",
    known_by="app_time",
    as_table=False,
)
RETURN_ITEMS = _spec(
    "return_items",
    "Lines of applications to return goods.",
    "flow agent_code cop_no invt_no gnum",
    "flow:flow agent_code:code cop_no:text invt_no:text gnum:integer gcode:goods_code gname:goods qty:number unit:text note:text " + _SENT,
    known_by="app_time",
    as_table=False,
)
_DUTIES = "customs_tax:number value_added_tax:number consumption_tax:number "
TAX_BILLS = _spec(
    "tax_bills",
    "Electronic tax bills (CEB 816, 818).",
    "tax_no",
    "tax_no:text! invt_no:text status:text return_time:time " + _DUTIES + "ent_duty_no:text assure_code:code ebc_code:code "
    "logistics_code:code agent_code:code customs_code:code order_no:text logistics_no:text note:text",
    lines="tax_bill_items",
    known_by="return_time",
)
TAX_BILL_ITEMS = _spec(
    "tax_bill_items",
    "Lines of tax bills.",
    "tax_no gnum",
    "tax_no:text! gnum:integer! gcode:goods_code tax_price:number " + _DUTIES + "return_time:time",
    known_by="return_time",
)
HOUSE_WAYBILLS = _spec(
    "house_waybills",
    "Express and post parcels: who sends what to whom, described in words.",
    "logistics_code logistics_no",
    "logistics_code:code! logistics_no:text! channel:text! sender_name:name! receiver_name:name! receiver_address:address! "
    "receiver_country:country! description:goods! declared_value:number! currency:currency! weight_kg:number! shipped_at:time! flow:flow "
    "sender_telephone:telephone sender_address:address receiver_telephone:telephone order_no:text ebp_code:code",
    known_by="shipped_at",
)
OTHER = _spec(
    "other",
    "Messages of the family that have no table of their own, kept as they came, without identity numbers.",
    "kind content",
    "kind:text! content:text! app_type:text app_time:time",
    known_by="app_time",
    as_table=False,
)
COMPANIES = _spec(
    "companies",
    "The register of companies.",
    "code name role registered_on",
    "code:code! name:text! role:text! registered_on:day! revoked_on:day uscc:code credit:text",
    known_by="registered_on",
    replaces=True,
)
PAYMENT_SERVICES = _spec(
    "payment_services",
    "Which payment provider works on which platform, and when.",
    "pay_code ebp_code active_from",
    "pay_code:code! ebp_code:code! active_from:day! active_to:day",
    known_by="active_from",
    replaces=True,
)
BRANDS = _spec(
    "brands",
    "Recorded intellectual property rights.",
    "brand aliases right_holder hs_prefixes recordation_no valid_to",
    "brand:text! aliases:text! right_holder:text! hs_prefixes:goods_codes! recordation_no:text! valid_to:day! valid_from:day",
    known_by="valid_from",
    replaces=True,
)
MARKET_PRICES = _spec(
    "market_prices",
    "Prices seen on the market.",
    "hs_code item_name currency seen_on",
    "hs_code:goods_code! item_name:goods! price:number! currency:currency! seen_on:day! brand:text bar_code:barcode platform:code",
    known_by="seen_on",
    replaces=True,
)
LISTINGS = _spec(
    "listings",
    "What was on sale on a platform.",
    "ebp_code item_name seen_on",
    "ebp_code:code! item_name:goods! seen_on:day! price:number currency:currency bar_code:barcode item_no:text url:text",
    known_by="seen_on",
    replaces=True,
)
EXCHANGE_RATES = _spec(
    "exchange_rates",
    "Value of currencies in CNY.",
    "currency valid_from",
    "currency:currency! cny:number! valid_from:day!",
    known_by="valid_from",
    replaces=True,
)
TAX_RATES = _spec(
    "tax_rates",
    "Rates of tax by the first digits of the commodity code.",
    "hs_prefix valid_from",
    "hs_prefix:goods_code! vat:number! consumption:number! valid_from:day! reduction:number",
    known_by="valid_from",
    replaces=True,
)
SCANS = _spec(
    "scans",
    "What an image-analysis system recognised in a parcel.",
    "logistics_no scanned_at recognised confidence",
    "logistics_no:text! scanned_at:time! recognised:text! confidence:ratio! logistics_code:code image:text brand:text prohibited:text",
    known_by="scanned_at",
    replaces=True,
)
WATCHLISTS = _spec(
    "watchlists",
    "Persons, telephones, addresses, companies, brands and goods to look at.",
    "kind value reason source level valid_from",
    "kind:text! value:watched! reason:text! source:text! level:text! valid_from:day! valid_to:day",
    known_by="valid_from",
    replaces=True,
)
RISK_PROFILES = _spec(
    "risk_profiles",
    "Combinations of traits to look at: goods, countries and words that together are worth a look.",
    "profile source valid_from",
    "profile:text! reason:text! source:text! valid_from:day! valid_to:day trade_flow:text hs_prefixes:goods_codes countries:text "
    "words:text",
    known_by="valid_from",
    replaces=True,
    meanings={
        "profile": "name of the profile",
        "reason": "why such consignments are worth a look",
        "source": "office that asks for it",
        "trade_flow": "`import` or `export`; empty: both",
        "hs_prefixes": "first digits of tariff codes, apart by `|`: one of them is declared",
        "countries": "two letters of ISO 3166, apart by `|`: the declaration, a line or the parcel names one of them",
        "words": "words of goods, apart by `|`: one of them stands in a list",
    },
)
TRACKING = _spec(
    "tracking",
    "Where a parcel really went.",
    "logistics_no event_at status",
    "logistics_no:text! event_at:time! status:text! logistics_code:code address:address source:text",
    known_by="event_at",
    replaces=True,
)
OUTCOMES = _spec(
    "outcomes",
    "Results of inspections: what the model learns from.",
    "flow ebp_code order_no logistics_code logistics_no inspected_at method",
    "flow:flow! inspected_at:time! method:text! outcome:text! ebp_code:code order_no:text logistics_code:code logistics_no:text "
    "probability:ratio note:text",
    known_by="inspected_at",
    replaces=True,
)

CATALOG: dict[str, ListSpec] = {
    spec.name: spec
    for spec in (
        ORDERS, ORDER_ITEMS, PAYMENTS, WAYBILLS, DELIVERIES, INVENTORIES, INVENTORY_ITEMS, RECEIPTS, CANCELLATIONS, RETURNS, RETURN_ITEMS,
        TAX_BILLS, TAX_BILL_ITEMS, HOUSE_WAYBILLS, OTHER, COMPANIES, PAYMENT_SERVICES, BRANDS, MARKET_PRICES, LISTINGS, EXCHANGE_RATES,
        TAX_RATES, SCANS, TRACKING, WATCHLISTS, RISK_PROFILES, OUTCOMES,
    )
}  # fmt: skip
