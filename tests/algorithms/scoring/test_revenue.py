"""Tax at stake by what was found, what was charged, and what the prices leave out."""

import datetime as dt
from decimal import Decimal
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from sandan.algorithms.groups.cluster_tables import MEMBERS
from sandan.algorithms.scoring.detect import FINDINGS
from sandan.algorithms.scoring.grading import grade_consignments
from sandan.algorithms.scoring.operators import grade_operators
from sandan.algorithms.scoring.revenue import ADDED, NEEDED, revenue_at_stake, with_revenue
from sandan.record.settings import GradeSettings

D = Decimal
TAXED = {"tax_due": D("91.00"), "tax_full": D("130.00"), "tax_charged": D("91.00"), "tax_dutiable": D("1000.00"), "u_reference": None, "u_declared": None,
         "known_at": dt.datetime(2025, 4, 1, tzinfo=dt.UTC)}  # fmt: skip
REST = [("consignment_id", pa.string()), ("tax_dutiable", pa.decimal128(38, 2)), ("u_declared", pa.float64()), ("u_reference", pa.float64()),
        ("known_at", pa.timestamp("us", tz="UTC"))]  # fmt: skip
LOW = {"u_reference": 1500.0, "u_declared": 1000.0}


@pytest.mark.parametrize(
    ("typologies", "more", "stake"),
    [
        ([], {}, "0"),
        (["brand_omitted"], {}, "0"),
        (["missing_order"], {}, "39.00"),
        (["gnn"], {}, "39.00"),
        (["missing_order"], {"tax_charged": None}, "39.00"),  # what is due on the declared value was charged
        (["missing_order", "payer_not_buyer"], {"tax_charged": D("13.00")}, "117.00"),
        (["undervaluation"], LOW, "45.50"),  # half as much again, at the reduced rate
        (["undervaluation", "missing_order"], LOW, "104.00"),
        (["undervaluation"], {}, "0"),
        (["undervaluation"], {"u_reference": 900.0, "u_declared": 1000.0}, "0"),
        (["undervaluation"], {"u_reference": 6000.0, "u_declared": 1000.0}, "689.00"),  # 6,000 is above the limit: 780 in full
        (["overvaluation"], LOW, "0"),
        (["tax_mismatch"], {"tax_charged": D("40.00")}, "51.00"),
        (["tax_mismatch"], {"tax_charged": D("140.00")}, "0"),
        (["watchlist"], {"tax_charged": D("40.00")}, "0"),
    ],
)
def test_revenue_at_stake(typologies: list[str], more: dict[str, Any], stake: str) -> None:
    assert revenue_at_stake({**TAXED, **more}, typologies) == D(stake)


@pytest.mark.parametrize("row", [{}, {**TAXED, "tax_due": None}, {**TAXED, "tax_dutiable": D(0)}])
def test_without_a_tax_nothing_is_known(row: dict[str, Any]) -> None:
    assert revenue_at_stake(row, ["missing_order"]) is None


def test_a_seller_bears_what_is_at_stake_with_its_graded_consignments() -> None:
    keys = {"kind": "declaration", "flow": "import", "ebp_code": "P", "invt_no": "", "logistics_no": "", "logistics_code": "", "status": "declared",
            "declared_cny": 1000.0, "customs_code": "1", "agent_code": None, "p_pay_code": None}  # fmt: skip
    rows = [
        {**TAXED, **keys, "consignment_id": f"c{k}", "order_no": f"N{k}", "ebc_code": "S1" if k < 3 else "S2", "quota_used": D(k)}
        for k in range(4)
    ]
    rows[3]["tax_due"] = None
    found = [
        {**dict.fromkeys(FINDINGS.names), "consignment_id": f"c{k}", "typology": "missing_order", "reason": "missing_order", "bits": 9.0}
        for k in (0, 1, 3)
    ]
    findings = pa.Table.from_pylist(found, schema=FINDINGS)
    alerts = grade_consignments(rows, findings, MEMBERS.empty_table(), GradeSettings(), "run", np.array([0.9, 0.9, 0.01, 0.9]))
    known = pa.Table.from_pylist(
        [{name: row.get(name) for name in NEEDED} for row in rows[::-1]], schema=pa.schema([*ADDED, *(pa.field(*one) for one in REST)])
    )
    alerts = with_revenue(alerts, known.select(NEEDED))
    assert alerts.schema.names[-len(ADDED) :] == ADDED.names
    by_id = {row["consignment_id"]: row for row in alerts.to_pylist()}
    assert [by_id[f"c{k}"]["revenue_at_stake"] for k in range(4)] == [D("39.00"), D("39.00"), D("0.00"), None]
    assert by_id["c2"]["quota_used"] == 2 and by_id["c2"]["tax_due"] == D("91.00")
    operators = {
        (row["role"], row["code"]): row["revenue_at_stake"] for row in grade_operators(rows, alerts, {}, GradeSettings(), "run").to_pylist()
    }
    assert operators["seller", "S1"] == D("78.00") and operators["seller", "S2"] is None
