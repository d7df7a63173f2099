"""Plain text: what every value goes through before anything else."""

import re
import unicodedata

_NOT_WORD = re.compile(r"[\W_]+")


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
        text = "".join(c if c.isprintable() else "" if unicodedata.category(c) == "Cf" else " " for c in text).strip()
    return text or None


def folded(text: str) -> str:
    """Full width to half width, small letters, single spaces (Unicode NFKC)."""
    small = unicodedata.normalize("NFKC", text).casefold()
    # Small letters of a few signs are not in normal form again.
    return " ".join((small if small.isascii() else unicodedata.normalize("NFKC", small)).split())


def bare(text: str) -> str:
    """The folded text with letters and digits only."""
    return _NOT_WORD.sub("", folded(text))
