"""Small inputs after what people met with such data in life: each must come out right.

The inputs lie in `cases` beside the official samples; without them the tests are skipped. Their kinds, with other values, are tested where
the values are read. What scores them is slow: each scores a home of its own.
"""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sandan.dashboard.address import Address, consignment_path
from sandan.dashboard.routing import page_at
from sandan.graph.store.access import open_store
from sandan.ingest.foreign.guess import first_mapping
from sandan.jobs import cli
from sandan.record.catalog.tables import CATALOG
from sandan.record.lake.frames import Frames, connect
from sandan.record.lake.lake import Lake
from sandan.record.settings import load_settings
from sandan.record.values.addresses import address

Answer = tuple[int, str, str]


class Case:
    """A home, and what became of the one input that it read."""

    def __init__(self, home: Path, run: Callable[..., Answer], path: Path) -> None:
        self.home, self.run, self.path = home, run, path
        self.code, out, self.err = run("ingest", path, "--format", "json")
        self.account: dict[str, Any] = json.loads(out)

    def counts(self, *places: str) -> tuple[int, ...]:
        return tuple(self.account[place] for place in places)

    def rejects(self) -> list[dict[str, str]]:
        return list(self.printed("rejects"))

    def printed(self, *arguments: str) -> Any:
        code, out, err = self.run(*arguments, "--format", "json")
        assert code == 0, err
        return json.loads(out)

    def rows(self, name: str) -> list[dict[str, Any]]:
        con = connect(threads=1)
        try:
            found: list[dict[str, Any]] = Frames(Lake(self.home / "lake"), con, None).current(name).to_pyarrow().to_pylist()
            return found
        finally:
            con.disconnect()

    def scored(self) -> list[dict[str, Any]]:
        code, _, err = self.run("score")
        assert code == 0, err
        alerts: list[dict[str, Any]] = self.printed("alerts", "--all")
        return alerts

    def typologies(self) -> set[str]:
        return {name for alert in self.scored() for name in alert["typologies"].split("|") if name}

    def ask(self, statement: str) -> list[tuple[Any, ...]]:
        with open_store(load_settings(self.home)) as store:
            return [tuple(row) for row in store.query(statement, {}, max_rows=100, timeout_s=60).rows]


@pytest.fixture
def case(shared: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Case]:
    def run(*arguments: str | Path) -> Answer:
        capsys.readouterr()
        monkeypatch.setattr(sys, "argv", ["sandan", *map(str, arguments)])
        monkeypatch.setenv("SANDAN_HOME", str(tmp_path / "home"))
        try:
            cli.main()
            code = 0
        except SystemExit as exc:
            code = exc.code if isinstance(exc.code, int) else int(bool(exc.code))
        printed = capsys.readouterr()
        return code, printed.out, printed.err

    def give(name: str) -> Case:
        (path,) = (shared / "cases").glob(f"{name}-*")
        return Case(tmp_path / "home", run, path)

    return give


@pytest.fixture
def mapping(shared: Path) -> Callable[[str], list[str]]:
    """The lines of a first mapping for an input, without what stands behind a line as remark."""

    def give(name: str) -> list[str]:
        (path,) = (shared / "cases").glob(f"{name}-*")
        return first_mapping(path).splitlines()

    return give


@pytest.mark.parametrize("name", ["k1a", "k1c", "k1d"])
def test_a_message_without_a_recognised_record_is_rejected(case: Callable[[str], Case], name: str) -> None:
    read = case(name)
    assert (read.code, *read.counts("read", "rejected")) == (65, 1, 1)
    (reject,) = read.rejects()
    assert reject["reason_code"]
    assert reject["reason"]


@pytest.mark.parametrize(("name", "list_name", "lines"), [("k2a", "orders", "order_items"), ("k2c", "inventories", "inventory_items")])
def test_two_heads_in_a_record_never_share_lines(case: Callable[[str], Case], name: str, list_name: str, lines: str) -> None:
    read = case(name)
    if read.account["loaded"]:
        key = "order_no" if list_name == "orders" else "cop_no"
        heads, found = {row[key] for row in read.rows(list_name)}, read.rows(lines)
        assert (len(heads), len(found), {row[key] for row in found}) == (2, 2, heads)
    else:
        assert read.account["rejected"] == read.account["read"] >= 1


def test_lines_in_a_wrapper_are_read_or_the_record_is_refused(case: Callable[[str], Case]) -> None:
    read = case("k3a")
    assert read.counts("rejected") == (1,) or read.counts("loaded", "lines") == (1, 2)


def test_an_order_without_lines_is_refused_or_counted_as_a_defect(case: Callable[[str], Case]) -> None:
    read = case("k3c")
    defects = [row for row in read.printed("measure") if row["n"] and "line" in row["definition"].lower() and row["value"]]
    assert read.counts("rejected") == (1,) or defects


