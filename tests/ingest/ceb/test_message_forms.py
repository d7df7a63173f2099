"""Messages of another form than the standard's: nothing of them is lost in silence, whatever their kind and size."""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from sandan.ingest.account import FileAccount
from sandan.ingest.ceb import read as ceb_read
from sandan.ingest.ceb.messages import MESSAGES, Message
from sandan.ingest.intake import ingest
from sandan.record.catalog.tables import CATALOG
from sandan.record.settings import load_settings

Xml = Callable[..., str]
KINDS = pytest.mark.parametrize("kind", sorted(MESSAGES))
WITH_LINES = pytest.mark.parametrize("kind", sorted(kind for kind, message in MESSAGES.items() if message.line))
Cases = Callable[[str, int, str], Any]
SIZES = pytest.mark.parametrize("whole_bytes", [4 << 20, 0])


@KINDS
def test_every_element_has_a_column(kind: str) -> None:
    """Of the head but `guid`, which names the message, and of the lines."""
    message = MESSAGES[kind]
    spec = CATALOG[message.list_name]
    head = {column.name for column in spec.columns}
    lines = {column.name for column in CATALOG[spec.lines].columns} if spec.lines else set()
    assert {element for element in message.head_fields if message.column(element) not in head} <= {"guid"}
    assert {element for element in message.line_fields if message.column(element) not in lines} == set()


def _text(message: Message, element: str, i: int) -> str:
    if element in ("appTime", "payTime", "returnTime", "logisticsTime"):
        return "20250401120000"
    if re.search("Time|Date", element):
        return "20250401"
    if element in ("appType", "appStatus"):
        return "1" if element == "appType" else "2"
    if element.endswith("urrency"):
        return "142"
    return str(i) if element not in ("orderNo", "logisticsNo", "copNo", "invtNo", "taxNo", "payTransactionId") else f"N{i}"


def _fields(message: Message, elements: tuple[str, ...], i: int) -> str:
    return "".join(f"<{element}>{_text(message, element, i)}</{element}>" for element in elements)


def _head(message: Message, i: int) -> str:
    head = _fields(message, message.head_fields, i)
    return f"<{message.head}>{head}</{message.head}>" if message.head else head


def _lines(message: Message, n: int) -> str:
    return (
        "".join(f"<{message.line}>{_fields(message, message.line_fields, i)}</{message.line}>" for i in range(1, n + 1))
        if message.line
        else ""
    )


def _record(message: Message, i: int = 7, n_lines: int = 2) -> str:
    return f"<{message.record}>{_head(message, i)}{_lines(message, n_lines)}</{message.record}>"


def _written(kind: str, *parts: str) -> bytes:
    transfer = "<BaseTransfer><copCode>C1</copCode><dxpId>D1</dxpId></BaseTransfer>"
    return f'<?xml version="1.0"?><{kind}Message guid="G" xmlns="http://www.chinaport.gov.cn/ceb">{"".join(parts)}{transfer}</{kind}Message>'.encode()


@pytest.fixture
def read(reader: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., dict[str, Any]]:
    def read(content: bytes, whole_bytes: int) -> dict[str, Any]:
        monkeypatch.setattr(ceb_read, "_WHOLE_BYTES", whole_bytes)
        (tmp_path / "m.xml").write_bytes(content)
        account: dict[str, Any] = reader.read(tmp_path / "m.xml")
        return account

    return read


def _in_wrapper(message: Message, i: int = 1) -> str:
    return f"<{message.record}s>{_record(message, i)}{_record(message, i + 1)}</{message.record}s>"


def _small(message: Message, i: int = 7) -> str:
    return re.sub(rf"(</?){message.record}>", rf"\1{message.record.lower()}>", _record(message, i))


def _capital(message: Message, i: int = 7) -> str:
    return re.sub(rf"(</?){message.record}>", rf"\1{message.record.upper()}>", _record(message, i))


def _plural(message: Message, i: int = 7) -> str:
    return re.sub(rf"(</?){message.record}>", rf"\1{message.record}Info>", _record(message, i))


