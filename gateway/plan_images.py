"""Uploaded floor plans, read by what is allowed and written anew: what is not on the list is not passed on.

A PNG keeps the chunks that make its picture, each with a right checksum. An SVG keeps shapes, text, gradients and clips
with their geometry and presentation; scripts, foreign content, links, images, animation, events and every reference
outside the file are gone. A drawing coloured by a style sheet would come out black, and is refused with the way out.
"""

import re
import struct
import zlib
from dataclasses import dataclass
from xml.parsers import expat
from xml.sax.saxutils import escape, quoteattr

IMAGE_BYTES_MAX = 5 * 1024 * 1024
SIDE_MAX = 20000
PIXELS_MAX = 60_000_000
ELEMENTS_MAX = 100_000
DEPTH_MAX = 64

PNG = "image/png"
SVG = "image/svg+xml"
PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_CHUNKS = frozenset((b"IHDR", b"PLTE", b"tRNS", b"gAMA", b"sRGB", b"IDAT", b"IEND"))


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


SVG_NAMESPACE = "http://www.w3.org/2000/svg"
_ELEMENTS = _words(
    "svg g path rect circle ellipse line polyline polygon text tspan title desc defs linearGradient radialGradient stop"
    " clipPath"
)
_GEOMETRY = _words(
    "id d x y x1 y1 x2 y2 cx cy r rx ry fx fy dx dy width height points transform viewBox preserveAspectRatio offset"
    " gradientUnits gradientTransform spreadMethod clipPathUnits pathLength textLength lengthAdjust"
)
_PRESENTATION = _words(
    "fill fill-opacity fill-rule stroke stroke-width stroke-opacity stroke-linecap stroke-linejoin stroke-miterlimit"
    " stroke-dasharray stroke-dashoffset opacity color clip-path clip-rule display visibility font-family font-size"
    " font-weight font-style text-anchor dominant-baseline letter-spacing stop-color stop-opacity vector-effect"
    " paint-order"
)
_HARMLESS = re.compile(
    r"url\(\s*['\"]?#[\w.-]+['\"]?\s*\)"
    r"|\b(?:rgba?|hsla?|matrix|translate|scale|rotate|skewX|skewY)\s*\([0-9eE.,+%\s-]*\)"
)
_LENGTH = re.compile(r"\s*([0-9]+(?:\.[0-9]+)?)(?:px|mm|cm|in|pt)?\s*")


class PlanImageError(Exception):
    """A file is no plan that can be shown: ``fault`` is a word of the pages."""

    def __init__(self, fault: str) -> None:
        super().__init__(fault)
        self.fault = fault


@dataclass(frozen=True, slots=True)
class PlanImage:
    """A plan fit to be shown, with its size in its own units."""

    media_type: str
    width: int
    height: int
    data: bytes


def read_plan_image(data: bytes) -> PlanImage:
    """Read an uploaded file, whatever it was called.

    Raises:
        PlanImageError: ``empty``, ``too_large``, ``not_an_image``, ``damaged``, ``no_size`` or ``style_sheet``.
    """
    if not data:
        raise PlanImageError("empty")
    if len(data) > IMAGE_BYTES_MAX:
        raise PlanImageError("too_large")
    if data.startswith(PNG_SIGNATURE):
        return _read_png(data)
    if b"<svg" in data[:4096] or b":svg" in data[:4096]:
        return _SvgReader().read(data)
    raise PlanImageError("not_an_image")


def _read_png(data: bytes) -> PlanImage:
    kept, at = [PNG_SIGNATURE], len(PNG_SIGNATURE)
    names: list[bytes] = []
    while at + 12 <= len(data) and (not names or names[-1] != b"IEND"):
        (length,) = struct.unpack_from(">I", data, at)
        chunk = data[at : at + 12 + length]
        name, body = chunk[4:8], chunk[8:-4]
        if len(chunk) != 12 + length or zlib.crc32(name + body) != struct.unpack(">I", chunk[-4:])[0]:
            raise PlanImageError("damaged")
        if name in _CHUNKS:
            kept.append(chunk)
        names.append(name)
        at += 12 + length
    if not names or names[0] != b"IHDR" or len(kept[1]) != 25 or names[-1] != b"IEND" or b"IDAT" not in names:
        raise PlanImageError("damaged")
    width, height = struct.unpack_from(">II", kept[1], 8)
    if not (0 < width <= SIDE_MAX and 0 < height <= SIDE_MAX and width * height <= PIXELS_MAX):
        raise PlanImageError("too_large")
    return PlanImage(PNG, width, height, b"".join(kept))


