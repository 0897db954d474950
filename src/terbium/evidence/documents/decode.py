"""Bytes to text, strictly: what is not certain is an error that names the way out."""

from __future__ import annotations

import codecs
import csv
import re
from functools import cache
from importlib.resources import files
from typing import Final

from terbium.base.errors import InputError
from terbium.evidence.methods import method

_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_GUESSED: Final = ("gb18030", "big5hkscs", "utf-16-le", "utf-16-be")
# supersets under which pages of the smaller set are read everywhere
_WIDER: Final = {"gb2312": "gb18030", "gbk": "gb18030", "hz": "hz", "big5": "big5hkscs"}
_CONTAINERS: Final = (
    (b"%PDF-", "a PDF"),
    (b"PK\x03\x04", "a ZIP container (such as .docx, .xlsx, .epub)"),
    (b"\xd0\xcf\x11\xe0", "an old Office file (.doc, .xls)"),
    (b"\x89PNG", "a PNG picture"),
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"GIF8", "a GIF picture"),
    (b"\x1f\x8b", "a gzip file"),
    (b"7z\xbc\xaf", "a 7-Zip file"),
    (b"Rar!", "a RAR file"),
    (b"{\\rtf", "a Rich Text file"),
    (b"\x7fELF", "a program"),
    (b"SQLite format 3", "a database"),
    (b"PAR1", "a Parquet table"),
)
_CONTROL: Final = re.compile("[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")
_ASCII: Final = re.compile(r"[\t-\r -~]")
_DECLARED: Final = re.compile(
    rb"<(?:meta|\?xml)[^>]{0,300}?(?:charset|encoding)\s{0,9}=\s{0,9}[\"']?([A-Za-z0-9_.:-]{2,40})",
    re.IGNORECASE,
)
_HEAD: Final = 4096
_SAMPLE: Final = 400_000
_PLACE: Final = "encoding"


def decode(raw: bytes, name: str, encoding: str | None = None) -> str:
    """Turn the bytes of a text file into text.

    Looked at in this order: the encoding given; a byte-order mark, which is no part of the text;
    UTF-8; the charset that a page declares; GB18030, Big5 and UTF-16 without a mark, if the
    frequencies of its characters make one of them certain. Line ends are left as they are.

    Parameters
    ----------
    raw
        All of the file.
    name
        For messages.
    encoding
        What the user said it is, by any name that Python knows.

    Returns
    -------
    str
        Every code point of the file.

    Raises
    ------
    InputError
        If it is empty, no text, or not certainly in one encoding.
    """
    if not raw:
        raise InputError.of(
            name, "content", "nothing, the file is empty", "text", "give a file that says something"
        )
    if encoding is not None:
        return _checked(_given(raw, name, encoding), name)
    for prefix, kind in _CONTAINERS:
        if raw.startswith(prefix):
            raise _no_text(name, kind)
    for mark, codec in _MARKS:
        if raw.startswith(mark):
            return _checked(_marked(raw[len(mark) :], name, codec), name)
    text = _strict(raw, "utf-8")
    if text is not None and "\0" not in text:
        return _checked(text, name)
    return _checked(_declared(raw) or _guessed(raw, name), name)


def _given(raw: bytes, name: str, encoding: str) -> str:
    try:
        codec = codecs.lookup(encoding).name
        wider = _WIDER.get(codec, codec)
        for mark, marked in _MARKS:
            if raw.startswith(mark) and marked.startswith(wider):
                return raw[len(mark) :].decode(marked)
        return raw.decode(wider)
    except UnicodeError as error:
        raise _broken(name, encoding, error) from error
    except (LookupError, ValueError) as error:
        raise InputError.of(
            name,
            "--encoding",
            f"'{encoding}'",
            "a name such as utf-8, gb18030, big5, utf-16, cp1252",
            "correct the name",
        ) from error


def _marked(raw: bytes, name: str, codec: str) -> str:
    try:
        return raw.decode(codec)
    except UnicodeDecodeError as error:
        raise _broken(name, f"{codec} (by its byte-order mark)", error) from error


