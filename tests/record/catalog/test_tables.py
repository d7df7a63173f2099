"""The catalogue of lists against the contract's tables, which are written out here by hand."""

import pytest

from sandan.record.catalog.columns import FACTS, KINDS, LINE_FACTS, TIME, ListSpec
from sandan.record.catalog.tables import CATALOG

# Contracts 1.2 with the keys of 1.4: columns that a table must have.
MANDATORY = {
    "orders": "ebp_code order_no ebc_code goods_value currency",
    "order_items": "ebp_code order_no gnum item_name qty price",
    "payments": "ebp_code order_no pay_code pay_transaction_id amount_paid currency pay_time",
    "waybills": "logistics_code logistics_no weight",
    "deliveries": "logistics_code logistics_no logistics_status",
    "inventories": "ebp_code order_no logistics_code logistics_no customs_code agent_code decl_time",
    "inventory_items": "agent_code cop_no gnum gcode gname qty unit price",
    "house_waybills": "logistics_code logistics_no channel sender_name receiver_name receiver_address receiver_country description declared_value currency weight_kg shipped_at",
    "companies": "code name role registered_on",
    "payment_services": "pay_code ebp_code active_from",
    "brands": "brand aliases right_holder hs_prefixes recordation_no valid_to",
    "market_prices": "hs_code item_name price currency seen_on",
    "listings": "ebp_code item_name seen_on",
    "exchange_rates": "currency cny valid_from",
    "tracking": "logistics_no event_at status",
    "outcomes": "flow inspected_at method outcome",
    "receipts": "kind return_status return_time",
    "tax_bills": "tax_no",
    "tax_bill_items": "tax_no gnum",
    "tax_rates": "hs_prefix vat consumption valid_from",
    "scans": "logistics_no scanned_at recognised confidence",
    "watchlists": "kind value reason source level valid_from",
    "risk_profiles": "profile reason source valid_from",
}
# Columns that a table may have.
OPTIONAL = {
    "orders": "flow app_type app_time ordered_at",
    "house_waybills": "flow sender_telephone sender_address receiver_telephone order_no ebp_code",
    "companies": "revoked_on uscc credit",
    "payment_services": "active_to",
    "brands": "valid_from",
    "market_prices": "brand bar_code platform",
    "listings": "price currency bar_code item_no url",
    "tracking": "logistics_code address source",
    "outcomes": "ebp_code order_no logistics_code logistics_no probability note",
    "receipts": "flow cop_no pre_no invt_no order_no return_info",
    "tax_bills": "invt_no return_time status customs_tax value_added_tax consumption_tax order_no logistics_no",
    "tax_rates": "reduction",
    "scans": "logistics_code image brand prohibited",
    "watchlists": "valid_to",
    "risk_profiles": "valid_to trade_flow hs_prefixes countries words",
}
KEYS = {
    "orders": "flow ebp_code order_no",
    "order_items": "flow ebp_code order_no gnum",
    "payments": "flow ebp_code order_no pay_code pay_transaction_id",
    "waybills": "flow logistics_code logistics_no order_no",
    "deliveries": "logistics_code logistics_no logistics_status",
    "inventories": "flow agent_code cop_no",
    "inventory_items": "flow agent_code cop_no gnum",
    "house_waybills": "logistics_code logistics_no",
    "market_prices": "hs_code item_name currency seen_on",
    "exchange_rates": "currency valid_from",
    "outcomes": "flow ebp_code order_no logistics_code logistics_no inspected_at method",
    "tax_bills": "tax_no",
    "tax_bill_items": "tax_no gnum",
    "tax_rates": "hs_prefix valid_from",
    "watchlists": "kind value reason source level valid_from",
    "risk_profiles": "profile source valid_from",
}
KNOWN_BY = {
    "orders": "app_time", "order_items": "app_time", "payments": "app_time", "waybills": "app_time", "deliveries": "app_time",
    "inventories": "app_time", "inventory_items": "app_time", "other": "app_time", "house_waybills": "shipped_at", "companies": "registered_on",
    "payment_services": "active_from", "brands": "valid_from", "market_prices": "seen_on", "listings": "seen_on", "exchange_rates": "valid_from",
    "tracking": "event_at", "outcomes": "inspected_at", "receipts": "return_time", "cancellations": "app_time", "returns": "app_time",
    "return_items": "app_time", "tax_bills": "return_time", "tax_bill_items": "return_time", "tax_rates": "valid_from",
    "scans": "scanned_at", "watchlists": "valid_from", "risk_profiles": "valid_from",
}  # fmt: skip
REPLACED = {
    "companies", "payment_services", "brands", "market_prices", "listings", "exchange_rates", "tracking", "outcomes", "tax_rates", "scans",
    "watchlists", "risk_profiles",
}  # fmt: skip
SPECS = pytest.mark.parametrize("spec", CATALOG.values(), ids=CATALOG.keys())