@pytest.mark.slow
@pytest.mark.parametrize("name", ["k4a", "k4c"])
def test_an_extension_behind_a_mobile_number_names_the_person(case: Callable[[str], Case], name: str) -> None:
    read = case(name)
    assert read.scored()
    assert read.ask("MATCH (p:Phone) RETURN count(*)") == [(2,)]
    assert read.ask("MATCH (a)-[:REACHED_AT]->(:Phone)<-[:REACHED_AT]-(b) WHERE a.id < b.id RETURN a.masked_name, b.masked_name") == []
    assert read.ask("MATCH (p:Person) RETURN count(*)") == [(2,)]


@pytest.mark.slow
def test_a_masked_telephone_is_nobodys(case: Callable[[str], Case]) -> None:
    read = case("k5a")
    assert read.scored()
    assert read.ask("MATCH (p:Phone) RETURN count(*)") == [(0,)]
    assert read.ask("MATCH (p:Person) RETURN count(*)") == [(2,)]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "typology"),
    [
        ("k5c", "payer_not_buyer"), ("k6a", "platform_mismatch"), ("k6c", "payer_not_buyer"), ("k6d", "payer_not_buyer"),
        ("k6e", "missing_waybill"), ("k11g", "address_mismatch"), ("k11i", "address_mismatch"), ("k12a", "payer_not_buyer"),
        ("k12c", "payer_not_buyer"), ("k15a", "platform_mismatch"),
    ],
)  # fmt: skip
def test_an_honest_consignment_raises_nothing(case: Callable[[str], Case], name: str, typology: str) -> None:
    read = case(name)
    assert (read.code, *read.counts("read", "loaded", "rejected")) == (0, 4, 4, 0)
    found = read.typologies()
    assert typology not in found
    assert found <= {"missing_payment", "missing_order"} - {typology}, found
    assert not any("two names" in finding["because"] for finding in read.printed("findings"))


@pytest.mark.parametrize(("name", "number"), [("k7a", "2026100112345000001"), ("k7c", "2026100112345000003")])
def test_a_mark_of_spreadsheets_is_no_part_of_a_key(case: Callable[[str], Case], name: str, number: str) -> None:
    read = case(name)
    if not read.account["rejected"]:
        (row,) = read.rows("payments")
        assert row["order_no"] == number
        assert row["pay_transaction_id"] == "42000020261001220000000" + number[-3:]


def test_numbers_that_lost_digits_are_rejected(case: Callable[[str], Case]) -> None:
    read = case("k7d")
    assert read.counts("read", "rejected", "duplicate", "loaded") == (2, 2, 0, 0)


def test_a_column_that_is_named_twice_is_refused_by_name(case: Callable[[str], Case]) -> None:
    read = case("k8a")
    (reject,) = read.rejects()
    assert read.code == 65
    assert "order_no" in reject["reason"]


@pytest.mark.parametrize(
    ("name", "lines"),
    [
        ("k9a", ['discount = "非现金抵扣金额"', 'app_type = "报送类型"', 'app_status = "业务状态"', 'buyer_reg_no = "订购人注册号"', 'buyer_id_type = "订购人证件类型"', 'table = "orders"']),
        ("k9c", ['table = "inventories"', 'trade_mode = "贸易方式"', 'traf_mode = "运输方式"', 'country = "起运国"', 'ie_flag = "进出口标记"', 'ie_date = "进口日期"', 'port_code = "口岸海关代码"', 'area_code = "区内企业代码"',
                 'customs_code = "申报海关代码"', 'decl_time = "申报日期"', 'loct_no = "监管场所代码"', 'license_no = "许可证件号"', 'wrap_type = "包装种类代码"', 'cop_no = "企业内部编号"', 'bill_no = "提运单号"']),
        ("k10c", ['table = "payments"', 'order_no = "商户订单号"', 'pay_transaction_id = "微信订单号"', 'amount_paid = "总金额"', 'currency = "货币种类"', 'pay_time = "交易时间"']),
        ("k10d", ['table = "payments"', "skip = 4  # lines before the header", 'order_no = "商户订单号"', 'pay_transaction_id = "业务流水号"']),
        ("k10e", ['table = "house_waybills"', 'logistics_no = "item.id"', 'receiver_name = "addressee.name"', 'receiver_telephone = "addressee.tel"', 'currency = "content-piece.declared-value.currency"',
                  'declared_value = "content-piece.declared-value.amount"', 'description = "content-piece.description"', 'receiver_country = "dest.country.cd"']),
    ],
)  # fmt: skip
def test_a_first_mapping_finds_the_columns(mapping: Callable[[str], list[str]], name: str, lines: list[str]) -> None:
    draft = mapping(name)
    found = [line.replace("{ from = ", "").split(", ")[0] if "{ from" in line else line for line in draft]
    assert [line for line in lines if line not in found] == []


