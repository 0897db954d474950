"""The style sheet's figure classes as plain attributes, so that a drawing can stand on its own.

Only what the figures use is understood: tags, classes and ``[class*="..."]`` of the last part of a
selector, and colours that are pairs of light and dark.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from xml.etree.ElementTree import Element

from terbium.web.assets import FOLDER

SVG = "http://www.w3.org/2000/svg"

_RULE = re.compile(r"([^{}]+)\{([^{}]*)\}")
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_PAIR = re.compile(r"light-dark\(\s*([^,]+?)\s*,[^)]*\)")
_VARIABLE = re.compile(r"var\(--([\w-]+)\)")
_CLASS = re.compile(r"\.([\w-]+)")
_CONTAINS = re.compile(r'\[class\*="([^"]+)"\]')
_START = "/* shapes of figures"
_END = "/* tables */"
_KEPT = frozenset(
    (
        "fill", "stroke", "stroke-width", "stroke-dasharray", "stroke-linejoin", "opacity",
        "font-size", "font-weight", "paint-order",
    )
)  # fmt: skip


@dataclass(frozen=True)
class _Rule:
    tag: str
    classes: frozenset[str]
    contains: str
    order: tuple[int, int, int]
    attributes: Mapping[str, str]

    def fits(self, tag: str, written: str) -> bool:
        return (
            self.tag in ("", tag)
            and self.classes <= set(written.split())
            and self.contains in written
        )


def paint(root: Element) -> None:
    """Give each shape the light colours of its classes, and take the classes away."""
    for shape in root.iter():
        tag = shape.tag.removeprefix(f"{{{SVG}}}")
        written = shape.attrib.pop("class", "")
        fitting = (rule for rule in _rules() if rule.fits(tag, written))
        for rule in sorted(fitting, key=lambda rule: rule.order):
            shape.attrib.update(rule.attributes)


def colour(name: str) -> str:
    """A colour of the style sheet by its name, light."""
    return _colours()[name]


@cache
def _sheet() -> str:
    return (FOLDER / "app.css").read_text(encoding="utf-8")


@cache
def _colours() -> Mapping[str, str]:
    root = re.search(r":root \{(.*?)\}", _sheet(), re.DOTALL)
    body = root[1] if root else ""
    found = re.findall(r"--([\w-]+):\s*((?:light-dark\([^)]*\)|[^;])+);", body)
    return {name: _PAIR.sub(r"\1", text.strip()) for name, text in found}


@cache
def _rules() -> tuple[_Rule, ...]:
    sheet = _sheet()
    part = _COMMENT.sub("", sheet[sheet.index(_START) : sheet.index(_END)])
    return tuple(_parsed(part))


def _parsed(part: str) -> Iterator[_Rule]:
    for number, (selectors, body) in enumerate(_RULE.findall(part)):
        attributes = dict(_declared(body))
        for selector in selectors.split(","):
            contains = _CONTAINS.search(selector)
            bare = _CONTAINS.sub("", selector).split()
            last = bare[-1] if bare else ""
            classes = frozenset(_CLASS.findall(last))
            tag = _CLASS.sub("", last).strip()
            weight = len(_CLASS.findall(" ".join(bare))) + bool(contains)
            tags = sum(not piece.startswith(".") for piece in bare)
            yield _Rule(
                "" if tag == "svg" and len(bare) > 1 else tag,
                classes,
                contains[1] if contains else "",
                (weight, tags, number),
                attributes,
            )


def _declared(body: str) -> Iterator[tuple[str, str]]:
    for line in body.split(";"):
        name, _, text = line.partition(":")
        if name.strip() in _KEPT:
            yield name.strip(), _VARIABLE.sub(lambda found: colour(found[1]), text.strip())
