"""One form of values for every store: what goes in as a parameter, what comes out in a row."""

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal


def plain_parameters(parameters: Mapping[str, object]) -> dict[str, object]:
    """Parameters as both stores take them: times naive in UTC (an aware one would lose its offset in Ladybug), decimals as floats."""
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
    if isinstance(value, datetime) and value.tzinfo is not None:
        return value.astimezone(UTC).replace(tzinfo=None)
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, (list, tuple)):
        return [_parameter(item) for item in value]
    if isinstance(value, dict):
        return {key: _parameter(item) for key, item in value.items()}
    return value
