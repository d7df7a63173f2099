"""Files that nobody should send: seeds, and what may happen to them."""

import base64
import gzip
import io
import json
import random
import re
import zipfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

# Valid identity numbers that stand in the seeds.
PLANTED = ("440305198001010072", "44030519800101011X", "110105194912310022")
_LINE = {
    "gnum": "1",
    "itemName": "奶粉 900g",
    "qty": "2",
    "price": "5.5",
    "currency": "142",
    "country": "502",
    "unit": "011",
    "note": PLANTED[1],
}
Rng = random.Random


def seeds(order: Callable[..., str], message: Callable[..., str], samples: Path) -> list[bytes]:
    """Messages, tables, packed ones and envelopes, and the official samples where they are."""
    head = {
        "buyerIdNumber": PLANTED[0],
        "buyerName": "张三",
        "note": f"<![CDATA[证件{PLANTED[1]}]]>",
        "consigneeAddress": "浙江省杭州市西湖区1号",
    }
    orders = message(*(order(str(i), head, _LINE, {**_LINE, "gnum": "2"}) for i in range(5))).encode()
    tax = b"<CEB816Message><Tax><TaxHeadRd><taxNo>T1</taxNo><returnTime>20250401120000000</returnTime><customsTax>1</customsTax></TaxHeadRd><TaxListRd><gnum>1</gnum></TaxListRd></Tax></CEB816Message>"
    kept = (
        f"<CEB900Message><MessageReturn><guid>1</guid><buyerIdNumber>{PLANTED[2]}</buyerIdNumber></MessageReturn></CEB900Message>".encode()
    )
    row = {
        "ebp_code": "P1",
        "order_no": "1",
        "ebc_code": "S1",
        "goods_value": "10",
        "currency": "CNY",
        "buyer_id_number": PLANTED[0],
        "note": f"ID{PLANTED[2]}",
    }
    rows = [{**row, "order_no": str(i)} for i in range(20)]
    table = "\n".join([",".join(row), *(",".join(r.values()) for r in rows)]).encode()
    lines = "\n".join(json.dumps(r, ensure_ascii=False) for r in rows).encode()
    buffer = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(rows), buffer)
    plain = [
        orders,
        tax,
        kept,
        table,
        lines,
        buffer.getvalue(),
        orders.decode().replace("UTF-8", "GB2312").encode("gb18030"),
        _envelope(orders),
    ]
    plain += [path.read_bytes() for path in sorted(samples.rglob("*.xml"))]
    return [
        *plain,
        gzip.compress(orders),
        zipped({"a.xml": orders, "b.csv": table, "c.jsonl": lines}),
        gzip.compress(zipped({"a.gz": gzip.compress(tax)})),
    ]


def _envelope(inner: bytes) -> bytes:
    return b"<DxpMsg><TransInfo/><Data>" + base64.b64encode(inner) + b"</Data></DxpMsg>"


