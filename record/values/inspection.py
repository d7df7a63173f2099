"""How an inspection is made: what outcomes name and plans choose."""

from typing import Literal, TypeAlias, get_args

Method: TypeAlias = Literal["document", "xray", "physical", "phone", "tracking"]
METHODS: tuple[Method, ...] = get_args(Method)
OUTCOMES = ("compliant", "forged", "undervalued", "ipr", "prohibited")  # what it finds
