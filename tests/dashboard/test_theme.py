import re
from pathlib import Path

import pytest

from sandan.dashboard import theme

CSS = (Path(theme.__file__).parent / "assets" / "app.css").read_text(encoding="utf-8")
COLOURS = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{3,6});", CSS))


def luminance(colour: str) -> float:
    digits = colour.lstrip("#")
    digits = "".join(2 * d for d in digits) if len(digits) == 3 else digits
    parts = [int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    linear = [p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("grade", theme.GRADES)
def test_words_of_a_grade_can_be_read_on_their_ground(grade: str) -> None:
    assert contrast(COLOURS[f"{grade}-ink"], COLOURS[f"{grade}-ground"]) >= 4.5
    assert contrast(theme.GRADE_COLOURS[grade], "#ffffff") >= 3.0


@pytest.mark.parametrize("ground", ["paper", "ground"])
def test_text_can_be_read(ground: str) -> None:
    for ink in ("ink", "muted", "link"):
        assert contrast(COLOURS[ink], COLOURS[ground]) >= 4.5, ink


def test_each_grade_has_its_own_sign() -> None:
    assert len({theme.GLYPHS[grade] for grade in theme.GRADES}) == 3
