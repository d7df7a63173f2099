"""The model's findings in a run."""

from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from sandan.algorithms.detect import FINDINGS, finding_row, quoted, subject
from sandan.algorithms.features import SCHEMA, make_features
from sandan.algorithms.outcomes import known_outcomes
from sandan.algorithms.scoring import Evidence, Learned, Learner
from sandan.gnn.model import Model, fitting_model
from sandan.gnn.reasons import GNN, reasons
from sandan.record.settings import GradeSettings

Floats = npt.NDArray[np.float64]
# At its surest the model alone just makes `medium`, and with one hard sign beside it still not `high`: it puts the doubtful in order.
_SUREST = 1.05


def learner(models: Path, grades: GradeSettings) -> Learner:
    """What `score_lists` asks for the model's findings.

    Args:
        models: Folder of the models.
        grades: The thresholds; the model alone stays under `t_high`.
    """

    def learned(evidence: Evidence) -> Learned | None:
        model = fitting_model(models, evidence.as_of.isoformat(), SCHEMA)
        if model is None:
            return None
        outcomes = known_outcomes(evidence.bench, evidence.view)
        features = make_features(evidence.view, evidence.rows, evidence.ids, evidence.detected.findings, outcomes.labels, evidence.as_of)
        probability = model.probability(model.logits(features, evidence.view))
        found = np.flatnonzero(probability >= model.shape.threshold)
        findings = _findings(evidence, model, features.values, probability, found, grades)
        report = {"model_id": model.shape.model_id, "as_of": model.shape.as_of, "threshold": model.shape.threshold, "found": len(found)}
        return Learned(findings, model.shape.model_id, report)

    return learned


def _findings(
    evidence: Evidence, model: Model, values: Floats, probability: Floats, found: npt.NDArray[np.int64], grades: GradeSettings
) -> pa.Table:
    contributions = model.tree.contributions(values[found]) if len(found) else np.zeros((0, values.shape[1]))
    most = min(_SUREST * grades.t_medium, grades.t_high - 0.01)
    rows = []
    for place, row_number in enumerate(found.tolist()):
        row, p = evidence.rows[row_number], float(probability[row_number])
        because, because_zh = reasons(model.shape.names, values[row_number], contributions[place], model.shape.usual)
        told = {"p": p, "because": because, "because_zh": because_zh}
        label, node = subject(row)
        rows.append(
            finding_row(
                evidence.run_id,
                row,
                "gnn",
                typology="gnn",
                cause="model",
                score=most * p,
                because=(GNN.told("en", told), GNN.told("zh", told)),
                evidence=model.shape.model_id,
                cypher=f"MATCH (s:{label} {{id: '{quoted(node)}'}})-[r*1..2]-(n) RETURN s, r, n LIMIT 100",
            )
        )
    return pa.Table.from_pylist(rows, schema=FINDINGS)
