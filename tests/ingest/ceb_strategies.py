"""Messages that the electronic port's schemas allow, drawn by Hypothesis, and the many ways in which senders may write the same one."""

import datetime as dt
import functools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import xmlschema
from hypothesis import strategies as st

NAMESPACE = "http://www.chinaport.gov.cn/ceb"
EDITIONS = ("202205", "2018-113")
# Parts of a message that are no records: what stands in them is no row.
_FRAME = {"BaseTransfer", "BaseSubscribe", "ExtendMessage", "Signature"}
# Letters of all kinds: ASCII, what must be escaped, Chinese (one beyond 16 bits), full width, spaces that only some trim, unprintable ones.
_LETTERS = st.sampled_from(list("abzAZ09 .-/%_<>&\"'订单货品有限公司無龍𠮷é１Ａ－（）　\u00a0\u0085\u200b\t\n"))
# A valid number, one with a wrong check digit, the same full width, small x, one with 15 digits.
IDENTITIES = ("11010519491231002X", "110105194912310021", "１１０１０５１９４９１２３１００２Ｘ", "44052418800101001x", "130503670401001")
_ODD_NUMBERS = ("0", "-0", "+1.5", ".5", "5.", "000012.50000", "99999999999999.99999", "-99999999999999.99999", "0.00001", " 7 ")

Tree = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Style:
    """How a message is written.

    Attributes:
        name: `prefix`, `default` or `bare`: how the namespace is said.
        is_noisy: Comments, sections, references and instructions stand in it.
        encoding: What the bytes are.
        declared: What the file says that they are.
    """

    name: str = "prefix"
    is_noisy: bool = False
    encoding: str = "utf-8"
    declared: str = "UTF-8"


PLAIN = Style()
STYLES = (
    PLAIN,
    Style("prefix", is_noisy=True),
    Style("default"),
    Style("default", is_noisy=True, encoding="utf-8-sig"),
    Style("bare", encoding="gb18030", declared="GB2312"),
    Style("bare", is_noisy=True, encoding="utf-16", declared="UTF-16"),
)


@functools.cache
def schema(folder: Path, edition: str, flow: str) -> xmlschema.XMLSchema:
    """The schema of one flow; both use one namespace, so they are never loaded together."""
    return xmlschema.XMLSchema(str(folder / "xsd" / edition / f"{flow}.xsd"))


def children(element: Any) -> Iterator[Any]:
    """The elements that a record, a head or a line may hold."""
    for child in element.type.content.iter_elements():
        if getattr(child, "type", None) is not None and child.local_name not in _FRAME:
            yield child


def is_leaf(element: Any) -> bool:
    """Whether it holds text."""
    return bool(element.type.is_simple() or element.type.has_simple_content())


def collapsed(element: Any) -> set[str]:
    """Elements below whose spaces the schema runs together."""
    if is_leaf(element):
        return {element.local_name} if element.type.white_space == "collapse" else set()
    return set().union(*(collapsed(child) for child in children(element)))


@functools.cache
def records(element: Any) -> st.SearchStrategy[list[tuple[str, Tree]]]:
    """One to three records of a message."""
    record = next(children(element))
    return st.lists(_tree(record), min_size=1, max_size=3).map(lambda trees: [(record.local_name, tree) for tree in trees])


def _tree(element: Any) -> st.SearchStrategy[Any]:
    """What an element holds: a text, or its children's by name; a repeated one as a list."""
    if is_leaf(element):
        return _texts(element)
    there, perhaps = {}, {}
    for child in children(element):
        most = child.max_occurs or 3
        held = _tree(child) if most == 1 else st.lists(_tree(child), min_size=1, max_size=min(most, 3))
        (perhaps if child.min_occurs == 0 else there)[child.local_name] = held
    order = [child.local_name for child in children(element)]
    return st.fixed_dictionaries(there, optional=perhaps).map(lambda tree: {name: tree[name] for name in order if name in tree})


