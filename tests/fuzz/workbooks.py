"""A small workbook of which one part at a time is anybody's: .xlsx is a zip of XML, here stored as it is."""

import io
import zipfile
from collections.abc import Iterable

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_WRITTEN_AT = (1980, 1, 1, 0, 0, 0)

SHEET, STRINGS, STYLES = "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "xl/styles.xml"
BOOK, LINKS, TYPES = "xl/workbook.xml", "xl/_rels/workbook.xml.rels", "[Content_Types].xml"

PARTS = {
    SHEET: f'<worksheet xmlns="{_MAIN}"><sheetData>'
    '<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="inlineStr"><is><t>b</t></is></c></row>'
    '<row r="2"><c r="A2" s="1"><v>45992</v></c><c r="B2" t="n"><v>7.5</v></c></row>'
    '<row r="3"><c r="A3" t="b"><v>1</v></c><c r="B3" t="d"><v>2025-12-03</v></c></row></sheetData></worksheet>',
    STRINGS: f'<sst xmlns="{_MAIN}" count="1" uniqueCount="1"><si><t>a</t></si></sst>',
    STYLES: f'<styleSheet xmlns="{_MAIN}"><numFmts count="1"><numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd"/>'
    "</numFmts><fonts><font/></fonts><fills><fill><patternFill/></fill></fills><borders><border/></borders>"
    '<cellStyleXfs><xf/></cellStyleXfs><cellXfs><xf/><xf numFmtId="164" applyNumberFormat="1"/></cellXfs></styleSheet>',
    BOOK: f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets><sheet name="s" sheetId="1" r:id="r1"/></sheets>'
    "</workbook>",
    LINKS: f'<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="r1" Type="{_OFFICE}/worksheet" Target="worksheets/sheet1.xml"/>'
    f'<Relationship Id="r2" Type="{_OFFICE}/styles" Target="styles.xml"/>'
    f'<Relationship Id="r3" Type="{_OFFICE}/sharedStrings" Target="sharedStrings.xml"/></Relationships>',
    TYPES: f'<Types xmlns="{_PACKAGE}/content-types"><Default Extension="xml" ContentType="application/xml"/>'
    f'<Override PartName="/{BOOK}" ContentType="{_TYPE}.sheet.main+xml"/>'
    f'<Override PartName="/{SHEET}" ContentType="{_TYPE}.worksheet+xml"/>'
    f'<Override PartName="/{STYLES}" ContentType="{_TYPE}.styles+xml"/>'
    f'<Override PartName="/{STRINGS}" ContentType="{_TYPE}.sharedStrings+xml"/></Types>',
    "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="r1" Type="{_OFFICE}/officeDocument" Target="{BOOK}"/></Relationships>',
}
"""The parts of an honest workbook."""

_CHANGED = (SHEET, STRINGS, STYLES, BOOK, LINKS, TYPES)


def workbook_with(data: bytes) -> bytes:
    """Give a workbook of which one part is ``data`` behind its first byte, which says which."""
    changed = _CHANGED[data[0] % len(_CHANGED)] if data else SHEET
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as book:
        for name, text in PARTS.items():
            book.writestr(zipfile.ZipInfo(name, _WRITTEN_AT), data[1:] if name == changed else text)
    return packed.getvalue()


def workbook_seeds() -> Iterable[bytes]:
    """Give each part as it should be, and what is to be borne: formulas, far cells, growing entities, deep nesting."""
    for number, name in enumerate(_CHANGED):
        yield bytes((number,)) + PARTS[name].encode()
    yield workbook_with(b"\0" + PARTS[SHEET].encode())
    rows = (
        '<row r="1"><c r="A1"><f>1+1</f><v>2</v></c><c r="B1" t="e"><v>#REF!</v></c></row>',
        '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1e308</v></c></row>',
        '<row r="999999999999"><c r="A999999999999"><v>1</v></c></row>',
        '<row r="1"><c r="ZZZ1"><v>nan</v></c><c t="s"><v>99999999</v></c><c s="99"><v>-1</v></c></row>',
        '<row r="2"><c r="A2" s="1"><v>99999999999</v></c></row><row r="1"><c r="A1" t="d"><v>x</v></c></row>',
    )
    for row in rows:
        yield b"\0" + f'<worksheet xmlns="{_MAIN}"><sheetData>{row}</sheetData></worksheet>'.encode()
    entities = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10 if n else "x" * 90}">' for n in range(9))
    yield b"\1" + f'<!DOCTYPE sst [{entities}]><sst xmlns="{_MAIN}"><si><t>&e8;</t></si></sst>'.encode()
    yield b"\1" + f'<sst xmlns="{_MAIN}">{"<si>" * 1500}'.encode()
    yield b"\2" + PARTS[STYLES].replace("yyyy", "[" * 2000).encode()