def zipped(members: dict[str, bytes]) -> bytes:
    """An archive."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def _place(rng: Rng, content: bytes) -> int:
    return rng.randrange(len(content) + 1)


def _flip(rng: Rng, content: bytes) -> bytes:
    changed = bytearray(content or b"x")
    for _ in range(rng.choice((1, 1, 3, 30))):
        changed[rng.randrange(len(changed))] = rng.randrange(256)
    return bytes(changed)


def _insert(rng: Rng, content: bytes) -> bytes:
    at, odd = (
        _place(rng, content),
        (b"\x00", b'"', b"<", b"&x;", b"]]>", b"\n", b",", b"{", b"\xff\xfe", "\ufffe\u2028".encode(), b"<!DOCTYPE a>", b"<!--"),
    )
    return content[:at] + rng.choice([*odd, rng.randbytes(rng.randrange(1, 50))]) + content[at:]


def _delete(rng: Rng, content: bytes) -> bytes:
    at = _place(rng, content)
    return content[:at] + content[at + rng.choice((1, 5, 100, 1000)) :]


def _truncate(rng: Rng, content: bytes) -> bytes:
    return content[: _place(rng, content)]


def _repeat(rng: Rng, content: bytes) -> bytes:
    start = _place(rng, content)
    end = min(len(content), start + rng.choice((1, 20, 300, 3000)))
    return content[:end] + content[start:end] * rng.choice((1, 2, 50)) + content[end:]


def _tag(rng: Rng, content: bytes) -> bytes:
    tags = re.findall(rb"</?[A-Za-z:]+", content)
    if not tags:
        return _flip(rng, content)
    old, new = rng.choice(tags), rng.choice(tags)
    return content.replace(old, rng.choice((new, b"<a", b"", old + b"X", old + b' a="1" a="2"')), rng.choice((1, -1)))


def _swap(rng: Rng, content: bytes) -> bytes:
    cells = re.findall(rb">[^<>]+<|,[^,\n]+(?=,)", content)
    if len(cells) < 2:
        return _delete(rng, content)
    strange = (
        "9" * 400,
        "1e999999999",
        "NaN",
        "-0",
        "٣",
        "１２",
        "20250230",
        "99991231235959",
        "\U0010ffff",
        "=cmd()",
        "x" * 70_000,
        "0x1F",
        " ",
        "-" * 99,
        "+86" * 99,
    )
    old = rng.choice(cells)
    return content.replace(
        old, old[:1] + rng.choice([rng.choice(cells)[1:].rstrip(b"<"), rng.choice(strange).encode()]) + old[-1:].replace(b",", b""), 1
    )


def _nest(rng: Rng, content: bytes) -> bytes:
    record = re.search(rb"<(\w+:)?(Order|Payment|Inventory|Tax|Logistics)>.*?</(\w+:)?\2>", content, re.S)
    if not record:
        return _repeat(rng, content)
    return content.replace(
        record[0], record[0][: len(record[0]) // 2] + record[0] * rng.choice((1, 3)) + record[0][len(record[0]) // 2 :], 1
    )


def _encoding(rng: Rng, content: bytes) -> bytes:
    text = content.decode("utf-8", "replace")
    real = rng.choice(("utf-16", "utf-16-le", "utf-32", "gb18030", "utf-8-sig", "big5", "latin-1", "utf-7"))
    said = rng.choice(("UTF-8", "GB2312", "GBK", "UTF-16", "ISO-8859-1", "EBCDIC-CP-US", "no-such", "UTF-7"))
    return re.sub(r'encoding="[^"]*"', f'encoding="{said}"', text).encode(real, "replace")


def _pack(rng: Rng, content: bytes) -> bytes:
    for _ in range(rng.choice((1, 1, 2, 5, 9))):
        if rng.random() < 0.5:
            content = gzip.compress(content) + rng.choice((b"", b"", b"junk", gzip.compress(b"more")))
        else:
            content = zipped(
                {
                    rng.choice(("a", "../../x", "/etc/x", "目录/文件.xml", "a" * 250)): content,
                    "b.xml": content[:50],
                    ".hidden": b"x",
                    "d/": b"",
                }
            )
    return _flip(rng, content) if rng.random() < 0.4 else content


MUTATIONS: Sequence[Callable[[Rng, bytes], bytes]] = (
    _flip,
    _insert,
    _delete,
    _truncate,
    _repeat,
    _tag,
    _swap,
    _swap,
    _nest,
    _encoding,
    _pack,
)


def mutated(rng: Rng, pool: Sequence[bytes]) -> bytes:
    """One seed after one to four mutations."""
    content = rng.choice(pool)
    for _ in range(rng.choice((1, 1, 2, 4))):
        content = rng.choice(MUTATIONS)(rng, content)
    return content


def absurd(order: Callable[..., str], message: Callable[..., str]) -> Iterator[tuple[str, bytes]]:
    """Files of a size or depth that no sender has."""
    big = "长" * 3_000_000
    for name in (
        "note",
        "consigneeAddress",
        "buyerTelephone",
        "buyerName",
        "orderNo",
        "goodsValue",
        "appTime",
        "currency",
        "ebpCode",
        "buyerIdNumber",
    ):
        yield f"element-{name}.xml", message(order("1", {name: big})).encode()
    yield "attributes.xml", message(order("1")).replace("<Order>", "<Order " + " ".join(f'a{i}="1"' for i in range(100_000)) + ">").encode()
    yield "lines.xml", message(order("1", {}, *({"gnum": str(i), "qty": "1"} for i in range(10_000)))).encode()
    yield "depth.xml", message(order("1", {"note": "<a>" * 10_000 + "</a>" * 10_000})).encode()
    yield (
        "digits.xml",
        message(
            order("1", {"goodsValue": "9" * 100_000}),
            order("2", {"goodsValue": "1." + "0" * 100_000}),
            order("3", {"packNo": "9" * 100_000}),
        ).encode(),
    )
    yield "elements.xml", message(order("1", {"x": "<a/>x" * 200_000})).encode()
    for mib in (3, 15):
        yield f"siblings-{mib}.xml", message(order("1").replace("</OrderHead>", "<a/>x" * (mib * 2**20 // 5) + "</OrderHead>")).encode()
    yield "names.xml", message(*(order(str(i), {f"a{i}b{j}": "1" for j in range(40)}) for i in range(2_000))).encode()
    yield "comments.xml", message(order("1", {"note": "<!-- -->x" * 200_000})).encode()
    yield "texts.xml", message(*(order(str(i), {"note": "长" * 400_000}) for i in range(60))).encode()
    yield "other.xml", ("<CEB711Message>" + "<a/>" * 300_000 + "</CEB711Message>").encode()
    yield (
        "entities.xml",
        b"<!DOCTYPE a [<!ENTITY a '"
        + b"a" * 100
        + b"'>"
        + b"".join(b"<!ENTITY a%d '%s'>" % (i, b"&a;" * 100) for i in range(9))
        + b"]><CEB311Message>&a8;</CEB311Message>",
    )
    header = "ebp_code,order_no,ebc_code,goods_value,currency"
    many = ",".join(f"c{i}" for i in range(20_000))
    yield "columns.csv", f"{header},{many}\n{'1,' * 20_004}1\n".encode()
    yield "columns-first.csv", f"{many},{header}\n{'1,' * 20_004}1\n".encode()
    yield "row.csv", f"{header},note\n1,1,1,1,CNY,{'x' * 5_000_000}\n1,2,1,1,CNY,y\n".encode()
    yield "quote.csv", f'{header},note\n1,1,1,1,CNY,"{"x" * 9_000_000}\n'.encode()
    yield "no-line-ends.csv", f"{header},".encode() + b"x" * 20_000_000
    base = {"ebp_code": "1", "order_no": "1", "ebc_code": "1", "goods_value": "1", "currency": "CNY"}
    yield "row.jsonl", "\n".join(json.dumps({**base, "order_no": str(i), "note": "x" * 5_000_000}) for i in range(12)).encode()
    yield "keys.jsonl", "\n".join(json.dumps({**base, **{f"k{i}-{j}": 1 for j in range(500)}}) for i in range(2_000)).encode()
    yield "deep.jsonl", json.dumps(base).encode() + b"\n" + b"[" * 100_000
    yield "number.jsonl", json.dumps(base).encode() + b'\n{"goods_value": ' + b"9" * 100_000 + b"}"
    yield "bomb.gz", gzip.compress(b"\0" * 300_000_000, 1)
    yield "bomb-junk.xml.gz", gzip.compress(b"<CEB311Message>" + b"<a/>" * 30_000_000, 1)
    yield "bomb-space.xml.gz", gzip.compress(b" " * 300_000_000, 1)
    yield "members.zip", zipped({f"{i}.xml": b"<a/>" for i in range(3_000)})
    nested = b"<CEB311Message/>"
    for _ in range(40):
        nested = zipped({"a.zip": nested})
    yield "nested.zip", nested
    buffer = io.BytesIO()
    text = pa.DictionaryArray.from_arrays(pa.array([0] * 800, pa.int32()), pa.array(["x" * 1_000_000]))
    columns = {**{name: pa.array([value] * 800) for name, value in base.items()}, "note": text}
    pq.write_table(pa.table({**columns, "order_no": [str(i) for i in range(800)]}), buffer, store_schema=False)
    yield "dictionary.parquet", buffer.getvalue()
    buffer = io.BytesIO()
    pq.write_table(pa.table({**{k: [v] for k, v in base.items()}, **{f"c{i}": [1] for i in range(5_000)}}), buffer)
    yield "columns.parquet", buffer.getvalue()
