"""HR's file of posts beside the regular one: 兼務, and 職務代理 for a head."""

from collections.abc import Collection, Mapping, Sequence

from domain.access.rights import PostKind
from store.hr_posts import HrPost
from sync.hr.cell_reader import CellReader
from sync.hr.csv_text import Line, Row, to_rows

COLUMNS = {
    "職員番号": "staff_no", "staff_no": "staff_no",
    "所属コード": "department_id", "department_id": "department_id",
    "区分": "kind", "種別": "kind", "発令区分": "kind", "kind": "kind",
    "役職": "title", "職名": "title", "title": "title",
    "開始日": "from_on", "発令日": "from_on", "from_on": "from_on",
    "終了日": "until_on", "until_on": "until_on",
}  # fmt: skip
REQUIRED = frozenset({"staff_no", "department_id", "kind"})
KINDS = {
    "兼務": PostKind.concurrent, "併任": PostKind.concurrent, "concurrent": PostKind.concurrent,
    "職務代理": PostKind.acting, "代理": PostKind.acting, "acting": PostKind.acting,
}  # fmt: skip


def read_posts(
    lines: Sequence[Line], columns: Mapping[str, str], staff: Collection[str], departments: Collection[str]
) -> tuple[HrPost, ...]:
    """Read and check the lines of a file of posts; ``staff`` and ``departments`` are the ids that stand.

    Raises:
        CsvError: anything is wrong; every error is named and nothing of the file counts.
    """
    _, rows = to_rows(lines, columns, REQUIRED)
    reader = CellReader()
    first_lines: dict[str, int] = {}
    posts = []
    for row in rows:
        post = _read(reader, row, staff, departments)
        if first := first_lines.get(post.key):
            reader.wrong(row, "職員番号", f"{first}行目と同じ発令です / the same post as line {first}")
        first_lines.setdefault(post.key, row.line)
        posts.append(post)
    reader.demand_none()
    return tuple(posts)


def _read(reader: CellReader, row: Row, staff: Collection[str], departments: Collection[str]) -> HrPost:
    person_id = reader.identifier(row, "staff_no", "職員番号")
    if person_id not in staff:
        reader.wrong(row, "職員番号", "登録のない職員です / nobody of the staff; expected a registered number")
    department_id = reader.identifier(row, "department_id", "所属コード")
    if department_id not in departments:
        reader.wrong(row, "所属コード", "登録のない所属です / no such department; expected a registered code")
    kind = reader.word(row, "kind", "区分", KINDS, "兼務 / 職務代理")
    if not row.cells["kind"]:
        reader.wrong(row, "区分", "空にはできません / must not be empty; expected 兼務 / 職務代理")
    from_on, until_on = reader.day(row, "from_on", "開始日"), reader.day(row, "until_on", "終了日")
    reader.demand_span(row, from_on, until_on, ("開始日", "終了日"))
    return HrPost(person_id, department_id, kind or PostKind.concurrent, row.cells.get("title", ""), from_on, until_on)
