"""HR's file of posts in: what it would change, and the change itself."""

from datetime import date, timedelta

from domain.access.rights import PersonKind
from store.hr_posts import HrPost, end_hr_posts, insert_hr_posts, list_hr_posts, save_hr_post
from store.people import list_departments, list_persons
from store.tx import Tx
from sync.hr.differences import compare
from sync.hr.plan import Plan, Reading
from sync.hr.posts_csv import read_posts


def plan_posts(tx: Tx, reading: Reading) -> Plan:
    """Hold a file of posts against HR's posts; one that it no longer names ends before the day it takes effect.

    Raises:
        CsvError: anything in the file is wrong.
    """
    staff = {each.id for each in list_persons(tx) if each.kind == PersonKind.staff}
    departments = {each.id for each in list_departments(tx)}
    said = {each.key: each for each in read_posts(reading.lines, reading.columns, staff, departments)}
    on = reading.effective_on
    said = {key: each for key, each in said.items() if each.until_on is None or each.until_on >= on}
    standing = {each.key: (post_id, each) for post_id, each in list_hr_posts(tx, on).items()}
    differences = compare(
        {key: _shown(each) for key, (_, each) in standing.items()},
        {key: _shown(each) for key, each in said.items()},
        whole=True,
    )

    def write(tx: Tx) -> None:
        end_hr_posts(tx, [standing[key][0] for key in differences.left], on - timedelta(days=1))
        for key in dict.fromkeys(each.key for each in differences.changed):
            save_hr_post(tx, standing[key][0], said[key])
        insert_hr_posts(tx, [said[key] for key in differences.added])

    return Plan(differences, write)


def _shown(post: HrPost) -> dict[str, str]:
    return {"title": post.title, "until_on": _day(post.until_on)}


def _day(on: date | None) -> str:
    return on.isoformat() if on else ""