def _names(spec: ListSpec) -> list[str]:
    return [column.name for column in spec.columns]


@pytest.mark.parametrize("name", MANDATORY)
def test_a_table_must_have_the_columns_of_the_contract_and_no_others(name: str) -> None:
    assert set(CATALOG[name].mandatory) == set(MANDATORY[name].split())


@pytest.mark.parametrize("name", OPTIONAL)
def test_a_table_may_have_the_optional_columns_of_the_contract(name: str) -> None:
    assert not set(OPTIONAL[name].split()) & set(CATALOG[name].mandatory)
    assert set(OPTIONAL[name].split()) <= set(_names(CATALOG[name]))


@pytest.mark.parametrize("name", KEYS)
def test_the_keys_are_those_of_the_contract(name: str) -> None:
    assert CATALOG[name].key == tuple(KEYS[name].split())


def test_every_list_says_by_which_time_customs_could_know_it() -> None:
    assert {name: spec.known_by for name, spec in CATALOG.items()} == KNOWN_BY


def test_reference_tables_are_replaced_by_a_later_batch_and_lists_are_not() -> None:
    assert {name for name, spec in CATALOG.items() if spec.replaces} == REPLACED


@SPECS
def test_no_column_stands_twice(spec: ListSpec) -> None:
    assert len(set(_names(spec))) == len(spec.columns)
    assert len(set(spec.schema.names)) == len(spec.schema.names)


@SPECS
def test_keys_and_known_by_are_columns_of_their_list(spec: ListSpec) -> None:
    assert set(spec.key) <= set(_names(spec))
    kinds = {column.name: column.kind for column in spec.columns}
    assert kinds[spec.known_by] in ("time", "day")


@SPECS
def test_the_lake_has_each_column_and_the_facts_of_its_transmission(spec: ListSpec) -> None:
    stored = [name for column in spec.columns for name, _ in column.stored]
    assert spec.schema.names == stored + FACTS.names + (LINE_FACTS.names if spec.is_lines else [])
    assert spec.schema.field("known_at").type == TIME


@SPECS
def test_no_list_has_a_column_for_an_identity_number_in_clear(spec: ListSpec) -> None:
    assert not [name for name in spec.schema.names if name.endswith(("id_number", "idnumber"))]
    for column in spec.columns:
        if column.kind == "identity":
            base = column.name.removesuffix("_number")
            assert [name for name, _ in column.stored] == [
                f"{base}{end}" for end in ("_hash", "_masked", "_birth_year", "_sex", "_region", "_valid")
            ]


def test_lines_belong_to_one_head_whose_key_they_share() -> None:
    lines = {spec.lines: spec for spec in CATALOG.values() if spec.lines}
    assert set(lines) == {name for name, spec in CATALOG.items() if spec.is_lines}
    for name, head in lines.items():
        assert CATALOG[name].key == (*head.key, "gnum")


def test_every_kind_is_used_and_known() -> None:
    assert {column.kind for spec in CATALOG.values() for column in spec.columns} == set(KINDS)