def _texts(element: Any) -> st.SearchStrategy[str]:
    kind, name = element.type, element.local_name
    if element.fixed is not None:
        return st.sampled_from([element.fixed, element.fixed, "502"[: len(element.fixed)]])
    facets = {str(key).rpartition("}")[2]: getattr(facet, "value", None) for key, facet in kind.facets.items() if key}
    if kind.primitive_type.local_name == "decimal":
        return _decimals(kind, facets)
    least, most = facets.get("length") or facets.get("minLength") or 0, facets.get("length") or facets.get("maxLength") or 40
    if re.search("Time$|Date$", name) and facets.get("length"):
        return _times(most)
    text = st.text(_LETTERS, min_size=least, max_size=min(most, max(least, 12)))
    found: list[st.SearchStrategy[str]] = [text, st.text(_LETTERS, min_size=max(least, 1), max_size=min(most, max(least, 12)))]
    if facets.get("length") is None and most >= 60:
        found += [st.just("长" * most), st.sampled_from(IDENTITIES), st.sampled_from(IDENTITIES).map(lambda n: f"证件 {n}，收货")]
    if re.search("[cC]urrency$|[cC]ountry$", name):
        found.append(st.sampled_from(["142", "502", "110", "usd", "CHN", "999"]).filter(lambda code: len(code) <= most))
    if name in ("appType", "appStatus"):
        found = [st.sampled_from("123"), text]
    return st.one_of(found)


def _decimals(kind: Any, facets: dict[str, Any]) -> st.SearchStrategy[str]:
    if isinstance(kind.decode("1"), int):
        most = min(10 ** int(facets.get("totalDigits") or 10) - 1, 2**31 - 1)
        return st.one_of(st.integers(-most, most).map(str), st.integers(1, 9).map("{:05}".format))
    digits, places = int(facets.get("totalDigits") or 19), int(facets.get("fractionDigits") or 0)
    plain = st.decimals(-(10 ** (digits - places)) + 1, 10 ** (digits - places) - 1, places=places, allow_nan=False).map("{:f}".format)
    return st.one_of(plain, st.integers(0, 9999).map(str), st.sampled_from([text for text in _ODD_NUMBERS if kind.is_valid(text)]))


def _times(length: int) -> st.SearchStrategy[str]:
    """Moments, some of which do not exist: those must be refused."""
    form = "%Y%m%d%H%M%S000"[: {8: 6, 14: 12, 17: 15}[length]]
    real = st.datetimes(dt.datetime(1990, 1, 1), dt.datetime(2099, 12, 31)).map(lambda t: t.strftime(form))
    never = st.sampled_from(["20250230", "20251301", "20250001", "20250431", "00000000", "2025-4-1", "19000101"])
    odd = never.map(lambda day: day + "0" * (length - 8)) | st.just("20250401240000000"[:length])
    return st.one_of(real, real, real, real, odd if length > 8 else never)


def written(root: str, flow: str, trees: list[tuple[str, Tree]], style: Style) -> bytes:
    """A message as bytes."""
    p = "ceb:" if style.name == "prefix" else ""
    space = {"prefix": f' xmlns:ceb="{NAMESPACE}"', "default": f' xmlns="{NAMESPACE}"', "bare": ""}[style.name]
    noise = "<!-- 订单 <a> --><?x y?>" if style.is_noisy else ""
    said = _noisy if style.is_noisy else escape

    def element(name: str, held: Any) -> str:
        if isinstance(held, list):
            return "".join(element(name, one) for one in held)
        inner = said(held) if isinstance(held, str) else noise + "".join(element(*item) + noise for item in held.items())
        return f"<{p}{name}>{inner}</{p}{name}>"

    frame = {"copCode": "C1", "copName": "N", "dxpMode": "DXP", "dxpId": "D1"}
    body = "".join(element(*tree) + noise for tree in trees) + (
        "" if root.startswith(("CEB622", "CEB816", "CEB604")) else element("BaseTransfer", frame)
    )
    text = f'<?xml version="1.0" encoding="{style.declared}"?>{noise}<{p}{root} guid="{"G" * 36}" version="1.0"{space}>\n{body}</{p}{root}>'
    return text.encode(style.encoding)


def _noisy(text: str) -> str:
    """A text torn by comments, a section, an instruction and references."""
    third = len(text) // 3
    first, middle, last = text[:third], text[third : 2 * third], text[2 * third :]
    section = f"<![CDATA[{middle}]]>" if middle and "]]>" not in middle else ""
    return f"{escape(first)}<!-- - -->{section}<?p?>" + "".join(f"&#{ord(c)};" for c in last)


def decoded(schema_: xmlschema.XMLSchema, content: Any) -> Tree:
    """What the schema's own decoder reads, by local names; invalid messages too."""
    found = schema_.decode(content, validation="lax", process_namespaces=False, dict_class=dict)
    tree: Tree = _local(found[0] if isinstance(found, tuple) else found)
    return tree


def _local(held: Any) -> Any:
    if isinstance(held, list):
        return [_local(one) for one in held]
    if isinstance(held, dict):
        return {re.sub(r"^(\{.*\}|\w+:)", "", name): _local(one) for name, one in held.items()}
    return held
