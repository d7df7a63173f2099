"""A company has a code of ten characters and one of eighteen: they are compared through the register of companies, or not at all."""

import json
import subprocess
from collections.abc import Callable
from typing import Any

import pytest

Sandan = Callable[..., subprocess.CompletedProcess[str]]
# Codes of a case, whose number stands for `#`: companies of one case are in no other.
OWN, OTHER, PAY = "440316#001", "440316#007", "440316#003"
OWN_18, OTHER_18, PAY_18 = "91440300MA5EYXHU#A", "91440300MA5FN2BC#B", "91440300MA5GH3QW#C"
# Platform and provider that the payment names, the companies that are registered, and whether that is another platform than the order's.
CASES: list[tuple[str, str, dict[str, str], bool]] = [
    (OWN_18, PAY, {}, False),
    (OWN_18, PAY_18, {}, False),
    (OTHER, PAY, {}, True),
    (OTHER_18, PAY, {OWN: OWN_18, OTHER: OTHER_18}, True),
    (OWN_18, PAY_18, {OWN: OWN_18, OTHER: OTHER_18, PAY: PAY_18}, False),
    (OTHER_18, PAY_18, {OTHER: OTHER_18}, True),  # the register makes two codes of one kind of them
    (OWN, OTHER, {}, True),
]
PERSON = "330106196203127229"


@pytest.fixture(scope="module")
def alerts(sandan: Sandan, tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    """Alerts of one home with the order of every case, by the order's number."""
    home = tmp_path_factory.mktemp("codes") / "home"
    folder = home.with_name("in")
    folder.mkdir()
    tables = {
        "o": "ebp_code,ebp_name,order_no,ebc_code,goods_value,actual_paid,currency,app_time,buyer_id_number,buyer_name,pay_code,pay_transaction_id",
        "p": "ebp_code,ebp_name,order_no,pay_code,pay_transaction_id,amount_paid,currency,pay_time,app_time,payer_id_number,payer_name",
        "s": "pay_code,ebp_code,active_from",
        "c": "code,name,role,registered_on,uscc",
    }
    for n, (paid_on, by, registered, _) in enumerate(CASES):
        rows = {
            "o": [f"{OWN},测试平台,TB2026000#,4403160002,100,100,CNY,20261001090000,{PERSON},王测试,{PAY},T#"],
            "p": [f"{paid_on},测试平台,TB2026000#,{by},T#,100,CNY,20261001090000,20261001090500,{PERSON},王测试"],
            "s": [f"{PAY},{OWN},2020-01-01"],
            "c": [f"{code},公司{i},platform,2018-01-01,{uscc}" for i, (code, uscc) in enumerate(registered.items())],
        }
        for name, more in rows.items():
            tables[name] = "\n".join([tables[name], *(row.replace("#", str(n)) for row in more)])
    for name, text in tables.items():
        (folder / f"{name}.csv").write_text(text + "\n")
    for arguments in (("ingest", folder), ("score",)):
        done = sandan(home, *arguments)
        assert done.returncode == 0, done.stderr
    return {alert["order_no"]: alert for alert in json.loads(sandan(home, "alerts", "--all", "--format", "json").stdout)}


@pytest.mark.parametrize("n", range(len(CASES)))
def test_only_codes_that_can_be_compared_name_two_companies(alerts: dict[str, dict[str, Any]], n: int) -> None:
    assert len(alerts) == len(CASES)
    alert = alerts[f"TB2026000{n}"]
    assert ("platform_mismatch" in alert["typologies"]) == CASES[n][-1], alert["reasons"]
