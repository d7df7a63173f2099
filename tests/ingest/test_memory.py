"""A message or table of any size goes through in bounded memory."""

import gzip
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

MIB = 1 << 20
MOST_MIB = 1024
# Peak of the largest process below, MiB: a process of its own, so that no other child counts.
MEASURED = """
import json, resource, subprocess, sys
done = subprocess.run(sys.argv[1:], capture_output=True, text=True)
print(json.dumps([done.returncode, done.stdout, done.stderr[-2000:], resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss >> 10]))
"""
LINES = "".join(
    f"<OrderList><gnum>{i}</gnum><itemName>奶粉 {i} 段 900g</itemName><gmodel>品牌|规格</gmodel><unit>011</unit><qty>2</qty><price>5.5</price>"
    "<totalPrice>11</totalPrice><currency>142</currency><country>502</country></OrderList>"
    for i in range(1, 5)
)
HEADER = "ebp_code,order_no,ebc_code,goods_value,currency,app_time,buyer_name,buyer_id_number,consignee,consignee_telephone,consignee_address,note\n"


def _orders(size: int) -> Iterator[bytes]:
    """A message of so many bytes: people, addresses and numbers differ."""
    yield b'<?xml version="1.0" encoding="UTF-8"?><CEB311Message guid="M" xmlns="http://www.chinaport.gov.cn/ceb">'
    n = i = 0
    while n < size:
        record = (
            f"<Order><OrderHead><guid>G{i}</guid><appType>1</appType><appTime>20250401120000</appTime><appStatus>2</appStatus><orderNo>N{i:010}</orderNo>"
            f"<ebpCode>P1</ebpCode><ebcCode>S{i % 100}</ebcCode><goodsValue>{i % 997}.5</goodsValue><currency>142</currency><buyerName>张{i % 9999}</buyerName>"
            f"<buyerIdNumber>{110105194912310000 + i}</buyerIdNumber><buyerTelephone>138{i % 10**8:08}</buyerTelephone><consignee>李{i % 7777}</consignee>"
            f"<consigneeAddress>浙江省杭州市西湖区文三路{i}号{i % 40}室</consigneeAddress></OrderHead>{LINES}</Order>"
        ).encode()
        n, i = n + len(record), i + 1
        yield record
    yield b"</CEB311Message>"


def _rows(size: int) -> Iterator[bytes]:
    yield HEADER.encode()
    n = i = 0
    while n < size:
        row = f"P1,N{i:010},S{i % 100},{i % 997}.5,CNY,20250401120000,张{i % 9999},{110105194912310000 + i},李{i % 7777},138{i % 10**8:08},浙江省杭州市西湖区文三路{i}号{i % 40}室,{'备注' * 40}\n".encode()
        n, i = n + len(row), i + 1
        yield row


def _junk(size: int) -> Iterator[bytes]:
    """Elements that are no records, where records should be."""
    yield b"<CEB311Message>"
    for _ in range(size // MIB):
        yield b"<a/>" * (MIB // 4)
    yield b"</CEB311Message>"


def _hidden(size: int) -> Iterator[bytes]:
    """Junk in pieces that are just short enough, each followed by a record."""
    yield b"<CEB311Message>"
    for _ in range(size // (6 * MIB)):
        yield b"<a/>x" * (6 * MIB // 5) + b"<Order/>"
    yield b"</CEB311Message>"


def _peak(home: Path, source: Path) -> tuple[int, dict[str, Any], int]:
    """Exit status, account and peak memory in MiB."""
    command = [sys.executable, "-c", MEASURED, str(Path(sys.executable).parent / "sandan"), "ingest", "--format", "json", str(source)]
    run = subprocess.run(command, env={**os.environ, "SANDAN_HOME": str(home)}, capture_output=True, text=True, check=True)
    code, stdout, stderr, peak = json.loads(run.stdout)
    assert stdout, stderr
    print(f"{source.name}: {source.stat().st_size / MIB:.0f} MiB, peak {peak} MiB")
    return code, json.loads(stdout), peak


def _goes_through(folder: Path, name: str, made: Iterator[bytes], *, is_refused: bool) -> None:
    source, packed = folder / name, name.endswith(".gz")
    with gzip.open(source, "wb", 1) if packed else source.open("wb") as file:
        for piece in made:
            file.write(piece)
    try:
        code, account, peak = _peak(folder / "home", source)
    finally:
        source.unlink()
    assert peak <= MOST_MIB
    if is_refused:
        assert (code, account["read"], account["rejected"]) == (65, 1, 1)
    else:
        assert code in (0, 65)
        assert account["read"] == account["loaded"] + account["rejected"]


CASES: list[tuple[str, Callable[[int], Iterator[bytes]], bool]] = [
    ("orders.xml", _orders, False),
    ("orders.xml.gz", _orders, False),
    ("orders.csv", _rows, False),
    ("orders.csv.gz", _rows, False),
    ("junk.xml", _junk, True),
    ("junk.xml.gz", _junk, True),
    ("hidden.xml", _hidden, False),
]


@pytest.mark.timeout(300)
@pytest.mark.parametrize(("name", "made", "is_refused"), [CASES[0], pytest.param(*CASES[3], marks=pytest.mark.slow), CASES[4], CASES[6]])
def test_a_file_of_100_mib_goes_through_in_a_gib(
    tmp_path: Path, name: str, made: Callable[[int], Iterator[bytes]], is_refused: bool
) -> None:
    _goes_through(tmp_path, name, made(100 * MIB), is_refused=is_refused)


@pytest.mark.slow
@pytest.mark.timeout(1800)
@pytest.mark.parametrize(("name", "made", "is_refused"), CASES)
def test_a_file_of_a_gib_goes_through_in_a_gib(tmp_path: Path, name: str, made: Callable[[int], Iterator[bytes]], is_refused: bool) -> None:
    _goes_through(tmp_path, name, made(1024 * MIB), is_refused=is_refused)
