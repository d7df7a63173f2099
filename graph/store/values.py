"""One form of values for every store: what goes in as a parameter, what comes out in a row."""

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal

import numpy as np
import pandas as pd

_PLAIN = (str, int, float, bool)


def plain_parameters(parameters: Mapping[str, object]) -> dict[str, object]:
    """Parameters as both stores take them: Python's own values, also of NumPy and pandas; times naive in UTC, decimals as floats."""
    return {name: _parameter(value) for name, value in parameters.items()}


def plain_value(value: object) -> object:
    """A value as rows carry it: whole decimals (Ladybug sums integers to them) as int, others as float, times aware in UTC; lists too."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() and int(value.as_tuple().exponent) >= 0 else float(value)
    if isinstance(value, datetime):
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
    if isinstance(value, (list, tuple)):
        return [plain_value(item) for item in value]
    if isinstance(value, dict):
        return {key: plain_value(item) for key, item in value.items()}
    return value


def without_parameters(message: str, parameters: Mapping[str, object]) -> str:
    """A library's message with the values of parameters replaced by their names: they may be personal data."""
    for name, value in parameters.items():
        if isinstance(value, (str, int, float, Decimal)) and not isinstance(value, bool) and str(value):
            message = message.replace(str(value), f"${name}")
    return message


def _parameter(value: object) -> object:
    if value is None or value is pd.NaT or value is pd.NA:
        return None
    if isinstance(value, (np.ndarray, pd.Series, pd.Index, pd.api.extensions.ExtensionArray)):
        return [_parameter(item) for item in value]
    if isinstance(value, np.datetime64):
        value = pd.Timestamp(value)
        if pd.isna(value):
            return None
    if isinstance(value, pd.Timestamp):
        value = value.to_pydatetime(warn=False)
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, datetime):
        return value if value.tzinfo is None else value.astimezone(UTC).replace(tzinfo=None)
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, (str, int, float)) and type(value) not in _PLAIN:
        return _plain(value)  # of a class of their own, as members of an enumeration are
    if isinstance(value, (list, tuple, set, frozenset)):
        return [_parameter(item) for item in value]
    if isinstance(value, Mapping):
        return {str(key): _parameter(item) for key, item in value.items()}
    return value


def _plain(value: str | int | float) -> object:
    return next(kind(value) if kind is not str else str.__str__(value) for kind in (str, int, float) if isinstance(value, kind))
