"""Identity numbers never reach the disk: planted in every place of every kind of file, and looked for in every byte below the home."""

import base64
import datetime as dt
import json
import os
import re
import signal
import subprocess
import sys
import time
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from sandan.ingest.ceb.messages import MESSAGES
from sandan.ingest.intake import ingest
from sandan.record.catalog.tables import CATALOG
from sandan.record.settings import load_settings

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_FULL_WIDTH = str.maketrans("0123456789X", "０１２３４５６７８９Ｘ")
_TIMES = re.compile("time|date|_on$|_at$|_from$|_to$")

_MAPPING = """
table = "orders"
[columns]
order_no = "单号"
buyer_id_number = "证件"
buyer_name = "买家"
note = "备注"
goods_value = "金额"
ebp_code = { value = "P1" }
ebc_code = { value = "S1" }
currency = { value = "CNY" }
"""


class Numbers:
    """Makes valid identity numbers and remembers them."""

    def __init__(self) -> None:
        self.made: list[str] = []

    def __call__(self) -> str:
        body = f"4403051980{1 + len(self.made) // 9000 % 12:02}{1 + len(self.made) // 900 % 10:02}{len(self.made) % 900:03}"
        check = "10X98765432"[sum(int(d) * w for d, w in zip(body, _WEIGHTS, strict=True)) % 11]
        self.made.append(body + check)
        return body + check


def _forms(number: str) -> list[str]:
    """Writings of one number."""
    return [
        number,
        number.lower(),
        number.translate(_FULL_WIDTH),
        f" {number}　",
        f"{number[:6]}<!-- - -->{number[6:]}",
        f"{number[:17]}<?x?>{number[17:]}",
    ]


def _value(kind: str, name: str, element: str, i: int, numbers: Numbers) -> str:
    """A text for an element: readable where a number has to be, else with an identity number in it."""
    forms = _forms(numbers())
    if kind == "identity":
        return forms[i % len(forms)]
    if element == "appType":
        return "1"
    if kind in ("number", "integer", "ratio"):
        return "1"
    if kind in ("time", "day"):
        return "20250401120000"
    if kind == "flow":
        return "import"
    return f"证件：{forms[i % 2]}，{forms[2]}" if i % 3 == 0 else forms[i % len(forms)] if i % 3 == 1 else f"ID{forms[i % 2]}号"


def _messages(numbers: Numbers) -> Iterator[tuple[str, bytes]]:
    """Every parsed message with a number in every element, attribute, comment and unknown element; one record that is refused."""
    for kind, message in MESSAGES.items():
        spec = CATALOG[message.list_name]
        kinds = {c.name: c.kind for c in spec.columns} | ({c.name: c.kind for c in CATALOG[spec.lines].columns} if spec.lines else {})

        def fields(elements: tuple[str, ...], shift: int, kinds: dict[str, str] = kinds, message: Any = message) -> str:
            told = "".join(
                f'<{e} a="{numbers()}">{_value(kinds.get(message.column(e), "text"), message.column(e), e, i + shift, numbers)}</{e}>'
                for i, e in enumerate(elements)
            )
            return f"{told}<unknown b='{numbers()}'>{numbers()}</unknown><!-- {numbers()} -->"

        body = ""
        for shift in range(6):
            head = fields(message.head_fields, shift)
            line = f"<{message.line}>{fields(message.line_fields, shift)}</{message.line}>" if message.line else ""
            body += (
                f"<{message.record}><{message.head}>{head}</{message.head}>{line}</{message.record}>"
                if message.head
                else f"<{message.record}>{head}</{message.record}>"
            )
        bad = re.sub(">20250401120000<", f">{numbers()}<", body[: body.index(f"</{message.record}>")] + f"</{message.record}>")
        certificate = base64.b64encode(b"\x30\x82" + numbers().encode()).decode()
        frame = (
            f"<BaseTransfer><copCode>{numbers()}</copCode><copName>{numbers()}</copName><dxpId>{numbers()}</dxpId></BaseTransfer>"
            f"<ExtendMessage><Message>{numbers()}</Message></ExtendMessage>"
            f'<Signature xmlns="http://www.w3.org/2000/09/xmldsig#"><KeyInfo><KeyName>{numbers()}</KeyName><X509Data>{certificate}</X509Data></KeyInfo></Signature>'
        )
        text = f'<{kind}Message guid="{numbers()}" version="{numbers()}">{body}{bad}{frame}</{kind}Message>'
        yield f"{kind}.xml", text.encode()
        yield f"{kind} {numbers()}.xml", text.encode("gb18030") + b"<"
        envelope = base64.b64encode(text.encode()).decode()
        yield (
            f"{kind}-envelope.xml",
            f"<DxpMsg><TransInfo><SenderId>{numbers()}</SenderId></TransInfo><Data>{envelope}</Data></DxpMsg>".encode(),
        )


