"""What is computed beside the matched lists."""

from collections.abc import Callable
from typing import Any

from sandan.algorithms.bench import Bench
from sandan.algorithms.facts.facts import firm_payers

COMPANY = "91310000MA1K00000X"


def test_a_payer_with_the_name_of_a_registered_company_is_a_firm_in_any_characters(trade: Any, bench_of: Callable[[Any], Bench]) -> None:
    company = {"code": "3101985A1B", "name": "跨境购（上海）电子商务有限公司", "role": "seller", "registered_on": "2020-01-01"}
    trade.tables["companies"] = [company]
    trade.payment("A1", payer_id_number=COMPANY, payer_name="跨境購(上海)電子商務有限責任公司")
    trade.payment("A2", payer_id_number="91310000MA1K00001X", payer_name="跨境购（北京）电子商务有限公司")
    trade.payment("A3")
    bench = bench_of(trade)
    hashes = {row["order_no"]: row["payer_id_hash"] for row in bench.current("payments").to_pyarrow().to_pylist()}
    assert firm_payers(bench) == [hashes["A1"]]
