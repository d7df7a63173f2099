"""A recogniser of others, as an ONNX file with its labels: picture in, chance of each label out."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image

from sandan.record.errors import ConfigError

_PROHIBITED = "!"
_USUAL_SIDE = 224


@dataclass(frozen=True, slots=True)
class Seen:
    """What a picture shows.

    Attributes:
        label: Words for the goods.
        confidence: Chance that it is so, in [0, 1].
        is_prohibited: Whether the labels mark it as prohibited.
    """

    label: str
    confidence: float
    is_prohibited: bool


def read_labels(path: Path) -> tuple[tuple[str, bool], ...]:
    """Labels of a text file, one a line, in the order of the model's output; one with `!` before it is a prohibited article.

    Raises:
        ConfigError: It cannot be read or is empty.
    """
    try:
        lines = [line.strip() for line in path.read_text(encoding="utf-8").splitlines()]
    except (OSError, UnicodeDecodeError) as exc:
        raise ConfigError(f"{path}: the labels cannot be read ({exc}); give a text file in UTF-8, a label a line") from exc
    while lines and not lines[-1]:
        lines.pop()
    if not lines or any("|" in line or not line.strip(_PROHIBITED) for line in lines):
        raise ConfigError(f"{path}: a label a line, none empty and none with `|`; correct the file")
    return tuple((line.removeprefix(_PROHIBITED).strip(), line.startswith(_PROHIBITED)) for line in lines)


class Recogniser:
    """One model, ready to look at pictures.

    The model takes float32 [n, 3, height, width], red, green and blue in [0, 1], and gives float [n, labels]: chances of each label, or
    scores of which the softmax is taken.

    Args:
        model: The ONNX file.
        labels: From `read_labels`.

    Raises:
        ConfigError: `onnxruntime` is not installed, the model cannot be loaded, or takes or gives another form.
    """

    def __init__(self, model: Path, labels: Sequence[tuple[str, bool]]) -> None:
        try:
            import onnxruntime
        except ImportError as exc:
            raise ConfigError("a recogniser needs onnxruntime; install it with: pip install 'sandan[scans]'") from exc
        options = onnxruntime.SessionOptions()
        options.log_severity_level = 4
        try:
            self._session: Any = onnxruntime.InferenceSession(model.read_bytes(), options, providers=["CPUExecutionProvider"])
        except Exception as exc:  # the library has no common error of its own
            raise ConfigError(f"{model}: cannot be loaded as an ONNX model ({type(exc).__name__}); give another file") from exc
        self._labels = tuple(labels)
        taken = self._session.get_inputs()
        form = list(taken[0].shape)
        if len(taken) != 1 or len(form) != 4 or form[1] != 3:
            raise ConfigError(f"{model}: takes {form}, not one picture as [n, 3, height, width]; export the model in that form")
        self._name = taken[0].name
        self._side = tuple(side if isinstance(side, int) else _USUAL_SIDE for side in form[2:])
        given = self.chances(Image.new("RGB", (8, 8)))
        if given.shape != (len(self._labels),):
            raise ConfigError(f"{model}: gives {given.shape} figures, there are {len(self._labels)} labels; give the labels of this model")

    def chances(self, picture: Image.Image) -> npt.NDArray[np.float64]:
        """Chance of each label; float64 [labels]."""
        height, width = self._side
        pixels = np.asarray(picture.convert("RGB").resize((width, height)), dtype=np.float32) / np.float32(255)
        given: Any = self._session.run(None, {self._name: pixels.transpose(2, 0, 1)[None]})[0]
        raw = np.asarray(given, dtype=np.float64).reshape(-1)
        if len(raw) and raw.min() >= 0 and abs(raw.sum() - 1.0) < 1e-3:
            return raw
        scores = np.exp(raw - raw.max()) if len(raw) else raw
        chances: npt.NDArray[np.float64] = scores / scores.sum() if len(raw) else raw
        return chances

    def look(self, picture: Image.Image, least: float) -> Seen | None:
        """The likeliest label; None where its chance is below `least` or no number."""
        chances = self.chances(picture)
        place = int(np.argmax(chances))
        chance = float(chances[place])
        if not np.isfinite(chance) or chance < least:
            return None
        return Seen(self._labels[place][0], round(chance, 4), self._labels[place][1])
