"""Telephones that a platform lends to one parcel, and values of which a part is hidden: they agree with what fits and tie nobody."""

import csv
import json
import random
import subprocess
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

import pytest

Sandan = Callable[..., subprocess.CompletedProcess[str]]
HEADER = (
    "order_no,ebp_code,ebc_code,goods_value,currency,buyer_name,buyer_telephone,buyer_id_number,consignee,consignee_telephone,"
    "consignee_address,app_time"
).split(",")
CITIES = "浙江省杭州市余杭区 江苏省南京市鼓楼区 广东省广州市天河区 四川省成都市武侯区 湖北省武汉市洪山区 福建省厦门市思明区".split()
SURNAMES, GIVEN = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨", "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超兰霞平"


def _check_digit(body: str) -> str:
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return "10X98765432"[sum(int(d) * w for d, w in zip(body, weights, strict=True)) % 11]


def _rows(random_: random.Random, group: str, n: int, **common: Callable[[int], str]) -> Iterator[dict[str, str]]:
    """Orders of so many strangers; `common` says what the group writes instead of each person's own."""
    for i in range(n):
        body = f"330106{random_.randint(1960, 2000)}{random_.randint(1, 12):02}{random_.randint(1, 28):02}{random_.randint(0, 999):03}"
        name = random_.choice(SURNAMES) + random_.choice(GIVEN) + random_.choice(GIVEN)
        telephone = f"139{random_.randint(0, 99_999_999):08}"
        row = {
            "order_no": f"{group}{i}", "ebp_code": "P1", "ebc_code": f"S{random_.randint(1, 9)}", "goods_value": "100", "currency": "CNY",
            "buyer_name": name, "buyer_telephone": telephone, "buyer_id_number": body + _check_digit(body), "consignee": name,
            "consignee_telephone": telephone, "app_time": f"2026-10-{random_.randint(1, 28):02} {random_.randint(8, 22):02}:00:00",
            "consignee_address": f"{random_.choice(CITIES)}{random_.choice(GIVEN)}山路{random_.randint(1, 900)}号{random_.randint(1, 30)}幢{random_.randint(101, 990)}室",
        }  # fmt: skip
        yield row | {column: value(i) for column, value in common.items()}


def _at(day: int) -> Callable[[int], str]:
    return lambda i: f"2026-10-{day:02} 09:{i:02}:00"


def _both(value: Callable[[int], str]) -> dict[str, Callable[[int], str]]:
    return {"buyer_telephone": value, "consignee_telephone": value}


def _scored(sandan: Sandan, folder: Path, rows: Iterable[Mapping[str, str]]) -> dict[str, set[str]]:
    """Typologies of every order that raised something."""
    with (folder / "orders.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, fieldnames=HEADER)
        writer.writeheader()
        writer.writerows(rows)
    for arguments in (("ingest", folder / "orders.csv"), ("score",)):
        done = sandan(folder / "home", *arguments)
        assert done.returncode == 0, done.stderr
    done = sandan(folder / "home", "alerts", "--all", "--format", "json")
    assert done.returncode == 0, done.stderr
    return {alert["order_no"]: set(filter(None, alert["typologies"].split("|"))) for alert in json.loads(done.stdout)}


@pytest.fixture(scope="module")
def found(sandan: Sandan, tmp_path_factory: pytest.TempPathFactory) -> dict[str, set[str]]:
    r = random.Random(7)
    joints = ["-", "转", ",", " ", "x", "#", " ext.", "(转接", "－", "；"]
    written = [f"18473461913{joint}{7800 + i}" for i, joint in enumerate([*joints, "_", "/"])]
    rows = [
        *_rows(r, "B", 150),
        *_rows(r, "L", 12, **_both(lambda i: written[i]), app_time=_at(5)),
        *_rows(r, "D", 12, **_both(lambda i: f"拨打17012345678按{1000 + i}" if i % 3 else "17012345678"), app_time=_at(9)),
        *_rows(
            r, "M", 12, **_both(lambda i: "138****1234"), buyer_name=lambda i: "张*三", consignee=lambda i: "张*三",
            consignee_address=lambda i: "浙江省杭州市余杭区文一西路***号", buyer_id_number=lambda i: "110101********1234", app_time=_at(13),
        ),
        *_rows(
            r, "R", 12, **_both(lambda i: "13700001111"), consignee_address=lambda i: "广东省深圳市宝安区福永街道仓储路8号", app_time=_at(17),
            ebc_code=lambda i: "S1",
        ),
    ]  # fmt: skip
    return _scored(sandan, tmp_path_factory.mktemp("lent"), rows)


def test_a_true_ring_is_found(found: dict[str, set[str]]) -> None:
    assert all("identity_ring" in found.get(f"R{i}", set()) for i in range(12))


@pytest.mark.parametrize("group", ["L", "D", "M"])
def test_strangers_on_lent_or_masked_values_are_no_ring(found: dict[str, set[str]], group: str) -> None:
    assert [found[f"{group}{i}"] for i in range(12) if found.get(f"{group}{i}")] == []