def _strict(raw: bytes, codec: str) -> str | None:
    try:
        return raw.decode(codec)
    except UnicodeDecodeError:
        return None


def _declared(raw: bytes) -> str | None:
    """Text in the charset that a page names in its head, if its bytes agree."""
    found = _DECLARED.search(raw[:_HEAD])
    if found is None:
        return None
    try:
        codec = codecs.lookup(found.group(1).decode("ascii")).name
    except LookupError:
        return None
    text = _strict(raw, _WIDER.get(codec, codec))
    return text if text is not None and not _CONTROL.search(text) else None


def _guessed(raw: bytes, name: str) -> str:
    """Text in the one encoding whose characters are those that Chinese is written with."""
    scored = []
    for codec in _GUESSED:
        text = _strict(raw, codec)
        if text is not None and not _CONTROL.search(text):
            least = "least_utf16_share" if codec.startswith("utf-16") else "least_common_share"
            share = _plausible(text, codec)
            scored.append((share if share >= method(f"documents/{least}") else 0.0, codec, text))
    scored.sort(key=lambda one: one[:2], reverse=True)
    if not scored and b"\0" in raw[:_SAMPLE]:
        raise _no_text(name, "binary data (zero bytes)")
    ahead = method("documents/common_lead") * (scored[1][0] if scored[1:] else 0.0)
    if scored and scored[0][0] > 0 and scored[0][0] >= ahead:
        return scored[0][2]
    read = ", ".join(codec for _, codec, _ in scored)
    seen = (
        f"bytes that are not UTF-8, and could be {read} but do not read as Chinese or English"
        if scored
        else "bytes that are neither UTF-8 nor GB18030, Big5 or UTF-16"
    )
    raise InputError.of(
        name,
        _PLACE,
        seen,
        "UTF-8, or an encoding that can be told for certain",
        "say what it is: --encoding gb18030, big5, utf-16-le, cp1252 or another; or save it as "
        "UTF-8",
    )


@cache
def _common() -> re.Pattern[str]:
    table = files("terbium").joinpath("data/lexicon/common_characters.csv")
    rows = csv.DictReader(table.read_text(encoding="utf-8").splitlines())
    return re.compile(f"[{re.escape(''.join(row['characters'] for row in rows))}]")


def _plausible(text: str, codec: str) -> float:
    """How far a decoding reads like Chinese or English, 0 to 1.

    Of a code for Chinese, the share of the commonest characters among those beyond ASCII, which
    every byte of ASCII text would fit; of UTF-16, where ASCII is as telling, among all.
    """
    sample = text[:_SAMPLE]
    plain = len(_ASCII.findall(sample))
    common = len(_common().findall(sample))
    if codec.startswith("utf-16"):
        return (common + plain) / max(len(sample), 1)
    foreign = len(sample) - plain
    return common / foreign if foreign >= method("documents/least_foreign") else 0.0


def _checked(text: str, name: str) -> str:
    """Refuse what decodes but is no text: control characters, or nothing to read."""
    found = _CONTROL.search(text)
    if found and (found.group() == "\0" or len(_CONTROL.findall(text)) * _HEAD > len(text)):
        raise _no_text(name, f"binary data (U+{ord(found.group()):04X} at {found.start():,})")
    if not text.strip():
        raise InputError.of(
            name,
            "content",
            "white space alone",
            "text",
            "give a file that says something",
        )
    return text


def _no_text(name: str, kind: str) -> InputError:
    return InputError.of(
        name,
        "content",
        kind,
        "a text file (.txt, .md), an HTML page or a PDF, named by its ending",
        "save its text as UTF-8, or name it by what it is",
    )


def _broken(name: str, encoding: str, error: Exception) -> InputError:
    where = f" at byte {error.start:,}" if isinstance(error, UnicodeDecodeError) else ""
    return InputError.of(
        name,
        _PLACE,
        f"bytes that are not {encoding}{where}",
        "a file that is wholly in its encoding",
        "leave --encoding out to have it found, or give another; a file that was cut off must be "
        "fetched again",
    )
