"""The traps that generators fall into, each by its name; and each check sees a trap that is planted."""

import re
from bisect import bisect
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from difflib import SequenceMatcher
from typing import Any

import pytest
from sklearn.metrics import roc_auc_score

# Imports: message -> what finds its consignment.
LISTS = {"CEB311": "orderNo", "CEB411": "orderNo", "CEB511": "logisticsNo", "CEB621": "logisticsNo"}
NUMBERS = {"CEB311": "orderNo", "CEB411": "payTransactionId", "CEB511": "logisticsNo", "CEB621": "copNo"}
CODES = ("ebpCode", "ebcCode", "payCode", "logisticsCode", "agentCode", "areaCode", "assureCode")
TIMES = (("CEB311", "appTime"), ("CEB411", "payTime"), ("CEB411", "appTime"), ("CEB511", "appTime"), ("CEB621", "appTime"))
# Quantities within a quarter of each other are alike.
LIKE = 0.25
# Free texts, which nobody else need have: numbers, names, addresses, accounts.
OWN = re.compile(r"(guid|No|Id|IdNumber|Name|Telephone|telephone|Address|Time|Date|consignee|buyerRegNo|itemRecordNo)$")


def is_fraud(row: Any) -> bool:
    return bool(row.truth == "fraud")


def area(values: Iterable[float], frauds: Iterable[bool]) -> float:
    """Area under the curve of the values, whichever end the frauds stand at."""
    found = float(roc_auc_score(list(frauds), list(values)))
    return max(found, 1 - found)


def serial(text: str) -> float:
    """The last nine digits of a number; what stands before them may be a day."""
    return float("".join(c for c in text if c.isdigit())[-9:] or 0)


def test_frauds_are_not_written_first(large: Any, import_records: list[Any], waybills: list[Any]) -> None:
    # Parcels of a few workshops, each with weeks of its own: a little further from the middle by chance.
    for most, rows in ((0.6, [row for row in large.key if row.flow == "import"]), (0.65, [row for row in large.key if not row.order_no])):
        assert area(range(len(rows)), map(is_fraud, rows)) <= most
        # Neither first nor last.
        assert area((abs(i - len(rows) / 2) for i in range(len(rows))), map(is_fraud, rows)) <= most
    for kind in LISTS:
        own = [(position, is_fraud(row)) for message, position, _, row in import_records if message == kind]
        assert area(*zip(*own, strict=True)) <= 0.6, kind
    assert area(range(len(waybills)), (is_fraud(row) for _, row in waybills)) <= 0.65
    planted = sorted((is_fraud(row) for row in large.key), reverse=True)
    assert area(range(len(planted)), planted) > 0.9


def test_frauds_are_not_numbered_first(import_records: list[Any], waybills: list[Any]) -> None:
    numbers = {
        kind: [(serial(r.head[element]), is_fraud(row)) for k, _, r, row in import_records if k == kind]
        for kind, element in NUMBERS.items()
    }
    numbers["house"] = [(serial(waybill["logistics_no"]), is_fraud(row)) for waybill, row in waybills]
    numbers["guid"] = [(float(int(record.head["guid"].replace("-", "")[:12], 16)), is_fraud(row)) for _, _, record, row in import_records]
    areas = {name: area(*zip(*pairs, strict=True)) for name, pairs in numbers.items()}
    assert max(areas.values()) <= 0.6, areas
    counted = sorted(numbers["CEB311"], key=lambda pair: not pair[1])
    assert area(range(len(counted)), (fraud for _, fraud in counted)) > 0.9


def shape(text: str) -> str:
    """Letters of a number's beginning, and how many digits follow; of a guid its digits and dashes."""
    return re.sub(r"[0-9A-Fa-f]", "9", text) if len(text) > 30 else re.sub(r"\d", "9", text)


def only_frauds(pairs: Iterable[tuple[str, Any]]) -> set[str]:
    """Values that several actors have and nobody else; an actor of its own may have a thing of its own, as any household may."""
    actors: dict[str, set[str]] = defaultdict(set)
    others = set()
    for value, row in pairs:
        if is_fraud(row):
            actors[value].add(row.group)
        else:
            others.add(value)
    return {value for value, groups in actors.items() if len(groups) > 1} - others


