"""Files from HR for the tests: workbooks, a desk with its people, and one whole round of the job."""

import io
from datetime import date, datetime
from pathlib import Path

from openpyxl import Workbook

from store.hr_files import HrFile, list_hr_files
from store.people import Department, Person, upsert_departments, upsert_persons
from store.tx import Store
from sync.jobs.apply_hr_files import apply_ready
from sync.jobs.bring_hr_file import Arrival, bring_file
from sync.jobs.import_hr_files import open_hr_desk
from sync.jobs.preview_hr_files import HrDesk, preview_brought
from tests.sync.desks import DECEMBER, KEY, settings

ON = date(2025, 12, 3)


def workbook(*rows: tuple[object, ...]) -> bytes:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append(row)
    packed = io.BytesIO()
    book.save(packed)
    return packed.getvalue()


def hr_desk(store: Store, folder: Path, now: datetime = DECEMBER, percent_max: int = 20) -> HrDesk:
    return open_hr_desk(store, settings(folder, store.url, mass_change_percent=percent_max), now)


def put_staff(store: Store, *ids: str) -> None:
    with store.transaction(DECEMBER) as tx:
        upsert_departments(tx, [Department("somu", "総務課"), Department("zeimu", "税務課")])
        upsert_persons(tx, [Person(each, f"職員 {each}", "ショクイン", "somu") for each in ids])


def staff_csv(*ids: str, name: str = "職員 {}", heading: str = "職員番号,氏名,フリガナ,所属コード,所属名") -> bytes:
    return "\n".join([heading, *(f"{each},{name.format(each)},ショクイン,somu,総務課" for each in ids)]).encode()


def bring(
    desk: HrDesk, kind: str, data: bytes, on: date = ON, source: str = "folder", name: str = "a file"
) -> tuple[int, bool]:
    with desk.store.transaction(desk.now) as tx:
        told = bring_file(tx, KEY, Arrival(kind, source, name, data, on))
    assert preview_brought(desk) == []
    return told


def go_round(desk: HrDesk, on: date = ON) -> list[str]:
    assert preview_brought(desk) == []
    apply_ready(desk, on)
    return states(desk)


def files(desk: HrDesk) -> list[HrFile]:
    with desk.store.reading(desk.now) as tx:
        return sorted(list_hr_files(tx), key=lambda file: file.id)


def states(desk: HrDesk) -> list[str]:
    return [file.state.value for file in files(desk)]
