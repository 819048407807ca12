"""What a QR on a page looks like: the lines of its picture."""

import segno


def draw_lines(text: str, *, error: str | None = None) -> str:
    """Give the lines that the QR of a text consists of, as they stand in a page; no other text has them."""
    drawn: str = segno.make_qr(text, error=error).svg_inline(lineclass=None)
    return drawn.partition(' d="')[2].partition('"')[0]
