"""Why the model thinks so: the columns that moved its score most, each with its value and what is usual."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from sandan.algorithms.wording.columns import in_words

Floats = npt.NDArray[np.float64]
Column = tuple[str, float, float]


def reasons(names: Sequence[str], values: npt.NDArray[Any], contributions: Floats, usual: Sequence[float], n: int = 3) -> list[Column]:
    """The columns that speak most for a breach, the strongest first: name, value, what is usual.

    Columns that repeat a sign are left out: the sign's own finding says it better. So is what is about as usual.

    Args:
        names: Columns.
        values: Numbers [f], the consignment's.
        contributions: float64 [f], how far each moved the log odds.
        usual: Median of each column.
        n: Reasons at most.
    """
    found: list[Column] = []
    said: list[tuple[str, str]] = []
    for column in np.argsort(-contributions, kind="stable"):
        if contributions[column] <= 0 or len(found) == n:
            break
        one = names[column], float(values[column]), float(usual[column])
        words = in_words(*one)
        if words is not None and words not in said:
            said.append(words)
            found.append(one)
    return found
