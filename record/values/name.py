"""Names of persons."""

from sandan.record.values.text import bare

_TITLES = ("先生", "女士", "小姐", "老师")


def normal(text: str) -> str | None:
    """The name in one writing: half width, small letters, no spaces, dots or titles; None if nothing is left."""
    name = bare(text)
    while title := next((t for t in _TITLES if name.endswith(t) and len(name) > len(t)), ""):
        name = name.removesuffix(title)
    return name or None
