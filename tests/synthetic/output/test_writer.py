import datetime as dt
from importlib import resources
from pathlib import Path
from typing import Any

import pytest
import xmlschema
from lxml import etree

from sandan.ingest.ceb.signature import SignatureChecker
from sandan.record.settings import SignatureSettings, load_settings
from sandan.synthetic.dice import Dice
from sandan.synthetic.market.companies import Company
from sandan.synthetic.output.writer import MessageWriter, record_xml, sent
from sandan.synthetic.trade.consignment import Record

COMPANY = Company("3301960001", "913301000000000000", "A & B <firm>", "logistics", dt.date(2020, 1, 1), "registered", "DXPENT1", "2991")
DAY = dt.datetime(2025, 3, 1)


def a_status(number: int) -> Record:
    head = {"logisticsNo": f"L{number} & <co>", "logisticsStatus": "S", "appTime": "20250301000000"}
    return Record("CEB513", COMPANY, DAY + dt.timedelta(minutes=number), head)


def test_record_xml_keeps_the_order_of_the_specification_and_escapes() -> None:
    text = record_xml(a_status(1))
    assert text.index("appTime") < text.index("logisticsNo") < text.index("logisticsStatus")
    assert "L1 &amp; &lt;co&gt;" in text


def test_record_xml_refuses_an_unknown_element() -> None:
    with pytest.raises(KeyError, match="wrong"):
        record_xml(Record("CEB513", COMPANY, DAY, {"wrong": "1"}))


def test_messages_hold_at_most_100_records_in_order_of_sending(tmp_path: Path) -> None:
    writer = MessageWriter(tmp_path, Dice(1, 1), {COMPANY.code: COMPANY})
    for number in reversed(range(430)):
        writer.add(sent(a_status(number)))
    writer.advance(DAY + dt.timedelta(minutes=429))
    writer.close()
    paths = sorted(tmp_path.rglob("*.xml"))
    assert len(paths) == writer.n_files == 5
    found = []
    for path in paths:
        numbers = [element.text or "" for element in etree.parse(path).iter("{*}logisticsNo")]
        assert 1 <= len(numbers) <= 100
        found += [int(number.split()[0][1:]) for number in numbers]
    assert found == list(range(430))


@pytest.mark.parametrize(
    ("schema", "kinds"), [("import.xsd", ("311", "411", "511", "513", "621", "625")), ("export.xsd", ("303", "403", "505", "603"))]
)
def test_messages_are_valid(world: Any, schemas: Path, schema: str, kinds: tuple[str, ...]) -> None:
    rules = xmlschema.XMLSchema(schemas / schema)
    for kind in kinds:
        paths = sorted((world.files.folder / "messages").rglob(f"CEB{kind}_*.xml"))
        assert paths
        # Some of each: the first, the last and those between at equal steps.
        for path in paths[:: max(1, len(paths) // 6)]:
            assert not list(rules.iter_errors(path)), path


def test_declarations_are_signed_with_the_demonstration_key_and_nothing_else_is(world: Any, tmp_path: Path) -> None:
    certificate = resources.files("sandan.synthetic.output") / "demonstration.crt.pem"
    (tmp_path / "anchor.pem").write_bytes(certificate.read_bytes())
    settings = load_settings(tmp_path).model_copy(update={"signatures": SignatureSettings(trusted=("anchor.pem",))})
    checker = SignatureChecker.from_settings(settings)
    paths = sorted((world.files.folder / "messages").rglob("CEB62[15]_*.xml"))
    assert len(paths) > 30
    for path in paths[:: len(paths) // 6]:
        message = path.read_bytes()
        assert checker.state(message) == "valid"
        assert checker.state(message.replace(b"<ceb:qty>1<", b"<ceb:qty>2<", 1)) == "invalid"
    others = [path for path in (world.files.folder / "messages").rglob("*.xml") if path.name[:6] not in ("CEB621", "CEB625")]
    assert others and not any(b"Signature" in path.read_bytes() for path in others)
