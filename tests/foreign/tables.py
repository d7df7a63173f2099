"""Three tables as others export them, the edits that their first mappings need, and what they say in the contract's words."""

import csv
import datetime as dt
import io
import json
import random
from collections.abc import Callable
from dataclasses import dataclass

ROWS = 60
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


@dataclass(frozen=True)
class Foreign:
    """A table of somebody else.

    Attributes:
        name: Its file name.
        content: Its bytes.
        table: The list of the contract that it is.
        edits: Lines that an officer writes instead of those whose column they name, `column = source`.
        expected: Texts by column that the mapping must give, one a row.
        personal: Values that must not appear in a mapping.
    """

    name: str
    content: bytes
    table: str
    edits: tuple[str, ...]
    expected: dict[str, list[str]]
    personal: tuple[str, ...]

    def edited(self, mapping: str) -> tuple[str, int]:
        """The mapping as the officer leaves it, and how many lines were changed."""
        lines = mapping.splitlines()
        for edit in self.edits:
            column = edit.split(" = ")[0]
            at = [i for i, line in enumerate(lines) if line.removeprefix("# ").removeprefix("TODO ").startswith(f"{column} = ")]
            if at:
                lines[at[0]] = edit
            else:
                lines.insert(lines.index("[columns]") + 1, edit)
        return "\n".join(lines) + "\n", len(self.edits)


def _identity(chance: random.Random) -> str:
    body = f"330106{chance.randint(1960, 2004)}{chance.randint(1, 12):02}{chance.randint(1, 28):02}{chance.randint(0, 999):03}"
    return body + "10X98765432"[sum(int(digit) * weight for digit, weight in zip(body, _WEIGHTS, strict=True)) % 11]


def _chinese_name(chance: random.Random) -> str:
    return chance.choice("王李张刘陈杨赵黄周吴") + "".join(
        chance.choices("伟芳娜敏静丽强磊军洋勇艳杰娟涛明超霞平刚", k=chance.randint(1, 2))
    )


def _moments(chance: random.Random) -> list[dt.datetime]:
    start = dt.datetime(2025, 3, 1)
    return [start + dt.timedelta(days=i % 28, minutes=chance.randint(0, 1439)) for i in range(ROWS)]


def courier() -> Foreign:
    """An express carrier's waybills: pounds, euros, day before month, decimal comma, semicolons."""
    chance = random.Random(1)
    places = [("Germany", "DE"), ("Frankreich", "FR"), ("Spain", "ES"), ("Netherlands", "NL")]
    goods = ["Cotton T-Shirt", "Phone case, black", "Running shoes", "LED lamp", "Leather wallet"]
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";")
    writer.writerow(
        ["AWB", "Carrier Code", "Shipper Name", "Shipper Phone", "Consignee", "Consignee Phone", "Street", "City", "Zip", "Dest", "Contents",
         "Value (EUR)", "Gross Wt (lb)", "Ship Date", "Account Ref"]
    )  # fmt: skip
    expected: dict[str, list[str]] = {
        name: [] for name in "logistics_no sender_name receiver_address declared_value currency weight_kg shipped_at".split()
    }
    countries, personal = [], []
    for i, moment in enumerate(_moments(chance)):
        sender, receiver = f"Shenzhen Trading {i}", chance.choice(["Anna Schmidt", "Jean Dupont", "María López", "Piet de Vries"])
        street, city, code = (
            f"Hauptstr. {chance.randint(1, 99)}",
            chance.choice(["Berlin", "Lyon", "Sevilla", "Delft"]),
            f"{chance.randint(10000, 99999)}",
        )
        place, iso = places[i % len(places)]
        cents, hundredths = chance.randint(100, 300_000), chance.randint(10, 4000)
        value = f"{cents // 100:,}".replace(",", ".") + f",{cents % 100:02}"
        telephone = f"+49 30 {chance.randint(1000000, 9999999)}"
        writer.writerow(
            [f"EX{7_000_000_000 + i}", "FDX01", sender, "+86 13800138000", receiver, telephone, street, city, code, place, chance.choice(goods), value,
             f"{hundredths // 100},{hundredths % 100:02}", moment.strftime("%d/%m/%Y %H:%M"), f"A{i % 3}"]
        )  # fmt: skip
        kilograms = f"{hundredths * 45359237 / 1:.0f}".rjust(11, "0")
        for name, said in zip(
            expected,
            [f"EX{7_000_000_000 + i}", sender, f"{street}, {code}, {city}", _plain(f"{cents // 100}.{cents % 100:02}"), "EUR", _plain(f"{kilograms[:-10]}.{kilograms[-10:]}"),
             moment.isoformat() + "+01:00" if moment < dt.datetime(2025, 3, 30, 2) else moment.isoformat() + "+02:00"],
            strict=True,
        ):  # fmt: skip
            expected[name].append(said)
        countries.append(iso)
        personal += [receiver, telephone, street, sender]
    expected["receiver_country"] = countries
    edits = (
        'channel = { value = "express" }',
        'receiver_address = { join = ["Street", "Zip", "City"], by = ", " }',
        'shipped_at = { from = "Ship Date", format = "%d/%m/%Y %H:%M", timezone = "Europe/Berlin" }',
    )
    return Foreign("waybills 2025-03.csv", text.getvalue().encode(), "house_waybills", edits, expected, tuple(personal))


