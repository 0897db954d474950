"""Files to documents: text, Markdown, HTML and PDF."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Final

from terbium.base.errors import InputError, suggest
from terbium.evidence.documents.claim import Document
from terbium.evidence.documents.decode import decode
from terbium.evidence.documents.html import read_html
from terbium.evidence.documents.markdown import read_markdown, unwrap
from terbium.evidence.documents.pdf import read_pdf
from terbium.evidence.methods import method

KINDS: Final = {
    **{".txt": "text", ".text": "text", ".md": "markdown", ".markdown": "markdown"},
    **{".html": "html", ".htm": "html", ".xhtml": "html", ".pdf": "pdf"},
}
"""Ending of a file name to the kind of document."""


def read_document(
    path: Path | str, *, encoding: str | None = None, date: date | None = None
) -> Document:
    """Read one file.

    Offsets into the document count code points of the file as it was decoded: a byte-order mark is
    no part of it, line ends are left as they are. Of a PDF they count the extracted text.

    Parameters
    ----------
    path
        A file that ends in .txt, .md, .html, .htm or .pdf.
    encoding
        What it is encoded in; found if left out. Of no use for a PDF.
    date
        When it was published; else what the file itself says (``<meta>`` of a page, front matter of
        Markdown), else None.

    Raises
    ------
    InputError
        If it cannot be read, is too large, empty, no text, or in an encoding that is not certain.
    """
    file = Path(path)
    return document_of(read_bytes(file), file.name, encoding=encoding, date=date)


def read_bytes(file: Path, name: str = "") -> bytes:
    """All of a file that is of a kind and size that can be read.

    Parameters
    ----------
    file
        Where it is.
    name
        What its owner calls it, if that is another name; errors name it so.

    Raises
    ------
    InputError
        If it is not.
    """
    named = name or file.name
    kind = _kind(named)
    limit = int(method("documents/most_pdf_bytes" if kind == "pdf" else "documents/most_bytes"))
    try:
        size = file.stat().st_size
        if file.is_dir():
            raise IsADirectoryError(f"{named} is a folder")
        if size > limit:
            raise InputError.of(
                named,
                "size",
                f"{size:,} bytes",
                f"at most {limit:,} bytes of {kind}",
                "divide it into several files",
            )
        return file.read_bytes()
    except OSError as error:
        raise InputError.of(
            name or str(file), "file", error.strerror or str(error), "a file that can be read",
            "correct the path, or mend the permissions",
        ) from error  # fmt: skip


def document_of(
    raw: bytes, name: str, *, encoding: str | None = None, date: date | None = None
) -> Document:
    """Make a document of the bytes of a file; see `read_document`.

    Parameters
    ----------
    raw
        All of the file.
    name
        File name, whose ending says what it is.
    encoding, date
        As of `read_document`.
    """
    kind = _kind(name)
    if kind == "pdf" and raw:
        if not raw[:1024].lstrip().startswith(b"%PDF-") and b"%PDF-" not in raw[:1024]:
            raise InputError.of(
                name, "content", "no PDF header", "a PDF", "name the file by what it is"
            )
        text, sections = read_pdf(raw, name)
        return Document(name, text, kind, date, unwrap(text), sections)
    text = decode(raw, name, encoding)
    if kind == "html":
        shown, said = read_html(text)
    elif kind == "markdown":
        shown, said = read_markdown(text)
    else:
        return Document(name, text, kind, date)
    if not shown.text.strip():
        raise InputError.of(
            name,
            "content",
            f"{kind} that shows no text",
            "a page with text in it",
            "save the page as a browser shows it: its text may be put there by a script",
        )
    return Document(name, text, kind, date or said, shown)


def _kind(name: str) -> str:
    suffix = Path(name).suffix.lower()
    if suffix not in KINDS:
        raise InputError.of(
            name,
            "file name",
            f"the ending '{suffix}'" if suffix else "no ending",
            ", ".join(KINDS),
            f"name the file by what it is; {suggest(suffix, KINDS)}",
        )
    return KINDS[suffix]
