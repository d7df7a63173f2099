"""Names of goods that mean the same thing."""

from collections.abc import Sequence

from rapidfuzz import fuzz, process

# Likeness in 0-100 from which two names of goods are taken for one.
ALIKE = 85.0
_SHORTEST = 4


def nearest_names(name: str, choices: Sequence[str]) -> list[str]:
    """Those of the choices that are the same goods as `name`: one contains the other, or their letters are nearly the same.

    String likeness is weak on goods; it is only used inside one commodity code or one platform's catalogue, where little else is near.
    """
    if len(name) < _SHORTEST:
        return []
    contained = [choice for choice in choices if len(choice) >= _SHORTEST and (name in choice or choice in name)]
    if contained:
        return contained
    return [choice for choice, _, _ in process.extract(name, choices, scorer=fuzz.ratio, score_cutoff=ALIKE, limit=5)]
