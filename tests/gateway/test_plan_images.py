"""Uploaded plans: what is drawn stays, what could act or reach outside is gone, what is no picture is refused."""

import struct
import zlib
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.plan_images import PNG_SIGNATURE, PlanImageError, read_plan_image

HEAD = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 200 100">'


def svg(inside: str) -> str:
    return read_plan_image(f"{HEAD}{inside}</svg>".encode()).data.decode()


def chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def png(width: int = 2, height: int = 2, *extra: bytes) -> bytes:
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
    rows = chunk(b"IDAT", zlib.compress(b"\0" + b"\0" * 2))
    return PNG_SIGNATURE + header + b"".join(extra) + rows + chunk(b"IEND", b"")


def test_shapes_text_and_styles_stay() -> None:
    text = svg(
        '<g transform="translate(3,4) rotate(90)">'
        '<rect x="1" y="2" width="3" height="4" style="fill:#f00;stroke:rgb(1, 2, 3)"/>'
        '<text x="1">1階 &lt;A&gt;</text><circle r="1" fill="url(#g)"/></g>'
    )
    for kept in (
        'fill="#f00"',
        'stroke="rgb(1, 2, 3)"',
        "1階 &lt;A&gt;",
        'fill="url(#g)"',
        "translate(3,4) rotate(90)",
    ):
        assert kept in text
    read = read_plan_image(f"{HEAD}</svg>".encode())
    assert (read.width, read.height) == (1000, 500)


@pytest.mark.parametrize(
    "evil",
    [
        "<script>alert(1)</script>",
        '<rect onload="alert(1)" width="1"/>',
        '<foreignObject><body xmlns="http://www.w3.org/1999/xhtml">alert(1)</body></foreignObject>',
        '<image href="https://evil.example/alert(1)"/>',
        '<a xlink:href="javascript:alert(1)"><rect/></a>',
        '<use href="//evil.example/alert(1)#x"/>',
        '<rect fill="url(https://evil.example/alert(1))"/>',
        '<rect style="fill:url(//evil.example/alert(1))"/>',
        '<rect style="fill:u\\72l(//evil.example/alert(1))"/>',
        '<animate attributeName="href" values="javascript:alert(1)"/>',
        '<x:script xmlns:x="http://www.w3.org/2000/svg">alert(1)</x:script>',
    ],
)
def test_what_acts_or_reaches_outside_is_gone(evil: str) -> None:
    text = svg(f'{evil}<path d="M0 0"/>')
    assert "evil" not in text
    assert "alert" not in text
    assert '<path d="M0 0">' in text


@pytest.mark.parametrize(
    ("data", "fault"),
    [
        (b"", "empty"),
        (b"GIF89a", "not_an_image"),
        (b"<html><svg></svg></html>", "not_an_image"),
        (f"{HEAD}<g></svg>".encode(), "damaged"),
        (b'<!DOCTYPE svg [<!ENTITY a "aaaa">]>' + f"{HEAD}&a;</svg>".encode(), "damaged"),
        (f"{HEAD}<style>*{{fill:red}}</style></svg>".encode(), "style_sheet"),
        (b'<svg xmlns="http://www.w3.org/2000/svg"/>', "no_size"),
        (b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 0 9"/>', "no_size"),
        (f"{HEAD}{'<g>' * 70}{'</g>' * 70}</svg>".encode(), "too_large"),
        (b"x" * (5 * 2**20 + 1), "too_large"),
        (png()[:-3], "damaged"),
        (png().replace(b"IDAT", b"IDAX"), "damaged"),
        (png(30000, 2), "too_large"),
    ],
)
def test_what_is_no_plan_is_refused_with_a_reason(data: bytes, fault: str) -> None:
    with pytest.raises(PlanImageError) as refused:
        read_plan_image(data)
    assert refused.value.fault == fault


def test_a_png_keeps_its_picture_and_nothing_beside_it() -> None:
    read = read_plan_image(png(2, 2, chunk(b"tEXt", b"Author\0somebody")) + b"<script>")
    assert (read.media_type, read.width, read.height, read.data) == ("image/png", 2, 2, png())


@given(st.binary(max_size=300), st.sampled_from([PNG_SIGNATURE, HEAD.encode(), b""]))
def test_no_bytes_lead_to_anything_but_a_picture_or_a_refusal(rest: bytes, head: bytes) -> None:
    with suppress(PlanImageError):
        assert read_plan_image(head + rest).width > 0
