"""The pages of the app, one a file with a `PAGE`: they are found here by themselves, there is no list of them."""

import importlib
import pkgutil
from functools import cache

from sandan.dashboard.address import ALERTS
from sandan.dashboard.i18n import TEXTS
from sandan.dashboard.page import Page


@cache
def pages() -> tuple[Page, ...]:
    """All pages, in the order of their links; their words are among the texts from now on."""
    modules = [importlib.import_module(f"{__name__}.{module.name}") for module in pkgutil.iter_modules(__path__)]
    found = sorted((module.PAGE for module in modules if hasattr(module, "PAGE")), key=lambda page: (page.rank, page.path))
    for page in found:
        if others := sorted(key for key, words in page.words.items() if TEXTS.get(key, words) != words):
            raise ValueError(f"{page.path}: {', '.join(others)} are words of another page already; give them names of their own")
        TEXTS.update(page.words)
    return tuple(found)


def page_of(path: str) -> Page | None:
    """The page at a path; the root has the first one."""
    return next((page for page in pages() if page.is_at(path if path.strip("/") else ALERTS)), None)
