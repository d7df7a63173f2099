"""Plain text: what every value goes through before anything else."""

import functools
import re
import unicodedata
from importlib.resources import files

# Chinese characters that this Python does not know yet, and those that have a private code: letters of names all the same.
HAN_LETTERS = "\U00020000-\U0003fffd\ue000-\uf8ff"
_NOT_WORD = re.compile(rf"(?:[^\w{HAN_LETTERS}]|_)+")
_HAN_LETTER = re.compile(f"[{HAN_LETTERS}]")


def clean(text: str | None) -> str | None:
    """The text without spaces round it; None if nothing is left.

    Control characters, which no list has a use for, become spaces; characters that cannot be seen go.
    """
    if text is None:
        return None
    text = text.strip()
    if not text:
        return None
    if not text.isprintable():
        text = "".join(
            c if c.isprintable() or _HAN_LETTER.match(c) else "" if unicodedata.category(c) == "Cf" else " " for c in text
        ).strip()
    return text or None


def folded(text: str) -> str:
    """Full width to half width, small letters, single spaces (Unicode NFKC)."""
    small = unicodedata.normalize("NFKC", text).casefold()
    # Small letters of a few signs are not in normal form again.
    return " ".join((small if small.isascii() else unicodedata.normalize("NFKC", small)).split())


def simplified(text: str) -> str:
    """The text with simplified characters for traditional ones, character by character.

    Source:
        OpenCC, dictionary TSCharacters; the table is `simplified.txt` beside this file.
    """
    return text if text.isascii() else text.translate(_simplified())


@functools.cache
def _simplified() -> dict[int, str]:
    lines = files(__package__).joinpath("simplified.txt").read_text(encoding="utf-8").splitlines()
    pairs = "".join(line for line in lines if not line.startswith("#"))
    return {ord(pairs[i]): pairs[i + 1] for i in range(0, len(pairs), 2)}


def bare(text: str) -> str:
    """The folded text with letters and digits only."""
    return _NOT_WORD.sub("", folded(text))