def _deep(message: Message, i: int = 7) -> str:
    return f"<Body><Data>{_record(message, i)}</Data></Body>"


def _bare(message: Message, i: int = 1) -> str:
    return _head(message, i) + _lines(message, 1)


def _nothing(message: Message, i: int = 1) -> str:
    return ""


def _two_heads(message: Message, i: int) -> str:
    return _head(message, i) + _lines(message, 1) + _head(message, i + 1) + _lines(message, 1)


def _one_head_twice(message: Message, i: int) -> str:
    return _head(message, i) * 2


def _line_in_head(message: Message, i: int, beside: int) -> str:
    return _head(message, i).replace(f"</{message.head}>", f"{_lines(message, 1)}</{message.head}>") + _lines(message, beside)


def _line_in_line(message: Message, i: int) -> str:
    return _head(message, i) + _lines(message, 1).replace(f"</{message.line}>", f"{_lines(message, 1)}</{message.line}>")


def _nested(message: Message, i: int) -> str:
    last = message.head_fields[-1]
    return _record(message, i).replace(f"<{last}>", f"<more><{last}>", 1).replace(f"</{last}>", f"</{last}></more>", 1)


NO_RECORD = [_in_wrapper, _small, _capital, _plural, _deep, _bare, _nothing]
BESIDE = [_in_wrapper, _small, _plural, _deep]
TWO_HEADS = [_two_heads, _one_head_twice]
LINES_ELSEWHERE: list[Callable[[Message], str]] = [
    lambda m: f"<{m.line}s>{_lines(m, 2)}</{m.line}s>",
    lambda m: f"<Lists><Inner>{_lines(m, 2)}</Inner></Lists>",
    lambda m: _lines(m, 2).replace(m.line, m.line.lower()),
    lambda m: _lines(m, 2).replace(m.line, f"{m.line}Info"),
    lambda m: _lines(m, 1) + f"<{m.line}s>{_lines(m, 1)}</{m.line}s>",
    lambda m: _fields(m, m.line_fields, 1),
]


def _cases(message: Message) -> Iterator[tuple[str, Callable[[int], list[str]]]]:
    """What is written in a message of this kind: name of the case, and its parts, whose records are numbered from a number on."""

    def record(inner: str) -> str:
        return f"<{message.record}>{inner}</{message.record}>"

    yield "standard", lambda i: [_record(message, i), _record(message, i + 1)]
    for form in NO_RECORD:
        yield f"alone {form.__name__}", lambda i, form=form: [form(message, i)]  # type: ignore[misc]
    for form in BESIDE:
        yield f"first {form.__name__}", lambda i, form=form: [form(message, i + 2), _record(message, i), _record(message, i + 1)]  # type: ignore[misc]
        yield f"last {form.__name__}", lambda i, form=form: [_record(message, i), _record(message, i + 1), form(message, i + 2)]  # type: ignore[misc]
    yield "nested", lambda i: [_nested(message, i + 1), _record(message, i)]
    if message.head:
        for double in TWO_HEADS:
            yield double.__name__, lambda i, double=double: [record(double(message, i + 1)), _record(message, i)]  # type: ignore[misc]
    if message.line:
        for n, lines in enumerate(LINES_ELSEWHERE):
            yield f"lines {n}", lambda i, lines=lines: [record(_head(message, i + 1) + lines(message)), _record(message, i)]  # type: ignore[misc]
        for beside in (0, 1):
            yield f"inside {beside}", lambda i, beside=beside: [  # type: ignore[misc]
                record(_line_in_head(message, i + 1, beside)), record(_line_in_line(message, i + 2)), _record(message, i)
            ]  # fmt: skip
        yield "no lines", lambda i: [_record(message, i, 0), _record(message, i + 1)]