def platform() -> Foreign:
    """A Chinese platform's orders: Chinese headers, GB18030, yuan here and fen there, dates in Chinese."""
    chance = random.Random(2)
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(
        [
            "订单编号",
            "平台编码",
            "店铺编号",
            "商品金额(元)",
            "运费(分)",
            "实付金额(分)",
            "下单时间",
            "订购人姓名",
            "订购人身份证号",
            "收货人姓名",
            "收货人手机号",
            "收货地址",
            "客服备注",
        ]
    )
    expected: dict[str, list[str]] = {
        name: [] for name in "order_no goods_value freight actual_paid currency ordered_at buyer_id_number consignee_telephone".split()
    }
    personal = []
    for i, moment in enumerate(_moments(chance)):
        name, number, telephone = _chinese_name(chance), _identity(chance), f"138{chance.randint(10_000_000, 99_999_999)}"
        address = f"浙江省杭州市余杭区文一西路{chance.randint(1, 999)}号"
        goods, freight = chance.randint(1000, 200_000), chance.randint(0, 3000)
        said = f"{moment.year}年{moment.month}月{moment.day}日 {moment.hour}:{moment.minute:02}"
        writer.writerow(
            [f"DD2025{i:08}", "1105W60001", f"3301E{i % 4:05}", f"{goods / 100:.2f}", freight, goods + freight, said, name, number, _chinese_name(chance), telephone,
             address, ""]
        )  # fmt: skip
        for column, value in zip(
            expected,
            [f"DD2025{i:08}", f"{goods / 100:.2f}", _plain(f"{freight / 100:.2f}"), _plain(f"{(goods + freight) / 100:.2f}"), "CNY", moment.isoformat() + "+08:00",
             number, telephone],
            strict=True,
        ):  # fmt: skip
            expected[column].append(value)
        personal += [number, telephone, address]
    return Foreign("订单导出.csv", text.getvalue().encode("gb18030"), "orders", (), expected, tuple(personal))


def settlement() -> Foreign:
    """A payment provider's settlements: JSON Lines, cents, milliseconds since 1970."""
    chance = random.Random(3)
    lines, personal = [], []
    expected: dict[str, list[str]] = {
        name: [] for name in "pay_transaction_id order_no amount_paid currency pay_time payer_id_number pay_code".split()
    }
    for i, moment in enumerate(_moments(chance)):
        name, number = _chinese_name(chance), _identity(chance)
        cents = chance.randint(100, 500_000)
        at = moment.replace(tzinfo=dt.timezone(dt.timedelta(hours=8)))
        row = {"txnId": f"42000{i:020}", "merchantOrderNo": f"DD2025{i:08}", "platform": "1105W60001", "amountCents": cents, "ccy": "CNY",
               "paidAtMs": int(at.timestamp() * 1000), "payerName": name, "payerIdCard": number, "channelFee": chance.randint(1, 50)}  # fmt: skip
        lines.append(json.dumps(row, ensure_ascii=False))
        for column, value in zip(
            expected,
            [
                f"42000{i:020}",
                f"DD2025{i:08}",
                _plain(f"{cents // 100}.{cents % 100:02}"),
                "CNY",
                at.astimezone(dt.UTC).isoformat(),
                number,
                "3122480046",
            ],
            strict=True,
        ):
            expected[column].append(value)
        personal += [number]
    edits = ('pay_code = { value = "3122480046" }',)
    return Foreign("settlement.jsonl", ("\n".join(lines) + "\n").encode(), "payments", edits, expected, tuple(personal))


def _plain(number: str) -> str:
    return (
        number.lstrip("0").rstrip("0").rstrip(".").replace(".", ".")
        if float(number) >= 1
        else f"0{number[number.index('.') :]}".rstrip("0").rstrip(".")
    )


ALL: tuple[Callable[[], Foreign], ...] = (courier, platform, settlement)