class _SvgReader:
    """Goes through an SVG once and writes what is allowed."""

    def __init__(self) -> None:
        self._written: list[str] = []
        self._depth = 0
        self._skipped = 0  # how deep inside something that is not passed on
        self._elements = 0
        self._size: tuple[int, int] | None = None

    def read(self, data: bytes) -> PlanImage:
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.StartElementHandler = self._begin
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._say
        parser.EntityDeclHandler = self._refuse
        parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)
        try:
            parser.Parse(data, True)  # noqa: FBT003 (expat takes it by place)
        except (expat.ExpatError, ValueError):
            raise PlanImageError("damaged") from None
        if self._size is None:
            raise PlanImageError("no_size")
        return PlanImage(SVG, *self._size, "".join(self._written).encode())

    def _refuse(self, *_: object) -> None:
        raise PlanImageError("damaged")

    def _begin(self, name: str, given: dict[str, str]) -> None:
        self._elements += 1
        self._depth += 1
        if self._elements > ELEMENTS_MAX or self._depth > DEPTH_MAX:
            raise PlanImageError("too_large")
        space, _, local = name.rpartition(" ")
        if self._depth == 1:
            if (space, local) != (SVG_NAMESPACE, "svg"):
                raise PlanImageError("not_an_image")
            self._size = _read_size(given)
        if space == SVG_NAMESPACE and local == "style":
            raise PlanImageError("style_sheet")
        if self._skipped or space != SVG_NAMESPACE or local not in _ELEMENTS:
            self._skipped += 1
            return
        known = _keep_attributes(given)
        if self._depth == 1 and self._size is not None:
            width, height = self._size
            if "viewBox" not in known:
                known["viewBox"] = f"0 0 {_length(given['width']):g} {_length(given['height']):g}"
            known |= {"xmlns": SVG_NAMESPACE, "width": str(width), "height": str(height)}
        self._written.append(f"<{local}{''.join(f' {key}={quoteattr(value)}' for key, value in known.items())}>")

    def _end(self, name: str) -> None:
        self._depth -= 1
        if self._skipped:
            self._skipped -= 1
            return
        self._written.append(f"</{name.rpartition(' ')[2]}>")

    def _say(self, text: str) -> None:
        if not self._skipped:
            self._written.append(escape(text))


def _keep_attributes(given: dict[str, str]) -> dict[str, str]:
    """Give the attributes that are allowed; of a style its allowed declarations, as attributes."""
    known = {key: value for key, value in given.items() if key in _GEOMETRY | _PRESENTATION}
    for declaration in given.get("style", "").split(";"):
        key, _, value = declaration.partition(":")
        if key.strip() in _PRESENTATION:
            known[key.strip()] = value.strip()
    return {key: value for key, value in known.items() if _stays_inside(value)}


def _stays_inside(value: str) -> bool:
    """Tell whether a value names nothing outside the file: of functions only references within, colours, transforms."""
    return "\\" not in value and "(" not in _HARMLESS.sub("", value)


def _read_size(given: dict[str, str]) -> tuple[int, int]:
    box = [_number(part) for part in given.get("viewBox", "").replace(",", " ").split()]
    if len(box) == 4 and all(part is not None for part in box):
        sides = box[2], box[3]
    else:
        sides = _length(given.get("width", "")), _length(given.get("height", ""))
    width, height = sides
    if not width or not height or not 0 < width < 1e9 or not 0 < height < 1e9:
        raise PlanImageError("no_size")
    longest = max(width, height)
    scale = min(SIDE_MAX, max(1000, longest)) / longest
    return max(1, round(width * scale)), max(1, round(height * scale))


def _length(text: str) -> float | None:
    found = _LENGTH.fullmatch(text)
    return float(found[1]) if found else None


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None
