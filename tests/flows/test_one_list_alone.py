"""A home that holds one list only, or two: every command and page answers, whatever lists are not there."""

import csv
import itertools
from pathlib import Path
from typing import Any

import pytest

from sandan.algorithms.read_models.consignment import full_key
from sandan.algorithms.results.results import open_results
from sandan.dashboard import notice
from sandan.dashboard.address import Address, Scene, consignment_path
from sandan.dashboard.pages import clusters, queue
from sandan.dashboard.routing import page_at
from sandan.ingest.ceb.messages import MESSAGES, Message
from sandan.ingest.intake import ingest
from sandan.jobs.checks.graph import check_graph
from sandan.jobs.checks.home import check_home
from sandan.jobs.pipeline import score, train
from sandan.jobs.terminal import reading
from sandan.jobs.terminal.explain import print_explanation
from sandan.jobs.terminal.run_report import print_run
from sandan.jobs.terminal.tables import Format
from sandan.record.catalog.columns import Column
from sandan.record.catalog.tables import CATALOG
from sandan.record.catalog.trade import TRADE
from sandan.record.errors import NothingScored
from sandan.record.home import HomePaths
from sandan.record.settings import Settings, load_settings

N = 4
_CODES = {
    "flow": "import",
    "currency": "CNY",
    "country": "CN",
    "goods_code": "0402210000",
    "goods_codes": "0402|9617",
    "barcode": "6901234567892",
}
_TEXTS = {
    "app_type": "1", "app_status": "2", "status": "1", "return_status": "120", "logistics_status": "S", "buyer_id_type": "1",
    "payer_id_type": "1", "ie_flag": "I", "unit": "011", "kind": "CEB622", "channel": "post", "role": "platform", "method": "scan",
    "outcome": "forged", "level": "high",
}  # fmt: skip
_PEOPLE = ("110101199003070038", "110101199003070118", "110101199003070193", "110101199003070273")


def _value(name: str, kind: str, n: int) -> str:
    """A plausible text of a column in the n-th record; telephones, addresses and payers are shared by some."""
    kind = kind.replace(" ", "_")
    if name in _TEXTS:
        return _TEXTS[name]
    if kind == "text" and name.endswith("_no"):
        return f"N{n:06}"
    if kind == "code":
        return f"{name.split('_')[0].upper()}001"
    if kind == "number":
        return str(10 + n)
    return {
        **_CODES, "integer": "1", "ratio": "0.5", "time": f"2025-04-0{1 + n % 4}T10:00:00", "day": f"2025-04-0{1 + n % 4}",
        "name": f"王小{'明红刚丽'[n % 4]}", "telephone": f"1381234567{n % 2}", "address": f"北京市朝阳区建国路{1 + n % 2}号", "goods": "奶粉 900g",
        "watched": f"1381234567{n % 2}", "identity": _PEOPLE[n % 4], "text": f"{name} {n % 2}",
    }[kind]  # fmt: skip


def _element(message: Message, element: str, n: int, is_line: bool) -> str:
    spec = CATALOG[CATALOG[message.list_name].lines if is_line else message.list_name]
    kinds = {column.name: column.kind for column in spec.columns}
    name = message.column(element)
    if kinds.get(name) == "currency":
        return "142"
    if kinds.get(name) == "time":
        return f"2025040{1 + n % 4}100000" + ("000" if element == "returnTime" else "")
    if kinds.get(name) == "day":
        return f"2025040{1 + n % 4}"
    return _value(name, kinds.get(name, "text"), n) if name in kinds else f"{n:08X}"


def _message(kind: str, folder: Path) -> Path:
    message, body = MESSAGES[kind], ""
    for n in range(N):
        head = "".join(f"<{e}>{_element(message, e, n, False)}</{e}>" for e in message.head_fields)
        line = "".join(f"<{e}>{_element(message, e, n, True)}</{e}>" for e in message.line_fields)
        body += (
            f"<{message.record}>"
            + (f"<{message.head}>{head}</{message.head}>" if message.head else head)
            + (f"<{message.line}>{line}</{message.line}>" if message.line else "")
            + f"</{message.record}>"
        )
    path = folder / f"{kind}.xml"
    path.write_text(f"<{kind}Message>{body}</{kind}Message>", encoding="utf-8")
    return path


def _table(name: str, folder: Path, *, sparse: bool) -> Path:
    spec = CATALOG[name]
    columns: list[Column] = [c for c in spec.columns if c.mandatory or not sparse]
    path = folder / f"{name}{'-sparse' * sparse}.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([column.name for column in columns])
        writer.writerows([_value(column.name, column.kind, n) for column in columns] for n in range(N))
    return path


