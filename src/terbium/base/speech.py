"""Text in the reader's language: a message is its English text, and catalogues translate it.

Catalogues are gettext files, ``terbium/locale/LANGUAGE.po``. The language belongs to the context:
a thread or a request that has named none reads English. What a catalogue lacks is said in English.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from importlib import import_module
from importlib.resources import files
from types import MappingProxyType
from typing import Any, Final

DEFAULT: Final = "en"
LANGUAGES: Final = MappingProxyType(
    {
        "en": "English",
        "zh-Hans": "简体中文",
        "zh-Hant": "繁體中文",
        "ja": "日本語",
        "de": "Deutsch",
    }
)
"""Tag of a language (BCP 47) to its name in that language."""

_language: ContextVar[str] = ContextVar("language", default=DEFAULT)


def language() -> str:
    """Tag of the language in which this context reads."""
    return _language.get()


@contextmanager
def speaking(tag: str) -> Iterator[None]:
    """Read in a language for a while; a tag that is not among `LANGUAGES` reads English."""
    token = _language.set(tag if tag in LANGUAGES else DEFAULT)
    try:
        yield
    finally:
        _language.reset(token)


def tr(text: str, /, **values: Any) -> str:
    """Translate a message, then fill its named places.

    Parameters
    ----------
    text
        The English text; ``{name}`` stands for a value.
    values
        What is put into the places, in whatever order a language wants them.

    Examples
    --------
    >>> tr("{count} draws", count=50)
    '50 draws'
    """
    found = _catalogue(_language.get()).get(text) or text
    return found.format(**values) if values else found


def trn(singular: str, plural: str, number: float, /, **values: Any) -> str:
    """Translate a message that bends with a number, which fills the place ``{n}``.

    Examples
    --------
    >>> trn("{n} line", "{n} lines", 1), trn("{n} line", "{n} lines", 3)
    ('1 line', '3 lines')
    """
    spoken = _language.get()
    english = singular if number == 1 else plural
    forms = _plurals(spoken).get(singular, ())
    # languages without a plural of their own have one form
    found = forms[min(int(number != 1), len(forms) - 1)] if forms else english
    return (found or english).format(n=number, **values)


@cache
def _messages(tag: str) -> tuple[dict[str, str], dict[str, tuple[str, ...]]]:
    place = files("terbium").joinpath("locale", f"{tag}.po")
    plain: dict[str, str] = {}
    plural: dict[str, tuple[str, ...]] = {}
    if tag == DEFAULT or not place.is_file():
        return plain, plural
    # who reads English, as most commands do, does not wait for the reader of catalogues
    read_po = import_module("babel.messages.pofile").read_po
    with place.open("rb") as stream:
        for message in read_po(stream):
            if isinstance(message.id, str):
                if message.id and not message.fuzzy:
                    plain[message.id] = str(message.string)
            elif message.id and not message.fuzzy:
                plural[message.id[0]] = tuple(message.string or ())
    return plain, plural


def _catalogue(tag: str) -> dict[str, str]:
    return _messages(tag)[0]


def _plurals(tag: str) -> dict[str, tuple[str, ...]]:
    return _messages(tag)[1]