def _others(numbers: Numbers) -> Iterator[tuple[str, bytes]]:
    """Messages that are kept as they are."""
    for kind, record in (
        ("CEB605", "InvtCancel"),
        ("CEB711", "Delivery"),
        ("CEB818", "Tax"),
        ("CEB900", "MessageReturn"),
        ("CEB312", "OrderReturn"),
    ):
        torn = numbers()
        yield (
            f"{kind}.xml",
            f'<{kind}Message guid="{numbers()}"><{record} a="{numbers()}"><guid>{numbers()}</guid><buyerIdNumber>{numbers()}</buyerIdNumber>'
            f"<payerIdNo>{numbers().translate(_FULL_WIDTH)}</payerIdNo><x>{numbers()}</x> {numbers()} <y>{torn[:6]}<!-- - -->{torn[6:]}</y>"
            f"<buyerIdNumber>{torn[:9]}<?p {numbers()}?>{torn[9:]}</buyerIdNumber><z><![CDATA[<buyerIdNumber>{numbers()}</buyerIdNumber>]]></z>"
            f"<!-- {numbers()} --><n>ID{numbers()}号 {numbers().lower()}</n><m>{numbers()}<k/> tail {numbers()}</m><buyerIdNumber>E1234567{kind}</buyerIdNumber>"
            f'<q z="E1234567{kind}">护照E1234567{kind}</q></{record}><Signature><KeyName>{numbers()}</KeyName></Signature></{kind}Message>'.encode(),
        )
        numbers.made.append(f"E1234567{kind}")


def _tables(numbers: Numbers) -> Iterator[tuple[str, bytes]]:
    """Every table with numbers in every column of text, unknown columns and too many cells."""
    for name, spec in CATALOG.items():
        if not spec.as_table:
            continue
        rows = []
        for i in range(6):
            row = {
                c.name: re.sub("<.*?>", "", _value(c.kind, c.name, "appType" if c.name == "app_type" else "", i, numbers)).replace(",", "")
                for c in spec.columns
            }
            if name == "watchlists":
                row["kind"] = ("person", "telephone", "address", "company", "brand", "goods")[i]
            rows.append(row)
        header = ",".join([*rows[0], f"more {numbers()}"])
        lines = [",".join([*row.values(), numbers()]) for row in rows]
        bad = ",".join(numbers() if c.kind in ("number", "time", "day") else "1" for c in spec.columns) + f",{numbers()}"
        yield f"{name}.csv", "\n".join([header, *lines, bad, lines[0] + "," + numbers()]).encode()
        yield f"{name} {numbers()}-gb.csv", ("\n".join([header, *lines]) + '\n"' + numbers()).encode("gb18030")
        told = [json.dumps({**row, numbers(): numbers()}, ensure_ascii=i % 2 == 0) for i, row in enumerate(rows)]
        yield f"{name}.jsonl", "\n".join(told).encode()
        yield f"{name}-broken.jsonl", "\n".join([*told, numbers()]).encode()
        yield f"{name}-headless.csv", "\n".join(lines).encode()