_TABLES = [name for name, spec in CATALOG.items() if spec.as_table]
SOURCES = [*MESSAGES, *_TABLES, *(f"{name} sparse" for name in _TABLES)]


def write(source: str, folder: Path) -> Path:
    """A file with some records of one list, as message, as table, or as table with the mandatory columns alone."""
    if source in MESSAGES:
        return _message(source, folder)
    return _table(source.removesuffix(" sparse"), folder, sparse=source.endswith("sparse"))


def list_of(source: str) -> str:
    return MESSAGES[source].list_name if source in MESSAGES else source.removesuffix(" sparse")


def look_at_everything(settings: Settings, *, whole: bool) -> int:
    """Every reading command and page over the newest run; returns how many consignments there are."""
    results = open_results(HomePaths(settings.home))
    out = settings.home.parent / "out"
    for name in ("operators", "clusters", "members", "findings"):
        for form in Format:
            reading.print_rows(name, reading.result_rows(settings, name, None), form, out)
    alerts = reading.alert_rows(settings, every=True, first=False, run_id=None)
    reading.alert_rows(settings, every=True, first=True, run_id=None)
    for form in Format:
        reading.print_rows("alerts", alerts, form, out)
    reading.graph_rows(settings)
    if whole:
        check_graph(settings, with_lake=True)
        check_home(settings, repair=False)
    rows = results.table("alerts").to_pylist()
    assert len(rows) == len(alerts)
    address = Address("en")
    paths = ["/", "/operators", "/clusters", "/network"]
    for row in rows[: 2 if whole else 1]:
        print_explanation(settings, row["consignment_id"], None, as_json=False)
        paths += [consignment_path(row["consignment_id"]), consignment_path(full_key(row))]
    for path in paths:
        assert_no_failure(page_at(settings, path, address), address, path)
    for row in rows[:1]:
        there = Address("zh", scene=Scene(key=row["consignment_id"]))
        assert_no_failure(page_at(settings, "/network", there), there, "/network")
    shown = queue.rows_response(settings, {"startRow": 0, "endRow": 100}, "?grade=all", None)
    assert shown["rowCount"] == len(rows)
    queue.counts(settings, address, None)
    clusters.cluster_rows(settings, address, None)
    clusters.countries(settings, address, None)
    return len(rows)


def assert_no_failure(page: Any, address: Address, path: str) -> None:
    assert repr(page) not in (repr(notice.failed(address)), repr(notice.no_graph(address))), path


def check(sources: tuple[str, ...], folder: Path, *, whole: bool = False) -> int:
    """Read the lists, score them, look at everything; -1 where no record has a time of trade."""
    settings = load_settings(folder / "home")
    files = [write(source, folder) for source in sources]
    account = ingest(files, settings)
    assert not account.as_dict()["rejected"], account.as_dict()
    try:
        run = score(settings)
    except NothingScored:
        assert not {list_of(source) for source in sources} & set(TRADE), sources
        return -1
    print_run(settings, run)
    if whole:
        train(settings)
    return look_at_everything(settings, whole=whole)


# Lists of which each record is a consignment where nothing else is known.
_CONSIGNMENTS = ("orders", "inventories", "house_waybills")
_QUICK = ("CEB411", "CEB621", "house_waybills sparse")
_EACH = [*MESSAGES, *(name for name in _TABLES if name not in {message.list_name for message in MESSAGES.values()})]
_PAIRS = list(itertools.combinations(_EACH, 2))


@pytest.mark.parametrize("source", _QUICK)
def test_a_list_alone_is_scored_and_shown(source: str, tmp_path: Path) -> None:
    assert check((source,), tmp_path) == (N if list_of(source) in _CONSIGNMENTS else 0)


def test_orders_and_payments_alone_are_scored_and_shown(tmp_path: Path) -> None:
    assert check(("orders", "payments"), tmp_path) == N


@pytest.mark.slow
@pytest.mark.parametrize("source", SOURCES)
def test_every_list_alone_is_scored_checked_and_shown(source: str, tmp_path: Path) -> None:
    n = check((source,), tmp_path, whole=True)
    assert n == N if list_of(source) in _CONSIGNMENTS else n <= 0


@pytest.mark.slow
@pytest.mark.parametrize("pair", _PAIRS, ids=" and ".join)
def test_every_pair_of_lists_is_scored_and_shown(pair: tuple[str, str], tmp_path: Path) -> None:
    n = check(pair, tmp_path)
    assert n >= N if set(_CONSIGNMENTS) & {list_of(source) for source in pair} else n <= 0
