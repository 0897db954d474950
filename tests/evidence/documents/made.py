"""Files made byte by byte, so that a test knows what stands in them."""

import zlib
from collections.abc import Sequence


def pdf(pages: Sequence[Sequence[str]], extra: str = "") -> bytes:
    """A PDF with one font of two-byte codes; each page is a list of lines."""
    letters = sorted({letter for page in pages for line in page for letter in line})
    codes = {letter: number for number, letter in enumerate(letters, start=1)}
    pairs = "\n".join(
        f"<{code:04X}> <{letter.encode('utf-16-be').hex()}>" for letter, code in codes.items()
    )
    to_unicode = (
        "/CIDInit /ProcSet findresource begin 12 dict begin begincmap\n"
        "1 begincodespacerange <0000> <FFFF> endcodespacerange\n"
        f"{len(codes)} beginbfchar\n{pairs}\nendbfchar\nendcmap end end"
    )
    count = len(pages)
    kids = " ".join(f"{6 + 2 * number} 0 R" for number in range(count))
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {count} >>",
        "<< /Type /Font /Subtype /Type0 /BaseFont /F /Encoding /Identity-H "
        "/DescendantFonts [4 0 R] /ToUnicode 5 0 R >>",
        "<< /Type /Font /Subtype /CIDFontType2 /BaseFont /F /CIDSystemInfo "
        "<< /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> /DW 1000 >>",
        _stream(to_unicode),
    ]
    for number, lines in enumerate(pages):
        drawn = "".join(
            f"<{''.join(f'{codes[letter]:04X}' for letter in line)}> Tj 0 -20 Td\n"
            for line in lines
        )
        objects += [
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents {7 + 2 * number} 0 R "
            "/Resources << /Font << /F1 3 0 R >> >> >>",
            _stream(f"BT /F1 12 Tf 50 780 Td\n{drawn}ET" if lines else "0 0 m"),
        ]
    body, places = b"%PDF-1.7\n", []
    for number, content in enumerate(objects, start=1):
        places.append(len(body))
        raw = content if isinstance(content, bytes) else content.encode()
        body += b"%d 0 obj\n" % number + raw + b"\nendobj\n"
    table = "".join(f"{place:010d} 00000 n \n" for place in places)
    tail = (
        f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}"
        f"trailer\n<< /Size {len(objects) + 1} /Root 1 0 R {extra}>>\n"
        f"startxref\n{len(body)}\n%%EOF\n"
    )
    return body + tail.encode()


def _stream(text: str) -> bytes:
    raw = zlib.compress(text.encode())
    return (
        f"<< /Length {len(raw)} /Filter /FlateDecode >>\nstream\n".encode() + raw + b"\nendstream"
    )
