"""Texts that allude to a recorded brand which the declaration does not name."""

import re
from collections.abc import Iterable, Mapping, Sequence

# Digits and signs that stand for letters so that a search does not find the word.
_DISGUISE = str.maketrans({"0": "o", "1": "l", "3": "e", "4": "a", "5": "s", "7": "t", "@": "a", "$": "s"})
_PLAIN = re.compile(r"[^a-z0-9㐀-鿿]")
# What sellers of copies write: same style as, from the original order, end of a batch, high imitation, replica, substitute.
_COPY_WORDS = re.compile("同款|原单|尾单|高仿|复刻|平替|仿品|a货|1:1|replica|dupe")
_SHORTEST_DISGUISED = 4
NONE, COPY_WORD, NAMED, DISGUISED = 0, 1, 2, 3


def alluded_brand(text: str, brands: Iterable[tuple[str | None, Sequence[Sequence[str]]]]) -> str | None:
    """The first brand that a text names, openly or written so that a search does not find it; None: it names none.

    Args:
        text: Names and descriptions of the goods.
        brands: Brands as they are recorded, each with its names from `brand_names`.
    """
    return next((brand for brand, names in brands if allusion(text, "", names) >= NAMED), None)


def brand_names(brands: Iterable[Mapping[str, str | None]]) -> list[tuple[str, ...]]:
    """Brand and aliases of each row of the table of brands, without spaces and signs; one-letter names are left out."""
    names = []
    for row in brands:
        texts = (row["brand"] or "", *(row["aliases"] or "").split("|"))
        plain = tuple(dict.fromkeys(name for text in texts if len(name := _plain(text)) > 1))
        if plain:
            names.append(plain)
    return names


def names_brand(text: str, brands: Sequence[Sequence[str]]) -> bool:
    """Whether a text names one of the brands openly."""
    plain = _plain(text)
    return any(name in plain for names in brands for name in names)


def allusion(text: str, declared: str, brands: Sequence[Sequence[str]]) -> int:
    """How strongly a text points at a recorded brand that the declaration leaves out.

    Args:
        text: Names and descriptions of the goods.
        declared: What the declaration gives as brand and model; of a parcel without such a field its description.
        brands: From `brand_names`.

    Returns:
        `NONE`, `COPY_WORD` (words of sellers of copies), `NAMED` (the brand stands in the text), `DISGUISED` (it is written so that a
        search does not find it); where the declaration names the brand `NONE`, unless it calls the goods a copy.
    """
    if names_brand(declared, brands):
        return COPY_WORD if _COPY_WORDS.search(declared.casefold()) else NONE
    plain, undisguised = _plain(text), _plain(text.casefold().translate(_DISGUISE))
    strongest = COPY_WORD if _COPY_WORDS.search(text.casefold()) else NONE
    for name in (name for names in brands for name in names):
        if name in plain:
            strongest = max(strongest, NAMED)
        elif len(name) >= _SHORTEST_DISGUISED and name.translate(_DISGUISE) in undisguised:
            return DISGUISED
    return strongest


def _plain(text: str) -> str:
    return _PLAIN.sub("", text.casefold())
