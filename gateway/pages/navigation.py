"""Where the pages stand: sections, their pages, and the two rows that lead a visitor there. Pure.

A new page is one line: a ``Tab`` in its section of ``SECTIONS`` (with its name as ``nav.…`` in both word files and its
routes in ``access/rows``). What lies deeper under the same path is found by itself; another path that belongs to the
same page stands in ``also``. A new style sheet is a file in ``static/css``. What every page says at its head (a banner)
is no tab: it stands in ``base.html`` between masthead and main.

A section that holds but one page for a visitor is called by that page's name, and a visitor of one section sees no
choice of sections: so nobody clicks through a row that decides nothing. The first page of a section is one click away
from anywhere, the others two.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from gateway.pages.access.rights import Right


@dataclass(frozen=True, slots=True)
class Tab:
    """A main page: its path, the key of its name, the rights of which one opens it, other paths that lie beneath it.

    What everybody may look at (``leads`` is False) greets nobody who has a page of their own work.
    """

    path: str
    name: str
    rights: tuple[Right, ...]
    also: tuple[str, ...] = ()
    leads: bool = True
    counts_alarms: bool = False
    counts_inbox: bool = False
    counts_bookings: bool = False

    def holds(self, here: str) -> bool:
        """Tell whether a path is this page or lies beneath it."""
        roots = self.also if self.path == "/" else (self.path, *self.also)
        return here == self.path or any(here == root or here.startswith(f"{root}/") for root in roots)


@dataclass(frozen=True, slots=True)
class Section:
    """Pages that belong together, the first one first; ``name`` is the key of its name."""

    name: str
    tabs: tuple[Tab, ...]


SECTIONS = (
    Section(
        "nav.section_attendance",
        (
            Tab("/", "nav.month", (Right.own_month,), also=("/months",)),
            Tab(
                "/attendance/applications",
                "nav.applications",
                (Right.ask,),
                also=("/attendance/days", "/attendance/people"),
            ),
            Tab(
                "/attendance/inbox",
                "nav.inbox",
                (Right.decide_requests,),
                also=("/attendance/stand-ins", "/attendance/orders", "/attendance/department"),
                counts_inbox=True,
            ),
            Tab("/attendance/leave", "nav.leave", (Right.own_month,)),
            Tab("/attendance/rosters", "nav.rosters", (Right.lead_department, Right.keep_attendance, Right.all_months)),
            Tab("/attendance/papers", "nav.papers", (Right.own_month,), also=("/attendance/calendar",)),
            Tab("/people", "nav.people", (Right.department_months, Right.all_months)),
        ),
    ),
    Section(
        "nav.section_hr",
        (
            Tab(
                "/attendance/divergences",
                "nav.divergences",
                (Right.department_months, Right.all_months),
                also=("/attendance/punches", "/attendance/back-pay"),
            ),
            Tab("/attendance/closing", "nav.closing", (Right.all_months,), also=("/attendance/adjustments",)),
            Tab("/attendance/pay", "nav.pay", (Right.all_months,)),
            Tab("/attendance/files", "nav.files", (Right.keep_hr_files, Right.read_hr_files)),
            Tab("/attendance/overtime", "nav.overtime", (Right.department_months, Right.all_months)),
            Tab("/attendance/profile", "nav.profile", (Right.all_months,)),
        ),
    ),
    Section(
        "nav.section_facilities",
        (
            Tab("/desk", "nav.desk", (Right.read_bookings,)),
            Tab("/rooms", "nav.rooms", (Right.read_rooms,), leads=False),
            Tab(
                "/bookings",
                "nav.bookings",
                (Right.read_rooms, Right.read_bookings),
                leads=False,
                counts_bookings=True,
            ),
            Tab("/keys", "nav.keys", (Right.read_keys, Right.own_keys)),
            Tab("/reservees", "nav.reservees", (Right.read_reservees,)),
            Tab("/takings", "nav.takings", (Right.read_takings,)),
            Tab("/facility-reports", "nav.facility_reports", (Right.read_takings,)),
            Tab(
                "/facilities",
                "nav.facilities",
                (Right.read_facilities,),
                also=("/facility-classes", "/facility-file", "/fee-tables"),
            ),
        ),
    ),
    Section(
        "nav.section_doors",
        (
            Tab("/doors", "nav.doors", (Right.door_board,), also=("/commands", "/threats")),
            Tab("/plans", "nav.plans", (Right.door_board,)),
            Tab("/alarms", "nav.alarms", (Right.door_board,), counts_alarms=True),
            Tab("/inside", "nav.inside", (Right.read_inside,), also=("/muster",)),
        ),
    ),
    Section(
        "nav.section_people",
        (
            Tab("/cards", "nav.cards", (Right.read_cards,), also=("/enrolments", "/access")),
            Tab("/organisation", "nav.organisation", (Right.read_cards,), also=("/groups", "/contractors")),
            Tab("/visits", "nav.visits", (Right.announce_visits, Right.receive_visits, Right.read_visits)),
        ),
    ),
    Section(
        "nav.section_tiers",
        (
            Tab("/tiers", "nav.tiers", (Right.read_tiers,)),
            Tab("/network", "nav.network", (Right.own_network,), leads=False),
            Tab("/tier-rules", "nav.tier_rules", (Right.read_tiers,), also=("/tier-waivers",)),
            Tab("/clearances", "nav.clearances", (Right.read_tiers,)),
            Tab("/trainings", "nav.trainings", (Right.read_tiers, Right.keep_trainings)),
            Tab("/terminals", "nav.terminals", (Right.read_tiers,)),
            Tab(
                "/movements",
                "nav.movements",
                (Right.ask_movements, Right.decide_movements, Right.read_tiers),
                also=("/information-classes",),
                leads=False,
            ),
            Tab("/specific-links", "nav.specific_links", (Right.read_tiers,)),
            Tab("/evidence", "nav.evidence", (Right.read_evidence,)),
        ),
    ),
    Section(
        "nav.section_records",
        (
            Tab("/events", "nav.events", (Right.event_log,)),
            Tab("/taps", "nav.taps", (Right.own_taps, Right.all_taps)),
            Tab(
                "/reports",
                "nav.reports",
                (Right.event_log, Right.read_cards, Right.answer_reviews),
                also=("/reviews", "/reads"),
            ),
            Tab("/questions", "nav.questions", (Right.ask_rules,)),
        ),
    ),
    Section(
        "nav.section_equipment",
        (
            Tab("/revocations", "nav.delivery", (Right.door_board, Right.read_cards), also=("/rollouts",)),
            Tab("/controllers", "nav.controllers", (Right.door_board,)),
        ),
    ),
    Section("nav.section_trial", (Tab("/stage", "nav.stage", (Right.stage,)),)),
)


@dataclass(frozen=True, slots=True)
class Link:
    """One word of a row. ``current`` is for ``aria-current``: ``page``, ``true`` for what lies beneath, or empty."""

    path: str
    name: str
    current: str
    counts_alarms: bool
    counts_inbox: bool = False
    counts_bookings: bool = False


@dataclass(frozen=True, slots=True)
class Navigation:
    """The two rows; either is empty where there is nothing to choose. ``section`` names the one the visitor is in."""

    sections: tuple[Link, ...]
    pages: tuple[Link, ...]
    section: str


def open_tabs(section: Section, may: Callable[[Right], bool], closed: Collection[str] = ()) -> tuple[Tab, ...]:
    """Give the pages of a section that somebody may open; ``closed`` are paths that are not there for that one."""
    return tuple(tab for tab in section.tabs if tab.path not in closed and any(may(right) for right in tab.rights))


def find_home(tabs: Sequence[Tab]) -> Tab | None:
    """Give the page that greets somebody of whose open pages these are all; None where nothing is open."""
    return next((tab for tab in tabs if tab.leads), tabs[0] if tabs else None)


def derive_navigation(may: Callable[[Right], bool], here: str, closed: Collection[str] = ()) -> Navigation:
    """Give the rows for somebody who is at the path ``here``."""
    seen = [(section, tabs) for section in SECTIONS if (tabs := open_tabs(section, may, closed))]
    at = next(((section, tabs) for section, tabs in seen if any(tab.holds(here) for tab in tabs)), None)
    sections = tuple(_lead_to(section, tabs, here) for section, tabs in seen)
    name, tabs = (at[0].name, at[1]) if at is not None else ("", ())
    pages = tuple(_lead_to_tab(tab, here) for tab in tabs)
    return Navigation(sections if len(sections) > 1 else (), pages if len(pages) > 1 else (), name)


def _lead_to(section: Section, tabs: tuple[Tab, ...], here: str) -> Link:
    if len(tabs) == 1:
        return _lead_to_tab(tabs[0], here)
    inside = any(tab.holds(here) for tab in tabs)
    counts = not inside and any(tab.counts_alarms for tab in tabs)  # inside, the count stands at the page itself
    inbox = not inside and any(tab.counts_inbox for tab in tabs)
    bookings = not inside and any(tab.counts_bookings for tab in tabs)
    return Link(tabs[0].path, section.name, "true" if inside else "", counts, inbox, bookings)


def _lead_to_tab(tab: Tab, here: str) -> Link:
    return Link(tab.path, tab.name, _mark(tab, here), tab.counts_alarms, tab.counts_inbox, tab.counts_bookings)


def _mark(tab: Tab, here: str) -> str:
    if here == tab.path:
        return "page"
    return "true" if tab.holds(here) else ""