@dataclass
class Became:
    """What became of the file of one case: its account, list and code of its rejects, the rows in force of its good records and their lines."""

    account: FileAccount
    rejects: list[tuple[str, str]]
    rows: list[dict[str, Any]]
    n_lines: int

    @property
    def counts(self) -> tuple[int, int, int, int]:
        """Records read, loaded and rejected, and whether the file was rejected as a whole."""
        count = self.account.count
        return count.read, count.loaded, count.rejected, int(bool(self.account.fault))


@pytest.fixture(scope="module")
def became(reader_at: Callable[[Path], Any], tmp_path_factory: pytest.TempPathFactory) -> Callable[[str, int, str], Became]:
    """What became of a case of a kind of message and a way to read; all cases of the kind are read at once, each as a file of its own."""
    made: dict[tuple[str, int], dict[str, Became]] = {}

    def read(kind: str, whole_bytes: int) -> dict[str, Became]:
        folder, message = tmp_path_factory.mktemp("forms"), MESSAGES[kind]
        cases = {name: (10 * (n + 1), parts) for n, (name, parts) in enumerate(_cases(message))}
        files = {name: folder / f"{name.replace(' ', '-')}.xml" for name in cases}
        for name, (number, parts) in cases.items():
            files[name].write_bytes(_written(kind, *parts(number)))
        reader = reader_at(folder / "home")
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(ceb_read, "_WHOLE_BYTES", whole_bytes)
            account = ingest(list(files.values()), load_settings(reader.home))
        assert all(count.is_even for count in account.lists.values()), account.lists
        of_file = {one.path: one for one in account.by_file}
        rows, rejects = reader.rows(message.list_name), reader.rejects()
        lines = Counter(row["parent_id"] for row in reader.rows(CATALOG[message.list_name].lines)) if message.line else Counter()
        found = {}
        for name, file in files.items():
            numbers = {f"N{cases[name][0] + k}" for k in range(10)}
            own = [row for row in rows if numbers & {value for value in row.values() if isinstance(value, str)}]
            told = [(one[2], one[3]) for one in rejects if one[0] == file.name]
            found[name] = Became(of_file[file], told, own, sum(lines[row["record_id"]] for row in own))
        return found

    def give(kind: str, whole_bytes: int, name: str) -> Became:
        key = kind, whole_bytes
        if key not in made:
            made[key] = read(*key)
        return made[key][name]

    return give


@SIZES
@KINDS
def test_a_message_of_the_standards_form_loads(became: Cases, kind: str, whole_bytes: int) -> None:
    case = became(kind, whole_bytes, "standard")
    assert case.counts == (2, 2, 0, 0)
    assert (len(case.rows), case.n_lines) == (2, 4 if MESSAGES[kind].line else 0)


@SIZES
@KINDS
@pytest.mark.parametrize("form", NO_RECORD)
def test_a_message_without_a_record_where_it_should_be_is_one_reject(
    became: Cases, kind: str, form: Callable[[Message], str], whole_bytes: int
) -> None:
    case = became(kind, whole_bytes, f"alone {form.__name__}")
    assert case.counts == (1, 0, 1, 1)
    assert case.rejects == [(MESSAGES[kind].list_name, "no_record")] and case.rows == []


@SIZES
@KINDS
@pytest.mark.parametrize("form", BESIDE)
@pytest.mark.parametrize("is_first", [True, False])
def test_beside_good_records_it_is_counted(
    became: Cases, kind: str, form: Callable[[Message], str], is_first: bool, whole_bytes: int
) -> None:
    case = became(kind, whole_bytes, f"{'first' if is_first else 'last'} {form.__name__}")
    assert case.counts == (3, 2, 1, 0)
    assert [code for _, code in case.rejects] == ["unknown_record"] and len(case.rows) == 2


@SIZES
@pytest.mark.parametrize("kind", sorted(kind for kind, message in MESSAGES.items() if message.head))
def test_a_record_with_two_heads_is_refused(became: Cases, kind: str, whole_bytes: int) -> None:
    for double in TWO_HEADS:
        case = became(kind, whole_bytes, double.__name__)
        assert case.counts == (2, 1, 1, 0)
        assert [code for _, code in case.rejects] == ["two_heads"] and len(case.rows) == 1


