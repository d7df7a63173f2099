"""Small messages and tables, read into homes that share one key."""

import datetime as dt
import importlib.util
import os
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

import pyarrow.parquet as pq
import pytest

from sandan.ingest.columns.convert import Intake
from sandan.ingest.intake import ingest
from sandan.record.ids import KEY_BYTES, Keyring
from sandan.record.lake.frames import Frames, connect
from sandan.record.lake.lake import Lake
from sandan.record.settings import load_settings

NAMESPACE = "http://www.chinaport.gov.cn/ceb"
RECEIVED = dt.datetime(2025, 6, 1, tzinfo=dt.UTC)
CON = connect(threads=1)
SHARED = Path(os.environ.get("SANDAN_SHARED") or Path(__file__).parents[3] / "shared")


def _module(name: str) -> ModuleType:
    """A helper of these tests that is no test."""
    spec = importlib.util.spec_from_file_location(f"sandan_tests_ingest_{name}", Path(__file__).with_name(f"{name}.py"))
    assert spec
    assert spec.loader
    module = sys.modules[spec.name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder with the official samples, schemas and the field reference."""
    if not (SHARED / "ceb").is_dir():
        pytest.skip("the official samples and schemas are not here: set SANDAN_SHARED")
    return SHARED


@pytest.fixture(scope="session")
def ceb() -> ModuleType:
    """`ceb_strategies.py`: messages drawn from the schemas."""
    return _module("ceb_strategies")


@pytest.fixture(scope="session")
def hostile() -> ModuleType:
    """`hostile.py`: files that nobody should send."""
    return _module("hostile")


class Reader:
    """A home into which files are read, and what became of them."""

    def __init__(self, folder: Path) -> None:
        self.home = folder
        folder.mkdir(parents=True)
        (folder / "secret.key").write_text("ab" * KEY_BYTES)

    def read(self, *paths: Path) -> dict[str, Any]:
        account = ingest(paths, load_settings(self.home))
        assert all(count.is_even for count in account.lists.values()), account.lists
        return account.as_dict()

    def rows(self, name: str) -> list[dict[str, Any]]:
        """Rows in force."""
        found: list[dict[str, Any]] = Frames(Lake(self.home / "lake"), CON, None).current(name).to_pyarrow().to_pylist()
        return found

    def rejects(self) -> list[tuple[str, int, str, str, str]]:
        """file, position, list, code, text of everything that was refused."""
        rows = [row for file in Lake(self.home / "lake").files("rejects") for row in pq.read_table(file).to_pylist()]
        return sorted((r["file"], r["position"], r["list"], r["reason_code"], r["reason"]) for r in rows)


@pytest.fixture
def reader(tmp_path: Path) -> Reader:
    return Reader(tmp_path / "home")


@pytest.fixture(scope="session")
def reader_at() -> Callable[[Path], Reader]:
    return Reader


@pytest.fixture(scope="session")
def intake() -> Intake:
    return Intake(Keyring(bytes.fromhex("ab" * KEY_BYTES)), RECEIVED, False)


def _order(number: str, fields: Mapping[str, str] | None = None, *lines: Mapping[str, str]) -> str:
    """An order of CEB311 as XML without namespace."""
    head = {
        "guid": "G",
        "appType": "1",
        "appTime": "20250401120000",
        "appStatus": "2",
        "orderNo": number,
        "ebpCode": "P1",
        "ebcCode": "S1",
        "goodsValue": "10",
        "currency": "142",
    }
    parts = "".join(f"<{k}>{v}</{k}>" for k, v in {**head, **(fields or {})}.items())
    items = "".join("<OrderList>" + "".join(f"<{k}>{v}</{k}>" for k, v in line.items()) + "</OrderList>" for line in lines)
    return f"<Order><OrderHead>{parts}</OrderHead>{items}</Order>"


def _message(*records: str, kind: str = "CEB311", namespace: bool = True, behind: str = "") -> str:
    space = f' xmlns="{NAMESPACE}"' if namespace else ""
    return f'<?xml version="1.0" encoding="UTF-8"?><{kind}Message guid="M1"{space}>{"".join(records)}{behind}</{kind}Message>'


@pytest.fixture(scope="session")
def order() -> Callable[..., str]:
    return _order


@pytest.fixture(scope="session")
def message() -> Callable[..., str]:
    return _message
