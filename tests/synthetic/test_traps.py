"""The traps that generators fall into, each by its name; and each check sees a trap that is planted."""

import re
from bisect import bisect
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from difflib import SequenceMatcher
from statistics import median
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


@pytest.fixture(scope="module")
def told(large: Any) -> list[tuple[str, int, Any, Any]]:
    """Message, place among its kind, record, and row of the key, of each record of an import that the key knows."""
    rows = [row for row in large.key if row.flow == "import"]
    by = {"orderNo": {row.order_no: row for row in rows}, "logisticsNo": {row.logistics_no: row for row in rows}}
    return list(found(large.records, by))


def found(records: dict[str, list[Any]], by: dict[str, dict[str, Any]]) -> Iterator[tuple[str, int, Any, Any]]:
    for kind, element in LISTS.items():
        for place, record in enumerate(records[kind]):
            row = by[element].get(record.head[element].strip())
            if row is not None:
                yield kind, place, record, row


@pytest.fixture(scope="module")
def waybills(large: Any) -> list[tuple[dict[str, str], Any]]:
    """House waybills of parcels without lists, with their rows of the key."""
    rows = {row.logistics_no: row for row in large.key if not row.order_no}
    return [(waybill, rows[waybill["logistics_no"]]) for waybill in large.table("house_waybills") if waybill["logistics_no"] in rows]


def is_fraud(row: Any) -> bool:
    return bool(row.truth == "fraud")


def area(values: Iterable[float], frauds: Iterable[bool]) -> float:
    """Area under the curve of the values, whichever end the frauds stand at."""
    found = float(roc_auc_score(list(frauds), list(values)))
    return max(found, 1 - found)


def serial(text: str) -> float:
    """The last nine digits of a number; what stands before them may be a day."""
    return float("".join(c for c in text if c.isdigit())[-9:] or 0)


def test_frauds_are_not_written_first(large: Any, told: list[Any], waybills: list[Any]) -> None:
    # Parcels of a few workshops, each with weeks of its own: a little further from the middle by chance.
    for most, rows in ((0.6, [row for row in large.key if row.flow == "import"]), (0.65, [row for row in large.key if not row.order_no])):
        assert area(range(len(rows)), map(is_fraud, rows)) <= most
        # Neither first nor last.
        assert area((abs(i - len(rows) / 2) for i in range(len(rows))), map(is_fraud, rows)) <= most
    for kind in LISTS:
        own = [(place, is_fraud(row)) for message, place, _, row in told if message == kind]
        assert area(*zip(*own, strict=True)) <= 0.6, kind
    assert area(range(len(waybills)), (is_fraud(row) for _, row in waybills)) <= 0.65
    planted = sorted((is_fraud(row) for row in large.key), reverse=True)
    assert area(range(len(planted)), planted) > 0.9


def test_frauds_are_not_numbered_first(told: list[Any], waybills: list[Any]) -> None:
    numbers = {kind: [(serial(r.head[element]), is_fraud(row)) for k, _, r, row in told if k == kind] for kind, element in NUMBERS.items()}
    numbers["house"] = [(serial(waybill["logistics_no"]), is_fraud(row)) for waybill, row in waybills]
    numbers["guid"] = [(float(int(record.head["guid"].replace("-", "")[:12], 16)), is_fraud(row)) for _, _, record, row in told]
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
def test_no_number_of_a_fraud_has_a_form_of_its_own(told: list[Any], waybills: list[Any], form: Callable[[str], str]) -> None:
    for kind, element in [*NUMBERS.items(), *((kind, "guid") for kind in LISTS)]:
        texts = [(record.head[element].strip(), row) for k, _, record, row in told if k == kind]
        assert not only_frauds((form(text), row) for text, row in texts), (kind, element)
        assert only_frauds((form(f"?{text}?" if is_fraud(row) else text), row) for text, row in texts)
    assert not only_frauds((form(waybill["logistics_no"]), row) for waybill, row in waybills)


def shares(times: Sequence[tuple[str, bool]], holds: Callable[[str], bool]) -> tuple[float, float]:
    """Share of the frauds' times for which something holds, and of all others."""
    counts = Counter((fraud, holds(text)) for text, fraud in times)
    return tuple(counts[fraud, True] / (counts[fraud, True] + counts[fraud, False]) for fraud in (True, False))  # type: ignore[return-value]


@pytest.fixture(scope="module")
def times(told: list[Any]) -> dict[tuple[str, str], list[tuple[str, bool]]]:
    made = defaultdict(list)
    for kind, _, record, row in told:
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


