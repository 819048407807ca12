"""規程: the city's rules as a page, for everybody whose hours they count."""

from collections import defaultdict
from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from contract.attendance_profile import shipped_profiles
from domain.civil import civil_minute
from gateway.pages.drawing.dates import read_date
from gateway.pages.entrance.guard import Visitor
from gateway.pages.hr.profile_versions import view_versions
from gateway.pages.hr.profile_view import FieldView, name_profile, rules_of, view_kinds, view_profile
from gateway.pages.words import CATALOGUES

router = APIRouter()

_USUAL = "hagi"
"""The shipped profile of the usual ordinance."""

_LAW = "lsa"
"""The shipped profile of plain national law."""


@router.get("/attendance/profile")
def get_profile(visit: Visitor, on: Annotated[str, Query(max_length=10)] = "") -> Response:
    """Show every rule with its value, its ground and how sure it is, as it holds today or on another day."""
    settings, phrases = visit.pages.context.settings.attendance, visit.phrases
    profiles, today = visit.pages.context.profiles, civil_minute(visit.pages.context.now())[0]
    day = read_date(on) or today
    grounded = profiles.on(day)
    groups = view_profile(grounded, shipped_profiles()[_USUAL], shipped_profiles()[_LAW], phrases)
    kinds = view_kinds(settings.read_leave_rules(), phrases)
    resting: dict[str, list[FieldView]] = defaultdict(list)
    for field in (field for fields in groups.values() for field in fields):
        for rule in field.rules:
            resting[rule].append(field)
    known = {key.partition(".")[2] for key in CATALOGUES[visit.language] if key.startswith("rule.")}
    rules = sorted(known | set(resting), key=lambda rule: (rule[0] == "L", int(rule[1:])))
    return visit.render(
        "hr/profile.html",
        title=name_profile(grounded.profile.title, visit.language),
        versions=view_versions(profiles, phrases),
        day=day,
        today=today,
        groups=groups,
        kinds=kinds,
        rules=rules,
        resting=resting,
        leave_rules=frozenset(rule for each in kinds for rule in rules_of(each.source)),
    )