@pytest.mark.parametrize("form", [shape, lambda text: text[:2], lambda text: text[-1:]], ids=["shape", "first two", "last"])
def test_no_number_of_a_fraud_has_a_form_of_its_own(import_records: list[Any], waybills: list[Any], form: Callable[[str], str]) -> None:
    for kind, element in [*NUMBERS.items(), *((kind, "guid") for kind in LISTS)]:
        texts = [(record.head[element].strip(), row) for k, _, record, row in import_records if k == kind]
        assert not only_frauds((form(text), row) for text, row in texts), (kind, element)
        assert only_frauds((form(f"?{text}?" if is_fraud(row) else text), row) for text, row in texts)
    assert not only_frauds((form(waybill["logistics_no"]), row) for waybill, row in waybills)


def shares(times: Sequence[tuple[str, bool]], holds: Callable[[str], bool]) -> tuple[float, float]:
    """Share of the frauds' times for which something holds, and of all others."""
    counts = Counter((fraud, holds(text)) for text, fraud in times)
    return tuple(counts[fraud, True] / (counts[fraud, True] + counts[fraud, False]) for fraud in (True, False))  # type: ignore[return-value]


@pytest.fixture(scope="module")
def times(import_records: list[Any]) -> dict[tuple[str, str], list[tuple[str, bool]]]:
    made = defaultdict(list)
    for kind, _, record, row in import_records:
        for message, element in TIMES:
            if kind == message:
                made[message, element].append((record.head[element], is_fraud(row)))
    return made


def is_whole(digits: str) -> bool:
    return digits[12:14] == "00" or digits[10:12] in ("00", "30")


def test_times_of_frauds_are_not_in_whole_minutes_or_half_hours(times: dict[Any, list[tuple[str, bool]]], waybills: list[Any]) -> None:
    house = [(re.sub(r"\D", "", waybill["shipped_at"]), is_fraud(row)) for waybill, row in waybills]
    for name, given in [*times.items(), ("house", house)]:
        frauds, others = shares(given, is_whole)
        assert abs(frauds - others) < 0.04, (name, frauds, others)
    planted = [(digits[:12] + "00" if fraud else digits, fraud) for digits, fraud in times["CEB411", "payTime"]]
    assert abs(shares(planted, is_whole)[0] - shares(planted, is_whole)[1]) > 0.5


def by_night(digits: str) -> bool:
    return int(digits[8:10]) < 7


def is_flat(given: Sequence[tuple[str, bool]]) -> bool:
    """Whether the frauds are nearer to a flat day, 7 of 24 by night, than to the others."""
    frauds, others = shares(given, by_night)
    return frauds >= others + (7 / 24 - others) / 2


def test_frauds_are_not_flat_over_the_day(times: dict[Any, list[tuple[str, bool]]]) -> None:
    for name, given in times.items():
        frauds, others = shares(given, by_night)
        assert abs(frauds - others) < 0.08, (name, frauds, others)
        # Carriers print by day and by night.
        assert name == ("CEB511", "appTime") or not is_flat(given), (name, frauds, others)
    given = times["CEB411", "payTime"]
    assert is_flat([(f"{digits[:8]}{i % 24:02d}{digits[10:]}" if fraud else digits, fraud) for i, (digits, fraud) in enumerate(given)])


def unlike(pairs: Iterable[tuple[float, Any]]) -> list[float]:
    """Quantities that nobody else comes near, of three actors or more."""
    given = list(pairs)
    known = sorted({value for value, row in given if not is_fraud(row)})
    left = {(value, row.group) for value, row in given if is_fraud(row)}
    left = {(value, group) for value, group in left if not _near(value, known)}
    return sorted({value for value, _ in left}) if len({group for _, group in left}) > 2 else []


def _near(value: float, known: Sequence[float]) -> bool:
    at = bisect(known, value)
    return any(abs(value - other) <= LIKE * abs(other) for other in known[max(0, at - 1) : at + 1])


