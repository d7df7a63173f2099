"""Several officers at once: every page is whole, whoever else looks at what."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier
from typing import Any

from sandan.algorithms.read_models.consignment import full_key
from sandan.algorithms.results.results import Results
from sandan.dashboard.address import Address, consignment_path
from sandan.dashboard.routing import page_at
from sandan.ingest.intake import ingest
from sandan.jobs.pipeline import score
from sandan.record.settings import Settings, load_settings


def test_every_page_twice_at_once_is_the_page_that_one_sees(scored_home: Settings, results: Results, top_alert: dict[str, Any]) -> None:
    others = results.table("alerts").slice(0, 3).to_pylist()
    keys = [consignment_path(full_key(alert)) for alert in (top_alert, *others)]
    paths = ["/", "/operators", "/clusters", "/network", "/nowhere", "/consignment/nothing", *keys]
    alone = {path: repr(page_at(scored_home, path, Address("en"))) for path in paths}
    start = Barrier(2 * len(paths))

    def shown(path: str) -> tuple[str, str]:
        start.wait(60)
        return path, repr(page_at(scored_home, path, Address("en")))

    with ThreadPoolExecutor(2 * len(paths)) as pool:
        for path, page in pool.map(shown, paths * 2):
            assert page == alone[path]


def test_eight_at_once_in_a_home_of_orders_alone(tmp_path: Path) -> None:
    settings = load_settings(tmp_path / "home")
    header = "ebp_code,order_no,ebc_code,goods_value,currency,buyer_name\n"
    (tmp_path / "orders.csv").write_text(header + "".join(f"P1,A{i},S1,{10 + i},CNY,王小明\n" for i in range(8)), encoding="utf-8")
    (tmp_path / "payments.csv").write_text(
        "ebp_code,order_no,pay_code,pay_transaction_id,amount_paid,currency,pay_time\n"
        + "".join(f"P1,A{i},Y1,T{i},{10 + i},CNY,2025-04-01T10:00:00\n" for i in range(8))
    )
    ingest([tmp_path / "orders.csv", tmp_path / "payments.csv"], settings)
    score(settings)
    paths = [consignment_path(f"import:P1:A{i}") for i in range(8)]
    alone = [repr(page_at(settings, path, Address("en"))) for path in paths]
    assert all(f"A{i}" in page and f"T{i}" in page for i, page in enumerate(alone))
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(lambda path: repr(page_at(settings, path, Address("en"))), paths * 4)) == alone * 4
