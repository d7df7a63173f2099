"""Tax and allowance of 10,000 declarations against a calculation that shares no code with the product's."""

import datetime as dt
import random
from collections import defaultdict
from collections.abc import Callable
from decimal import ROUND_HALF_UP, Decimal, getcontext, localcontext
from typing import Any

import pytest

from sandan.algorithms.bench import Bench
from sandan.algorithms.facts.facts import gather_facts
from sandan.record.settings import load_settings

N = 10_000
RATES = [
    ("33", "0.16", "0", "2018-05-01", ""), ("33", "0.13", "0", "2019-04-01", ""), ("3304", "0.16", "0.30", "2018-05-01", "0.7"),
    ("3304", "0.13", "0.15", "2019-04-01", "0.7"), ("33049900", "13", "0", "2019-06-01", ""), ("1901", "0.11", "0", "2018-05-01", ""),
    ("1901", "0.10", "0", "2018-06-01", ""), ("1901", "0.09", "0", "2019-04-01", "0.7"), ("2204", "0.16", "10", "2018-05-01", ""),
    ("2204", "0.13", "0.1", "2019-04-01", "1"),
]  # fmt: skip
CODES = ["3303000020", "3304990039", "3304910000", "1901101000", "2204210000", "3305100090", "9503006000"]
USD = [("2018-01-01", "6.51234"), ("2019-03-01", "6.7002")]
AS_OF = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)


def _identity(k: int) -> str:
    body = f"110101{1950 + k % 50}0{1 + k % 9}1{k % 10}{k:03d}"
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return body + "10X98765432"[sum(int(c) * w for c, w in zip(body, weights, strict=True)) % 11]


def _money(dice: random.Random, most: int, places: int) -> str:
    return str(Decimal(dice.randrange(1, most * 10**places)).scaleb(-places))


def _fill(home: Any) -> list[dict[str, Any]]:
    """Declarations of 14 months with one to four lines, some with freight, dollars, totals and bills; as plain rows."""
    dice, made = random.Random(19), []
    for prefix, vat, consumption, first, reduction in RATES:
        home.add("tax_rates", hs_prefix=prefix, vat=vat, consumption=consumption, valid_from=first, reduction=reduction)
    for first, cny in USD:
        home.add("exchange_rates", currency="USD", cny=cny, valid_from=first)
    for k in range(N):
        number, day = f"N{k:05d}", dt.date(2018, 10, 1) + dt.timedelta(days=dice.randrange(425))
        buyer = dice.randrange(400)
        currency = "USD" if k % 11 == 0 else "CNY"
        scale = 6 if dice.random() < 0.9 else 60
        row = {
            "number": number, "day": day, "at": f"{day:%Y%m%d}{dice.randrange(24):02d}{dice.randrange(60):02d}{dice.randrange(60):02d}",
            "buyer": buyer, "currency": currency, "freight": dice.choice(["", "0", _money(dice, 90, 2)]),
            "insured": dice.choice(["", "", _money(dice, 9, 3)]), "order_freight": dice.choice(["0", _money(dice, 60, 2)]),
            "refused": k % 97 == 5,
            "lines": [
                {"gcode": dice.choice(CODES[:-1] if dice.random() < 0.97 else CODES), "qty": dice.choice(["1", "2", "3", "0.5"]),
                 "price": _money(dice, 60 * scale, dice.choice([2, 2, 5])), "total": ""}
                for _ in range(dice.choice([1, 1, 1, 2, 4]))
            ],
        }  # fmt: skip
        for line in row["lines"]:
            if dice.random() < 0.3:
                line["total"] = _money(dice, 100 * scale, 2)
        made.append(row)
        person = {"buyer_id_number": _identity(buyer), "buyer_name": "李小宝"}
        home.order(number, freight=row["order_freight"], tax_total="12.34", app_time=row["at"], **person)
        home.add("inventories", ebp_code="P1", order_no=number, logistics_code="L1", logistics_no=f"W{number}", customs_code="5100", agent_code="A1",
                 decl_time=f"{day:%Y%m%d}", cop_no=f"C{number}", app_time=row["at"], ebc_code="S1", consignee_address="x", freight=row["freight"],
                 insured_fee=row["insured"], currency=currency, **person)  # fmt: skip
        for gnum, line in enumerate(row["lines"], 1):
            home.add("inventory_items", agent_code="A1", cop_no=f"C{number}", gnum=gnum, gcode=line["gcode"], gname="货", qty=line["qty"], unit="122",
                     price=line["price"], total_price=line["total"], currency=currency)  # fmt: skip
        if row["refused"]:
            home.add(
                "receipts",
                kind="CEB622",
                return_status="100",
                return_time=f"{day + dt.timedelta(days=1):%Y%m%d}000000",
                agent_code="A1",
                cop_no=f"C{number}",
            )
    return made


def _cents(value: Decimal) -> Decimal:
    return value.quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)