@SIZES
@WITH_LINES
@pytest.mark.parametrize("form", range(len(LINES_ELSEWHERE)))
def test_a_record_whose_lines_are_elsewhere_is_refused(became: Cases, kind: str, form: int, whole_bytes: int) -> None:
    case = became(kind, whole_bytes, f"lines {form}")
    assert case.counts == (2, 1, 1, 0)
    assert [code for _, code in case.rejects] == ["unknown_part"] and case.n_lines == 2


@SIZES
@WITH_LINES
@pytest.mark.parametrize("beside", [0, 1])
def test_a_record_with_a_line_inside_its_head_or_another_line_is_refused(became: Cases, kind: str, beside: int, whole_bytes: int) -> None:
    case = became(kind, whole_bytes, f"inside {beside}")
    assert case.counts == (3, 1, 2, 0)
    assert {code for _, code in case.rejects} == {"unknown_part"} and case.n_lines == 2


@SIZES
@WITH_LINES
def test_a_record_without_lines_is_a_counted_defect(became: Cases, kind: str, whole_bytes: int) -> None:
    case = became(kind, whole_bytes, "no lines")
    assert (case.counts, case.n_lines) == ((2, 2, 0, 0), 2)
    assert sorted(row["defects"] or "" for row in case.rows) == ["", "no_lines"]


@SIZES
@KINDS
def test_fields_in_an_element_of_their_own_refuse_their_record(became: Cases, kind: str, whole_bytes: int) -> None:
    case = became(kind, whole_bytes, "nested")
    assert case.counts == (2, 1, 1, 0)
    assert [code for _, code in case.rejects] == ["unknown_part"]


@SIZES
@pytest.mark.parametrize("blank", ["\n", "  \r\n\t"])
def test_blank_lines_before_the_declaration_change_nothing(read: Any, blank: str, whole_bytes: int) -> None:
    assert read(blank.encode() + _written("CEB311", _record(MESSAGES["CEB311"])), whole_bytes)["loaded"] == 1


@pytest.mark.parametrize(
    ("form", "told"), [(_in_wrapper, "it stands in Orders"), (_small, "it is written order"), (_deep, "it stands in Data")]
)
def test_the_reject_says_where_the_record_is(read: Any, reader: Any, form: Callable[[Message], str], told: str) -> None:
    read(_written("CEB311", form(MESSAGES["CEB311"])), 4 << 20)
    assert [told in reject[4] for reject in reader.rejects()] == [True]


def test_xml_that_is_no_message_is_told_by_its_root(read: Any, reader: Any) -> None:
    read(b"<ceb311message><Order/></ceb311message>", 4 << 20)
    assert [reject[3:5] for reject in reader.rejects()] == [("unknown_format", "XML, but no CEB message: its root is ceb311message")]


def test_capitals_of_a_field_do_not_matter(read: Any, reader: Any, order: Xml, message: Xml) -> None:
    told = message(order("1", {"buyerName": "王测试"})).replace("buyerName", "BuyerNAME").replace("orderNo", "ORDERNO")
    assert read(told.encode(), 4 << 20)["loaded"] == 1
    assert [(row["order_no"], row["buyer_name"]) for row in reader.rows("orders")] == [("1", "王测试")]


def test_elements_that_nobody_knows_are_no_records(read: Any, order: Xml, message: Xml) -> None:
    extra = "<Vendor><trace>1</trace></Vendor>"
    for whole_bytes in (4 << 20, 0):
        account = read(message(extra, order("1").replace("</Order>", f"{extra}</Order>"), extra).encode(), whole_bytes)
        assert (account["read"], account["rejected"]) == (1, 0)


@SIZES
def test_an_unparsed_message_without_a_record_is_one_reject(read: Any, reader: Any, whole_bytes: int) -> None:
    account = read(_written("CEB900"), whole_bytes)
    assert (account["read"], account["rejected"], account["rejected_files"]) == (1, 1, 1)
    assert [reject[2:4] for reject in reader.rejects()] == [("other", "no_record")]
