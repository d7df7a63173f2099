"""Names of persons."""

from sandan.record.values.text import bare

_TITLES = ("先生", "女士", "小姐", "老师")


def normal(text: str) -> str | None:
    """The name in one writing: half width, small letters, no spaces, dots or titles; None if nothing is left."""
    name = bare(text)
    for title in _TITLES:
        if name.endswith(title) and len(name) > len(title):
            name = name.removesuffix(title)
    return name or None