def _expected(rows: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """The same in a plain loop."""
    used: dict[tuple[int, int], Decimal] = defaultdict(Decimal)
    found = {}
    for row in sorted(rows, key=lambda r: (r["day"], r["at"])):
        factor = Decimal(1)
        if row["currency"] == "USD":
            factor = Decimal([cny for first, cny in USD if first <= row["day"].isoformat()][-1])
        worth, rates = [], []
        for line in row["lines"]:
            amount = Decimal(line["total"]) if line["total"] else Decimal(line["price"]) * Decimal(line["qty"])
            worth.append(amount * factor)
            fitting = [r for r in RATES if line["gcode"].startswith(r[0]) and r[3] <= row["day"].isoformat()]
            if fitting:
                longest = max(len(r[0]) for r in fitting)
                _, vat, consumption, _, reduction = max((r for r in fitting if len(r[0]) == longest), key=lambda r: r[3])
                v, c = (Decimal(text) / 100 if Decimal(text) >= 1 else Decimal(text) for text in (vat, consumption))
                rates.append((v, c, Decimal(reduction or "0.7")))
        if row["freight"] or row["insured"]:
            extra = (Decimal(row["freight"] or 0) + Decimal(row["insured"] or 0)) * factor
        else:
            extra = Decimal(row["order_freight"])
        bases, cumulated, taken = [], Decimal(0), Decimal(0)
        for amount in worth:
            cumulated += amount
            part = _cents(extra * cumulated / sum(worth)) - taken
            taken += part
            bases.append(_cents(amount) + part)
        base = sum(bases, Decimal(0))
        most, year = (2000, 20000) if row["day"] < dt.date(2019, 1, 1) else (5000, 26000)
        key = row["buyer"], row["day"].year
        over = "transaction" if base > most else "year" if used[key] + base > year else ""
        reduced = full = due = None
        if len(rates) == len(worth):
            reduced, full = (
                sum(
                    (
                        # Consumption tax b * c / (1 - c); VAT on b and it: (b + b * c / (1 - c)) * v = b * v / (1 - c). Divided last, to be exact.
                        _cents(b * c * r / (1 - c)) + _cents(b * v * r / (1 - c))
                        for b, (v, c, r) in zip(bases, using, strict=True)
                    ),
                    Decimal(0),
                )
                for using in (rates, [(v, c, Decimal(1)) for v, c, _ in rates])
            )
            due = full if over else reduced
        found[row["number"]] = {"tax_dutiable": base, "tax_due": due, "tax_full": full, "tax_over": over, "quota_used": used[key]}
        if not row["refused"]:
            used[key] += base
    return found


@pytest.fixture(scope="module")
def computed(
    trade: Any, bench_of: Callable[[Any], Bench], tmp_path_factory: pytest.TempPathFactory
) -> tuple[dict[str, Any], dict[str, Any]]:
    home = type(trade)()
    rows = _fill(home)
    table = gather_facts(bench_of(home), load_settings(tmp_path_factory.mktemp("h")), AS_OF).table
    columns = ["tax_dutiable", "tax_due", "tax_full", "tax_over", "quota_used"]
    found = {row.pop("order_no"): row for row in table.select("order_no", *columns).to_pyarrow().to_pylist()}
    with localcontext() as context:
        context.prec = 60
        assert getcontext().prec == 60
        return found, _expected(rows)


def test_tax_and_allowance_of_10000_declarations_equal_an_independent_calculation(computed: tuple[dict[str, Any], dict[str, Any]]) -> None:
    found, expected = computed
    assert len(found) == N
    wrong = {number: (row, expected[number]) for number, row in found.items() if row != expected[number]}
    assert wrong == {}


def test_the_generated_declarations_meet_every_case(computed: tuple[dict[str, Any], dict[str, Any]]) -> None:
    rows = list(computed[1].values())
    assert {"", "transaction", "year"} == {row["tax_over"] for row in rows}
    assert all(sum(row["tax_over"] == over for row in rows) >= 100 for over in ("transaction", "year"))
    assert sum(row["tax_due"] is None for row in rows) >= 20
    assert sum(row["quota_used"] > 0 for row in rows) >= 5000


# A buyer, the day that is stated, when it was sent, the tax, and what the buyer had used of the year's allowance.
STATED = [
    ("110101199003070038", "20190331", "20190402120000", "11.20", 0),  # the day that is stated, with the rate of 16 %
    ("110101199003070118", "20190302", "20190402120000", "11.20", 0),
    ("110101199003070193", "20180601", "20190402120000", "9.10", 0),  # too far off to choose its rate
    ("110101199003070273", "20990101", "20190402120000", "9.10", 0),
    ("110101199003074477", "20181231", "20190101000000", "11.20", 100),  # the year before, in which the buyer had bought
]


@pytest.fixture(scope="module")
def stated(make_trade: Any, bench_of: Callable[[Any], Bench], tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    """Rows of facts by order number, a buyer's earlier declaration and the one in question for each case."""
    home = make_trade()
    for vat, first in (("0.16", "2018-05-01"), ("0.13", "2019-04-01")):
        home.add("tax_rates", hs_prefix="33", vat=vat, consumption="0", valid_from=first)
    for n, (buyer, day, sent, _, _) in enumerate(STATED):
        for number, when in ((f"BEFORE{n}", ("20181101", "20181101120000")), (f"THIS{n}", (day, sent))):
            home.whole(number)
            home.tables["orders"][-1]["buyer_id_number"] = home.tables["payments"][-1]["payer_id_number"] = buyer
            home.tables["inventories"][-1] |= {"decl_time": when[0], "app_time": when[1], "buyer_id_number": buyer}
    table = gather_facts(bench_of(home), load_settings(tmp_path_factory.mktemp("stated")), AS_OF).table
    return {row["order_no"]: row for row in table.select("order_no", "tax_due", "quota_used").to_pyarrow().to_pylist()}


@pytest.mark.parametrize("n", range(len(STATED)))
def test_the_day_that_is_stated_counts_where_it_is_near(stated: dict[str, dict[str, Any]], n: int) -> None:
    row = stated[f"THIS{n}"]
    assert (row["tax_due"], row["quota_used"]) == (Decimal(STATED[n][3]), Decimal(STATED[n][4]))