def test_no_quantity_is_the_frauds_alone(told: list[Any], waybills: list[Any]) -> None:
    seen: dict[str, list[tuple[float, Any]]] = defaultdict(list)
    for kind, _, record, row in told:
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


def test_no_text_is_the_frauds_alone(told: list[Any]) -> None:
    seen: dict[str, list[tuple[str, Any]]] = defaultdict(list)
    for kind, _, record, row in told:
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


def shells(told: Iterable[Any], register: set[str]) -> set[str]:
    """Codes of companies in lists of frauds that are not on the register."""
    codes = {record.head.get(name, "") for _, _, record, row in told if is_fraud(row) for name in CODES}
    codes |= {record.sender for _, _, record, row in told if is_fraud(row)}
    return codes - register - {""}


def test_shells_are_on_the_register(large: Any, told: list[Any], waybills: list[Any]) -> None:
    companies = large.table("companies")
    register = {row["code"] for row in companies} | {row["uscc"] for row in companies}
    assert not shells(told, register)
    assert {waybill["logistics_code"] for waybill, _ in waybills} <= register
    first = next(record.head["ebcCode"] for kind, _, record, row in told if kind == "CEB311" and is_fraud(row))
    assert shells(told, register - {first}) == {first}


def test_shells_are_no_younger_than_others_in_their_trade(large: Any, told: list[Any]) -> None:
    since = {code: row["registered_on"] for row in large.table("companies") for code in (row["code"], row["uscc"])}
    for element in ("ebcCode", "agentCode", "logisticsCode"):
        days = [(since[r.head[element]], row) for kind, _, r, row in told if kind == "CEB621" and r.head[element] in since]
        youngest = max(day for day, row in days if not is_fraud(row))
        assert not {day for day in only_frauds(days) if day > youngest}


def innocent(told: Iterable[Any], kind: str) -> dict[str, list[tuple[Any, Any]]]:
    """Records of a message by declared number of order or parcel, of those who did nothing wrong."""
    made: dict[str, list[tuple[Any, Any]]] = defaultdict(list)
    for message, _, record, row in told:
        if message == kind and not is_fraud(row):
            made[row.order_no].append((record, row))
    return made


def test_honest_people_repeat(told: list[Any]) -> None:
    orders = {record.head["orderNo"]: record for kind, _, record, row in told if kind == "CEB311" and row.truth == "honest"}
    buyers = Counter(record.head["buyerIdNumber"] for record in orders.values())
    assert sum(count > 1 for count in buyers.values()) > 0.2 * len(buyers)
    assert max(buyers.values()) >= 10
    # At the same shop, the same article, on the same day.
    again = Counter((r.head["buyerIdNumber"], r.head["ebcCode"]) for r in orders.values())
    assert sum(count > 1 for count in again.values()) > 0.01 * len(again)
    articles = Counter((r.head["buyerIdNumber"], line["itemNo"]) for r in orders.values() for line in r.lines)
    assert sum(count > 1 for count in articles.values()) >= 20
    days = Counter((r.head["buyerIdNumber"], r.head["appTime"][:8]) for r in orders.values())
    assert sum(count > 1 for count in days.values()) >= 20


def test_honest_people_pay_for_others(told: list[Any]) -> None:
    orders = innocent(told, "CEB311")
    others = {
        number
        for number, paid in innocent(told, "CEB411").items()
        for record, _ in paid
        for order, _ in orders.get(number, [])
        if record.head["payerIdType"] == "1" and record.head["payerIdNumber"] != order.head["buyerIdNumber"]
    }
    forged = {row.order_no for kind, _, _, row in told if kind == "CEB311" and "payer_not_buyer" in row.typologies and is_fraud(row)}
    assert len(others) >= max(20, len(forged) / 2)


def test_honest_lists_come_late(told: list[Any]) -> None:
    declared = {row.order_no: record.head["appTime"] for kind, _, record, row in told if kind == "CEB621" and record.head["appType"] == "1"}
    for kind in ("CEB311", "CEB411", "CEB511"):
        late = {
            number
            for number, records in innocent(told, kind).items()
            for record, row in records
            if row.truth == "honest" and record.head["appType"] == "1" and record.head["appTime"] > declared.get(number, "9")
        }
        assert len(late) > 0.01 * len(declared), kind