def test_no_quantity_is_the_frauds_alone(import_records: list[Any], waybills: list[Any]) -> None:
    seen: dict[str, list[tuple[float, Any]]] = defaultdict(list)
    for kind, _, record, row in import_records:
        for line in record.lines:
            for element in ("qty", "qty1", "price", "totalPrice"):
                if element in line:
                    seen[f"{kind}.{element}"].append((float(line[element]), row))
        seen[f"{kind}.lines"].append((len(record.lines), row))
        for element in ("weight", "grossWeight", "packNo", "freight", "discount", "amountPaid"):
            if element in record.head:
                seen[f"{kind}.{element}"].append((float(record.head[element]), row))
    for waybill, row in waybills:
        for column in ("declared_value", "weight_kg"):
            seen[f"house.{column}"].append((float(waybill[column]), row))
    alone = {name: left for name, pairs in seen.items() if (left := unlike(pairs))}
    assert not alone
    planted = [(value + 9999 if is_fraud(row) else value, row) for value, row in seen["CEB311.qty"]]
    assert unlike(planted)[0] > 9999


def test_no_text_is_the_frauds_alone(import_records: list[Any]) -> None:
    seen: dict[str, list[tuple[str, Any]]] = defaultdict(list)
    for kind, _, record, row in import_records:
        for name, text in [*record.head.items(), *((f"line.{name}", text) for line in record.lines for name, text in line.items())]:
            if not OWN.search(name) and name not in CODES:
                seen[f"{kind}.{name}"].append((re.sub(r"\d+(\.\d+)?", "9", text), row))
        # What is left out, too.
        seen[f"{kind}.elements"].append((" ".join(sorted(record.head)), row))
    alone = {name: left for name, pairs in seen.items() if (left := only_frauds(pairs))}
    assert not alone
    assert only_frauds((text + "!" if is_fraud(row) else text, row) for text, row in seen["CEB311.note"])


def words(text: str) -> set[str]:
    """Words of a text."""
    return set(re.findall(r"[a-z]+(?:['&*-][a-z]+)*", text.lower()))


def test_no_word_of_a_description_is_the_frauds_alone(large: Any, waybills: list[Any]) -> None:
    brands = {word for row in large.table("brands") for word in words(f"{row['brand']} {row['aliases']}")}

    def is_brand(word: str) -> bool:
        # What is written nearly as a brand is what the typology is.
        return any(SequenceMatcher(None, word, brand).ratio() > 0.6 or brand.startswith(word) for brand in brands)

    said = [(word, row) for waybill, row in waybills for word in words(waybill["description"])]
    assert not {word for word in only_frauds(said) if not is_brand(word)}
    assert only_frauds([*said, *(("copy", row) for _, row in waybills if is_fraud(row))]) >= {"copy"}


def shells(import_records: Iterable[Any], register: set[str]) -> set[str]:
    """Codes of companies in lists of frauds that are not on the register."""
    codes = {record.head.get(name, "") for _, _, record, row in import_records if is_fraud(row) for name in CODES}
    codes |= {record.sender for _, _, record, row in import_records if is_fraud(row)}
    return codes - register - {""}


def test_shells_are_on_the_register(large: Any, import_records: list[Any], waybills: list[Any]) -> None:
    companies = large.table("companies")
    register = {row["code"] for row in companies} | {row["uscc"] for row in companies}
    assert not shells(import_records, register)
    assert {waybill["logistics_code"] for waybill, _ in waybills} <= register
    first = next(record.head["ebcCode"] for kind, _, record, row in import_records if kind == "CEB311" and is_fraud(row))
    assert shells(import_records, register - {first}) == {first}


def test_shells_are_no_younger_than_others_in_their_trade(large: Any, import_records: list[Any]) -> None:
    since = {code: row["registered_on"] for row in large.table("companies") for code in (row["code"], row["uscc"])}
    for element in ("ebcCode", "agentCode", "logisticsCode"):
        days = [(since[r.head[element]], row) for kind, _, r, row in import_records if kind == "CEB621" and r.head[element] in since]
        youngest = max(day for day, row in days if not is_fraud(row))
        assert not {day for day in only_frauds(days) if day > youngest}
