"""Text of a PDF, page by page. No recognition of characters in pictures."""

from __future__ import annotations

import io
import logging
from typing import Final

from pypdf import PdfReader
from pypdf.errors import DependencyError, PyPdfError

from terbium.base.errors import InputError

_BETWEEN: Final = "\n\n"
_PLACE: Final = "pages"
# what a damaged file makes the library raise beside its own errors
_OF_THE_FILE: Final = (
    *(PyPdfError, ValueError, KeyError, TypeError, IndexError, AttributeError, RuntimeError),
    *(AssertionError, OverflowError, ArithmeticError, OSError),
)


def read_pdf(raw: bytes, name: str) -> tuple[str, tuple[tuple[int, str], ...]]:
    """Take the text out of a PDF.

    Parameters
    ----------
    raw
        All of the file.
    name
        For messages.

    Returns
    -------
    tuple
        The text, pages divided by an empty line, and where each page begins: ``(0, "p. 1")``.

    Raises
    ------
    InputError
        If it is damaged, needs a password, or carries no text.
    """
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    try:
        reader = PdfReader(io.BytesIO(raw))
        if reader.is_encrypted and not reader.decrypt(""):
            raise _locked(name)
        pages = [page.extract_text() for page in reader.pages]
    except DependencyError as error:
        raise _locked(name) from error
    except _OF_THE_FILE as error:
        if isinstance(error, InputError):
            raise
        raise InputError.of(
            name,
            "file",
            f"a damaged PDF ({type(error).__name__}: {str(error)[:120] or 'no more is known'})",
            "a whole PDF",
            "fetch it again, or save its text as .txt",
        ) from error
    text, starts = "", []
    for number, page in enumerate(pages, start=1):
        starts.append((len(text), f"p. {number}"))
        text += _clean(page) + (_BETWEEN if number < len(pages) else "")
    if not text.strip():
        raise InputError.of(
            name,
            _PLACE,
            f"{len(pages)} page(s) without any text: pictures of text, by all appearance",
            "a PDF with text in it",
            "run it through a program that recognises text (OCR) first, or give the text as .txt",
        )
    return text, tuple(starts)


def _clean(page: str) -> str:
    # a lone half of a surrogate pair can be put into no file
    return page.encode("utf-16", "surrogatepass").decode("utf-16", "replace").replace("\0", "")


def _locked(name: str) -> InputError:
    return InputError.of(
        name,
        "file",
        "a PDF that is encrypted and does not open without a password",
        "a PDF that opens without a password and without AES encryption",
        "save it without its password, or give its text as .txt",
    )