def _contents(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Every file with its name: its bytes, and what they say once unpacked."""
    for path in sorted(p for p in folder.rglob("*") if p.is_file() and p.name != "secret.key"):
        try:
            raw = path.read_bytes()
        except FileNotFoundError:
            continue
        name = str(path.relative_to(folder))
        yield name, name.encode() + b"\n" + raw
        if path.suffix == ".parquet" and raw[-4:] == b"PAR1":
            table = pq.ParquetFile(path).read()
            yield from ((f"{name}:{c}", "\n".join(map(str, table[c].to_pylist())).encode()) for c in table.column_names)
        if raw.startswith(b"\x1f\x8b"):
            yield name, zlib.decompressobj(31).decompress(raw)


def _found(folder: Path, numbers: Numbers) -> dict[str, list[str]]:
    """Planted numbers in every writing, by file."""
    planted = (
        {n.encode(): n for n in numbers.made}
        | {n.lower().encode(): n for n in numbers.made}
        | {n.translate(_FULL_WIDTH).encode(): n for n in numbers.made}
    )
    lengths = sorted({len(p) for p in planted if p.isascii()})
    wide = [p for p in planted if not p.isascii()]
    told: dict[str, list[str]] = {}
    for name, content in _contents(folder):
        runs = re.findall(rb"[0-9A-Za-z]{9,}", content)
        hits = {planted[run[i : i + n]] for run in runs for n in lengths for i in range(len(run) - n + 1) if run[i : i + n] in planted}
        hits |= {planted[w] for w in wide if w in content} if "０".encode()[:2] in content else set()
        if hits:
            told[name] = sorted(hits)[:2]
    return told


def make_certificate(folder: Path) -> Path:
    """Somebody whom to trust, who signed nothing."""
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "A")])
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key()).serial_number(1)
    made = (
        builder.not_valid_before(dt.datetime(2020, 1, 1, tzinfo=dt.UTC))
        .not_valid_after(dt.datetime(2040, 1, 1, tzinfo=dt.UTC))
        .sign(key, hashes.SHA256())
    )
    (folder / "a.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    return folder / "a.pem"


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Numbers]:
    folder, numbers = tmp_path_factory.mktemp("planted"), Numbers()
    for made in (_messages, _others, _tables):
        for name, content in made(numbers):
            (folder / name).write_bytes(content)
    return folder, numbers


def test_the_search_finds_a_number_where_there_is_one(planted: tuple[Path, Numbers], tmp_path: Path) -> None:
    folder, numbers = planted
    assert len(_found(folder, numbers)) > 100
    number = numbers.made[5]
    pq.write_table(pa.table({"a": [f"x{number}9"] * 9}), tmp_path / "t.parquet")
    assert number in next(hits for name, hits in _found(tmp_path, numbers).items() if name.endswith(":a"))


def test_no_number_of_any_file_is_below_the_home(planted: tuple[Path, Numbers], reader: Any) -> None:
    folder, numbers = planted
    account = reader.read(folder)
    assert account["loaded"] + account["superseded"] > 200
    assert account["rejected"] > 20
    assert _found(reader.home, numbers) == {}


def test_with_signatures_required_nothing_of_what_is_refused_is_kept(planted: tuple[Path, Numbers], reader: Any, tmp_path: Path) -> None:
    folder, numbers = planted
    certificate = make_certificate(tmp_path)
    (reader.home / "sandan.toml").write_text(f'[signatures]\nrequire = true\ntrusted = "{certificate}"\n')
    account = ingest([folder], load_settings(reader.home))
    assert account.total("rejected") > 50
    assert _found(reader.home, numbers) == {}


def test_a_mapped_table_leaves_no_number(reader: Any, tmp_path: Path) -> None:
    numbers = Numbers()
    rows = [f"N{i},{numbers()},姓名{numbers()},{numbers()},10" for i in range(20)]
    (tmp_path / "orders.csv").write_text("\n".join(["单号,证件,买家,备注,金额", *rows]), encoding="utf-8")
    (tmp_path / "m.toml").write_text(_MAPPING, encoding="utf-8")
    account = ingest([tmp_path / "orders.csv"], load_settings(reader.home), mapping=tmp_path / "m.toml")
    assert account.total("loaded") == 20
    assert _found(reader.home, numbers) == {}


def test_what_is_staged_when_the_process_is_killed_is_clean(planted: tuple[Path, Numbers], reader: Any, tmp_path: Path) -> None:
    """A large file, so that rows lie on the disk before the batch is whole."""
    folder, numbers = planted
    records = re.findall(rb"<Order>.*?</Order>", (folder / "CEB311.xml").read_bytes(), re.S)[:4]
    source = tmp_path / "large.xml"
    with source.open("wb") as file:
        file.write(b"<CEB311Message>")
        for i in range(8_000):
            file.write(re.sub(rb"(<orderNo[^>]*>)", rb"\g<1>N" + str(i).encode() + b" ", records[i % 4]))
        file.write(b"</CEB311Message>")
    command = [str(Path(sys.executable).parent / "sandan"), "ingest", str(source)]
    seen = False
    with subprocess.Popen(
        command, env={**os.environ, "SANDAN_HOME": str(reader.home)}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:
        for _ in range(6000):  # a busy machine takes minutes to stage the first rows
            if any(path.stat().st_size > 1 << 18 for path in (reader.home / "staging").rglob("*") if path.is_file()):
                seen = True
                break
            if process.poll() is not None:
                break
            time.sleep(0.05)
        process.send_signal(signal.SIGKILL)
    assert seen, "nothing was staged before the process ended"
    assert _found(reader.home, numbers) == {}
