"""What every page of the site must hold to: nothing inline, nothing from outside, no dead link.

What the theme leaves out for readers by keyboard and ear is put in.

A page is served under a policy that lets it run and style itself from files of its own server
alone. The theme writes a few scripts and styles into each page; here they move to files.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from hashlib import sha256
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

_SCRIPT = re.compile(r"<script>(?P<body>.*?)</script>", re.DOTALL)
_STYLE = re.compile(r"<style>(?P<body>.*?)</style>", re.DOTALL)
_TAG = re.compile(r"<[a-zA-Z][^<>]*?\sstyle=\"(?P<style>[^\"]*)\"[^<>]*>")
_CLASS = re.compile(r"\sclass=\"([^\"]*)\"")
# attributes by which a page loads something, by element; a link that a reader follows loads nothing
_LOADS = {
    "script": ("src",),
    "img": ("src", "srcset"),
    "source": ("src", "srcset"),
    "iframe": ("src",),
    "embed": ("src",),
    "object": ("data",),
    "audio": ("src",),
    "video": ("src", "poster"),
    "use": ("href", "xlink:href"),
    "image": ("href", "xlink:href"),
    "form": ("action",),
    "base": ("href",),
}
_LINK_LOADS = {
    "stylesheet",
    "icon",
    "preload",
    "prefetch",
    "preconnect",
    "dns-prefetch",
    "manifest",
}
# a browser that is told of no icon asks for one that is not there
_NO_ICON = '<link rel="icon" href="data:,">'
_IN_CSS = re.compile(r"(?:url\(\s*['\"]?|@import\s+['\"])([^'\")]+)", re.IGNORECASE)


def move_inline(folder: Path) -> None:
    """Move scripts, styles and style attributes of all pages into files under ``_static``."""
    rules: dict[str, str] = {}
    for page in sorted(folder.rglob("*.html")):
        root = "../" * (len(page.relative_to(folder).parts) - 1)
        text = page.read_text(encoding="utf-8")
        text = _SCRIPT.sub(
            lambda found, root=root: (
                f'<script src="{root}{_file(folder, found["body"], "js")}"></script>'
            ),
            text,
        )
        text = _STYLE.sub(
            lambda found, root=root: (
                f'<link rel="stylesheet" href="{root}{_file(folder, found["body"], "css")}">'
            ),
            text,
        )
        text = _TAG.sub(lambda found: _with_class(found, rules), text)
        sheet = f'<link rel="stylesheet" href="{root}_static/moved-styles.css">'
        text = text.replace("</head>", f"{_NO_ICON}{sheet}</head>", 1)
        text = text.replace('role="heading">', 'role="heading" aria-level="2">')
        # what scrolls can be reached by keyboard
        text = text.replace("<pre>", '<pre tabindex="0">')
        text = text.replace('<div class="table-wrapper', '<div tabindex="0" class="table-wrapper')
        page.write_text(text, encoding="utf-8")
    sheet_text = "".join(f".{name} {{ {style} }}\n" for name, style in sorted(rules.items()))
    (folder / "_static" / "moved-styles.css").write_text(sheet_text, encoding="utf-8")


def _file(folder: Path, body: str, kind: str) -> str:
    name = f"_static/moved-{sha256(body.encode()).hexdigest()[:12]}.{kind}"
    (folder / name).write_text(body.strip() + "\n", encoding="utf-8")
    return name


def _with_class(found: re.Match[str], rules: dict[str, str]) -> str:
    style = found["style"]
    name = f"moved-{sha256(style.encode()).hexdigest()[:8]}"
    rules[name] = style
    tag = found[0].replace(f' style="{style}"', "", 1)
    if _CLASS.search(tag):
        return _CLASS.sub(rf' class="\1 {name}"', tag, count=1)
    return re.sub(r"^<([a-zA-Z][\w-]*)", rf'<\1 class="{name}"', tag)


class _Page(HTMLParser):
    """What one page loads, links to, names, and holds inline."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.loads: list[str] = []
        self.links: list[str] = []
        self.names: set[str] = set()
        self.inline: list[str] = []
        self._open = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = {name: value or "" for name, value in attrs}
        self.names |= {told[key] for key in ("id", "name") if told.get(key)}
        self.loads += [told[key] for key in _LOADS.get(tag, ()) if told.get(key)]
        if tag == "link" and _LINK_LOADS & set(told.get("rel", "").split()):
            self.loads.append(told.get("href", ""))
        if tag == "a" and told.get("href"):
            self.links.append(told["href"])
        self.inline += [f"{key} of {tag}" for key in told if key == "style" or key[:2] == "on"]
        self._open = tag if tag == "style" or (tag == "script" and "src" not in told) else ""

    def handle_data(self, data: str) -> None:
        if self._open and data.strip():
            self.inline.append(f"a {self._open}")

    def handle_endtag(self, tag: str) -> None:
        self._open = ""


@cache
def _read(page: Path) -> _Page:
    return _Page(page.read_text(encoding="utf-8"))


def faults(folder: Path) -> Iterator[str]:
    """Everything that a page of the site may not have, each with the page that has it."""
    _read.cache_clear()
    for page in sorted(folder.rglob("*.html")):
        name, seen = page.relative_to(folder).as_posix(), _read(page)
        yield from (f"{name}: inline: {what}" for what in seen.inline)
        yield from (f"{name}: loads {address}" for address in seen.loads if _is_outside(address))
        for address in (*seen.loads, *seen.links):
            yield from (f"{name}: {fault}" for fault in _dead(folder, page, address))
    for sheet in sorted(folder.rglob("*.css")):
        loaded = _IN_CSS.findall(sheet.read_text(encoding="utf-8"))
        name = sheet.relative_to(folder).as_posix()
        yield from (f"{name}: loads {address}" for address in loaded if _is_outside(address))


def _is_outside(address: str) -> bool:
    parts = urlsplit(address.strip())
    return bool(parts.netloc) or parts.scheme not in ("", "data")


def _dead(folder: Path, page: Path, address: str) -> Iterator[str]:
    parts = urlsplit(address)
    if parts.scheme or parts.netloc or address.startswith("data:"):
        return
    target = (page.parent / unquote(parts.path)).resolve() if parts.path else page
    if not target.is_relative_to(folder.resolve()):
        yield f"leads out of the site: {address}"
    elif not target.is_file():
        yield f"leads nowhere: {address}"
    elif parts.fragment and target.suffix == ".html":
        # a bare # is the top of any page
        found = unquote(parts.fragment) in _read(target).names
        yield from () if found else (f"no such place on the page: {address}",)
