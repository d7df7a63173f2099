"""The model's findings in a run."""

from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from scipy.special import expit

from sandan.algorithms.network.features import make_features
from sandan.algorithms.scoring import evidence as weights
from sandan.algorithms.scoring.detect import FINDINGS, finding_row, quoted, subject
from sandan.algorithms.scoring.outcomes import known_outcomes
from sandan.algorithms.scoring.scoring import Evidence, Learned, Learner, weights_of
from sandan.algorithms.scoring.spread import spread
from sandan.algorithms.typologies import gnn
from sandan.algorithms.vocabulary.statement import Statement
from sandan.algorithms.wording.messages import MODEL_DUE
from sandan.gnn.model import Model, fitting_model
from sandan.gnn.ranking import Table, schema, table_of
from sandan.gnn.reasons import reasons
from sandan.record.settings import GradeSettings

Floats = npt.NDArray[np.float64]


def learner(models: Path, grades: GradeSettings) -> Learner:
    """What `score_evidence` asks for the model's probabilities and findings.

    Args:
        models: Folder of the models.
        grades: The thresholds; the model raises a finding where it makes `medium` and the evidence alone would not.
    """

    def learned(evidence: Evidence) -> Learned | None:
        model = fitting_model(models, evidence.as_of.isoformat(), schema())
        if model is None:
            return None
        bits = weights_of(evidence)
        table = table_of(evidence.context, bits)
        if model.needs_network:
            labels = known_outcomes(evidence.bench, evidence.view).labels
            features = make_features(evidence.view, evidence.rows, evidence.ids, evidence.detected.findings, labels, evidence.as_of)
            logits = model.logits(table, features, evidence.view)
        else:
            logits = model.logits(table)
        probability = model.probability(spread(evidence.context.rows, expit(logits)))
        alone = weights.probability(bits.total)
        found = np.flatnonzero((probability >= grades.t_medium) & (alone < grades.t_medium))
        findings = _findings(evidence, model, table, probability, alone, found)
        due = model.due(schema())
        report = {"model_id": model.shape.model_id, "as_of": model.shape.as_of, "found": len(found), "due": due}
        return Learned(
            probability, bits, findings, model.shape.model_id, model.shape.as_of, report, (Statement(MODEL_DUE.name),) if due else ()
        )

    return learned


def _findings(evidence: Evidence, model: Model, table: Table, probability: Floats, alone: Floats, found: npt.NDArray[np.int64]) -> pa.Table:
    tree = model.ranking.many
    x = table.columns(tree.names, found)
    contributions = tree.contributions(x) if len(found) else np.zeros((0, len(tree.names)))
    rows = []
    for place, row_number in enumerate(found.tolist()):
        row, p = evidence.rows[row_number], float(probability[row_number])
        columns = reasons(model.shape.names, x[place], contributions[place], model.shape.usual)
        label, node = subject(row)
        rows.append(
            finding_row(
                evidence.run_id,
                row,
                gnn.FOUND,
                {"p": p, "columns": columns},
                score=p,
                # What the model adds to the evidence.
                bits=weights.log_odds(p) - weights.log_odds(float(alone[row_number])),
                evidence=[model.shape.model_id],
                cypher=f"MATCH (s:{label} {{id: '{quoted(node)}'}})-[r*1..2]-(n) RETURN s, r, n LIMIT 100",
            )
        )
    return pa.Table.from_pylist(rows, schema=FINDINGS)
