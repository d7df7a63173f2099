"""A company has a code of ten characters and one of eighteen: they are compared through the register of companies, or not at all."""

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

Sandan = Callable[..., subprocess.CompletedProcess[str]]
OWN, OTHER, PAY = "4403160001", "4403160007", "4403160003"
OWN_18, OTHER_18, PAY_18 = "91440300MA5EYXHU1A", "91440300MA5FN2BC2B", "91440300MA5GH3QW3C"


@pytest.mark.parametrize(
    ("paid_on", "by", "registered", "raised"),
    [
        (OWN_18, PAY, {}, False),
        (OWN_18, PAY_18, {}, False),
        (OTHER, PAY, {}, True),
        (OTHER_18, PAY, {OWN: OWN_18, OTHER: OTHER_18}, True),
        (OWN_18, PAY_18, {OWN: OWN_18, OTHER: OTHER_18, PAY: PAY_18}, False),
        (OTHER_18, PAY_18, {OTHER: OTHER_18}, True),  # the register makes two codes of one kind of them
        (OWN, OTHER, {}, True),
    ],
)
def test_only_codes_that_can_be_compared_name_two_companies(
    sandan: Sandan, tmp_path: Path, paid_on: str, by: str, registered: dict[str, str], raised: bool
) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    person = "330106196203127229"
    (folder / "o.csv").write_text(
        "ebp_code,ebp_name,order_no,ebc_code,goods_value,actual_paid,currency,app_time,buyer_id_number,buyer_name,pay_code,pay_transaction_id\n"
        f"{OWN},测试平台,TB20260001,4403160002,100,100,CNY,20261001090000,{person},王测试,{PAY},T1\n"
    )
    (folder / "p.csv").write_text(
        "ebp_code,ebp_name,order_no,pay_code,pay_transaction_id,amount_paid,currency,pay_time,app_time,payer_id_number,payer_name\n"
        f"{paid_on},测试平台,TB20260001,{by},T1,100,CNY,20261001090000,20261001090500,{person},王测试\n"
    )
    (folder / "s.csv").write_text(f"pay_code,ebp_code,active_from\n{PAY},{OWN},2020-01-01\n")
    if registered:
        rows = [f"{code},公司{i},platform,2018-01-01,{uscc}\n" for i, (code, uscc) in enumerate(registered.items())]
        (folder / "c.csv").write_text("code,name,role,registered_on,uscc\n" + "".join(rows))
    for arguments in (("ingest", folder), ("score",)):
        done = sandan(tmp_path / "home", *arguments)
        assert done.returncode == 0, done.stderr
    (alert,) = json.loads(sandan(tmp_path / "home", "alerts", "--all", "--format", "json").stdout)
    assert ("platform_mismatch" in alert["typologies"]) == raised, alert["reasons"]