def test_honest_people_buy_cheap(told: list[Any]) -> None:
    prices: dict[str, list[tuple[float, str, bool]]] = defaultdict(list)
    for kind, _, record, row in told:
        if kind == "CEB311":
            cheap = is_fraud(row) and "undervaluation" in row.typologies
            for line in record.lines:
                prices[line["itemNo"]].append((float(line["price"]), row.truth, cheap))
    ratios = [
        (price / usual, truth, cheap)
        for seen in prices.values()
        if (usual := median(price for price, _, _ in seen)) and len(seen) >= 5
        for price, truth, cheap in seen
    ]
    forged = [ratio for ratio, _, cheap in ratios if cheap]
    usual = median(forged)
    assert sum(ratio <= usual for ratio, truth, _ in ratios if truth != "fraud") >= len(forged) / 4
    assert sum(ratio <= 0.85 for ratio, truth, _ in ratios if truth == "honest") >= 20


def test_every_typology_has_innocents_that_bear_its_sign(large: Any) -> None:
    borne: dict[tuple[str, bool], Counter[str]] = defaultdict(Counter)
    for row in large.key:
        if row.typologies:
            borne[row.flow, is_fraud(row)].update(row.typologies.split("|"))
    for flow in ("import", "export"):
        forged, alike = borne[flow, True], borne[flow, False]
        assert not {name for name in forged if not alike[name]}, flow
    assert sum(alike.total() for (_, fraud), alike in borne.items() if not fraud) > sum(
        f.total() for (_, fraud), f in borne.items() if fraud
    )


def signs(told: Iterable[Any], tracked: dict[str, str]) -> dict[str, dict[str, Any]]:
    """Sign -> the consignments that bear it, by order number, as the files show them."""
    lists: dict[str, dict[str, list[Any]]] = defaultdict(lambda: defaultdict(list))
    rows: dict[str, Any] = {}
    for kind, _, record, row in told:
        lists[row.order_no][kind].append(record)
        rows[row.order_no] = row
    behind: dict[tuple[str, str], set[str]] = defaultdict(set)
    for kinds in lists.values():
        for order in kinds["CEB311"]:
            for name in ("consigneeTelephone", "consigneeAddress", "buyerRegNo"):
                behind[name, order.head[name]].add(order.head["buyerIdNumber"])
            for paid in kinds["CEB411"]:
                behind["payer", paid.head["payerIdNumber"]].add(order.head["buyerIdNumber"])
    made: dict[str, dict[str, Any]] = defaultdict(dict)
    for number, kinds in lists.items():
        for sign in _borne(kinds, behind, tracked):
            made[sign][number] = rows[number]
    return made


def _borne(kinds: dict[str, list[Any]], behind: dict[tuple[str, str], set[str]], tracked: dict[str, str]) -> Iterator[str]:
    order, paid, way, declared = (kinds[name][0].head if kinds[name] else None for name in ("CEB311", "CEB411", "CEB511", "CEB621"))
    if declared:
        yield from (f"no {name}" for name, there in (("order", order), ("payment", paid), ("waybill", way)) if not there)
        if any(one.head["payTime"][:8] > declared["declTime"] for one in kinds["CEB411"]):
            yield "paid after the declaration"
        if declared["logisticsNo"] in tracked and tracked[declared["logisticsNo"]] < declared["appTime"]:
            yield "delivered before the declaration"
    if order and paid:
        if order["buyerIdNumber"] != paid["payerIdNumber"]:
            yield "another pays"
        if abs(float(order["acturalPaid"]) - float(paid["amountPaid"])) > 1:
            yield "another amount"
        if order["ebpCode"] != paid["ebpCode"]:
            yield "another platform"
        if len(behind["payer", paid["payerIdNumber"]]) >= 3:
            yield "pays for three"
    if order and way and order["consigneeAddress"][:8] != way["consigneeAddress"][:8]:
        yield "another address"
    if way and paid and way["appTime"] < paid["payTime"]:
        yield "waybill before the payment"
    if order:
        yield from (f"shared {name}" for name in ("consigneeTelephone", "consigneeAddress") if len(behind[name, order[name]]) >= 3)
        if any(float(line["qty"]) >= 6 for line in kinds["CEB311"][0].lines):
            yield "many pieces"
        said = [float(order[name]) for name in ("goodsValue", "freight", "taxTotal", "discount", "acturalPaid")]
        if abs(said[0] + said[1] + said[2] - said[3] - said[4]) > 1:
            yield "the sum is wrong"


def test_every_sign_that_a_fraud_shows_is_shown_by_some_innocent(large: Any, told: list[Any]) -> None:
    tracked = {row["logistics_no"]: re.sub(r"\D", "", row["event_at"]) for row in large.table("tracking")}
    borne = signs([one for one in told if one[3].settled == "1"], tracked)
    counts = {sign: Counter(is_fraud(row) for row in rows.values()) for sign, rows in borne.items()}
    assert len(counts) >= 12
    alone = {sign: count[True] for sign, count in counts.items() if count[True] and not count[False]}
    assert not alone
