"""Every kind of file that HR sends, by its name."""

from collections.abc import Mapping
from types import MappingProxyType

from sync.hr import cards_csv, computer_use_csv, leave_csv, posts_csv, roster_csv, staff_csv
from sync.hr.plan import Kind
from sync.jobs.import_cards import plan_cards
from sync.jobs.import_computer_use import plan_computer_use
from sync.jobs.import_leave import plan_leave
from sync.jobs.import_posts import plan_posts
from sync.jobs.import_roster import plan_roster
from sync.jobs.import_staff import plan_staff

KINDS: Mapping[str, Kind] = MappingProxyType(
    {
        "staff": Kind(staff_csv.COLUMNS, staff_csv.REQUIRED, is_whole=True, plan=plan_staff),
        "posts": Kind(posts_csv.COLUMNS, posts_csv.REQUIRED, is_whole=True, plan=plan_posts),
        "leave": Kind(leave_csv.COLUMNS, leave_csv.REQUIRED, is_whole=False, plan=plan_leave),
        "cards": Kind(cards_csv.COLUMNS, cards_csv.REQUIRED, is_whole=False, plan=plan_cards),
        "rosters": Kind(roster_csv.COLUMNS, roster_csv.REQUIRED, is_whole=False, plan=plan_roster),
        "computers": Kind(computer_use_csv.COLUMNS, computer_use_csv.REQUIRED, is_whole=False, plan=plan_computer_use),
    }
)
"""In the order in which files of one day are applied: the others name people whom the staff file brings."""