def test_a_first_mapping_of_koreas_declarations(mapping: Callable[[str], list[str]]) -> None:
    draft = mapping("k10a")
    assert 'table = "inventories"' in draft
    text = "\n".join(draft)
    for heading in ("Net Mass", "Item Price", "Declaration ID", "Date", "Office ID"):
        assert f'= "{heading}"' in text or f'from = "{heading}"' in text, heading
    plain = [line for line in draft if " = " in line and not line.startswith("#")]
    right = {
        "net_weight": "Net Mass",
        "cop_no": "Declaration ID",
        "invt_no": "Declaration ID",
        "decl_time": "Date",
        "customs_code": "Office ID",
        "country": "Country of Departure",
    }
    right |= {"agent_code": "Declarant ID", "ebc_code": "Seller ID", "logistics_code": "Courier ID", "traf_mode": "Mode of Transport"}
    for line in plain[1:]:
        column = line.split(" = ")[0]
        assert column in right, line
        assert right[column] in line, line


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "city", "district"),
    [
        ("k11a", "塔城地区", "额敏县"), ("k11b", "阿勒泰地区", "布尔津县"), ("k11c", "恩施土家族苗族自治州", "恩施市"),
        ("k11e", "杭州市", "余杭区"), ("k11f", "上海市", "浦东新区"),
    ],
)  # fmt: skip
def test_two_writings_of_an_address_are_one(case: Callable[[str], Case], name: str, city: str, district: str) -> None:
    read = case(name)
    assert read.scored()
    assert read.ask("MATCH (o:Order)-[:SHIPPED_TO]->(a:Address) RETURN a.city, count(DISTINCT o)") == [(city, 2)]
    said = [address.parts(row["consignee_address"]) for row in read.rows("orders")]
    assert [(one.city, one.district) for one in said] == [(city, district)] * 2


@pytest.mark.slow
@pytest.mark.parametrize(("name", "not_yet"), [("k14a", "declared"), ("k14c", "cancelled"), ("k14d", "returned")])
def test_the_state_is_what_customs_did(case: Callable[[str], Case], name: str, not_yet: str) -> None:
    (alert,) = case(name).scored()
    assert alert["status"] != not_yet
    assert (alert["status"] == "refused") == (name == "k14a")


@pytest.mark.slow
def test_lines_that_came_as_tables_are_shown(case: Callable[[str], Case]) -> None:
    read = case("k16a")
    assert read.scored()
    code, out, err = read.run("explain", "A1")
    assert code == 0, err
    assert "120.00 CNY" in out
    (declaration,) = (one for one in read.printed("explain", "A1")["lists"] if one["kind"] == "declaration")
    cells = {cell["name"]: cell["text"] for cell in declaration["cells"]}
    assert cells["declared_value"] == "120.00 CNY"
    assert cells["items"]
    page = repr(page_at(load_settings(read.home), consignment_path(read.printed("explain", "A1")["key"]), Address("en")))
    assert "120.00 CNY" in page
    assert cells["items"].split(" × ")[0] in page


@pytest.mark.parametrize(
    ("name", "said", "unsaid"),
    [
        ("k17a", ["UTF-16", "UTF-8"], "well-formed"), ("k17c", ["Excel", "CSV"], "XML"), ("k17d", ["character"], "encoding"),
    ],
)  # fmt: skip
def test_a_reject_says_what_the_file_is(case: Callable[[str], Case], name: str, said: list[str], unsaid: str) -> None:
    read = case(name)
    (reject,) = read.rejects()
    assert read.code == 65
    assert [word for word in said if word not in reject["reason"]] == []
    assert unsaid not in reject["reason"]


def test_the_line_sep_is_stepped_over(case: Callable[[str], Case]) -> None:
    read = case("k17e")
    assert (read.code, *read.counts("read", "loaded")) == (0, 1, 1)
    assert [row["order_no"] for row in read.rows("payments")] == ["A1"]


def test_no_number_of_fifteen_digits_is_kept_in_clear(case: Callable[[str], Case]) -> None:
    read = case("k18a")
    assert read.counts("loaded") == (1,)
    assert "330106750307102" not in "".join(repr(read.rows(name)) for name in CATALOG if Lake(read.home / "lake").files(name))
    assert not [path for path in read.home.rglob("*") if path.is_file() and b"330106750307102" in path.read_bytes()]


@pytest.mark.slow
@pytest.mark.parametrize(("name", "n"), [("k19a", 40), ("k19c", 0)])
def test_a_home_with_one_list_is_scored(case: Callable[[str], Case], name: str, n: int) -> None:
    assert len(case(name).scored()) == n
