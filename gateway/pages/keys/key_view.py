"""One key as its page shows it: its copies with where they are, who may take it and why, and its unbroken trail."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from domain.civil import civil_minute
from domain.keys.custody import Custody, Holder, HolderKind, KeyAct
from domain.keys.entitlement import Entitlement, Source, Taker, TakerKind
from domain.keys.key import Cabinet, Custodian, Key, LockGroup, Ring, Target, TargetKind
from domain.keys.rekey import OVER
from gateway.custody.holders import name_holders
from gateway.custody.standing import Hanging, list_hangings, load_key_history
from gateway.pages.keys.openings import NamedOpening, list_opened, name_openings
from gateway.pages.keys.wall_view import Look, look_at
from gateway.site.description import Site
from store.directory import list_names, name_accounts
from store.key_emergencies import EmergencyLoan, list_emergencies
from store.key_entitlements import list_entitlements_for
from store.key_history import HistoryLine
from store.key_rings import list_custodians, list_rings
from store.keys import KeyPhoto, list_cabinets, list_keys, list_lock_groups, list_photos
from store.people import list_departments
from store.rekey_cases import list_cases
from store.tx import Tx

HISTORY_MAX = 100
CASES_MAX = 1000


@dataclass(frozen=True, slots=True)
class CopyView:
    """One piece of metal: how it stands, and the case that is open about it."""

    hanging: Hanging
    look: Look
    case_id: str | None


@dataclass(frozen=True, slots=True)
class EntitlementView:
    """An entitlement with the name of its taker; ``over`` where it does not hold any more, ``ahead`` not yet."""

    given: Entitlement
    taker: str
    over: bool
    ahead: bool


@dataclass(frozen=True, slots=True)
class TrailLine:
    """One line of the trail with the names of those concerned."""

    line: HistoryLine
    stamped: str
    by: str
    second: str
    holder: str
    from_holder: str
    review: str = ""
    """What looking over an emergency's loan has found, and who did."""


@dataclass(frozen=True, slots=True)
class KeyView:
    """Everything that the page shows."""

    key: Key
    group: LockGroup
    openings: tuple[NamedOpening, ...]
    copies: tuple[CopyView, ...]
    rings: Mapping[str, Ring]
    entitlements: tuple[EntitlementView, ...]
    custodians: tuple[tuple[Custodian, str], ...]
    photos: tuple[KeyPhoto, ...]
    trail: tuple[TrailLine, ...]
    unbroken: bool
    cabinets: Mapping[str, Cabinet]


def load_key_view(tx: Tx, site: Site, key_id: str) -> KeyView | None:
    """Give a key as its page shows it; None when there is none of that id."""
    keys, groups = list_keys(tx), list_lock_groups(tx)
    key = keys.get(key_id)
    if key is None:
        return None
    hangings = list_hangings(tx, [key_id])
    opened = list_opened(key, keys, groups)
    named = name_openings(tx, site, opened)
    rings = list_rings(tx, {each.ring_id for each in hangings if each.ring_id})
    lines = load_key_history(tx, key_id, limit=HISTORY_MAX)
    custodies = {each.copy.id: each.custody for each in hangings}
    cases = {each.copy_id: each.id for each in list_cases(tx, limit=CASES_MAX) if each.state not in OVER}
    answering = list_custodians(tx, civil_minute(tx.now)[0], key_id=key_id)
    names = list_names(tx, {each.person_id for each in answering})
    return KeyView(
        key,
        groups[key.lock_group_id],
        tuple(named[each] for each in opened),
        tuple(CopyView(each, look_at(each), cases.get(each.copy.id)) for each in _in_order(hangings)),
        rings,
        view_entitlements(tx, [Target(TargetKind.key, key_id), *(Target(TargetKind.ring, id_) for id_ in rings)]),
        tuple((each, names.get(each.person_id, each.person_id)) for each in answering),
        tuple(list_photos(tx, key_id)),
        view_trail(tx, lines, {each.copy.id: each.copy.stamped for each in hangings}),
        is_unbroken(lines, custodies),
        list_cabinets(tx),
    )


def view_entitlements(tx: Tx, targets: Collection[Target]) -> tuple[EntitlementView, ...]:
    """Give who may take something, those that hold first, with their names; an emergency entitles nobody."""
    given = [each for each in list_entitlements_for(tx, targets) if each.source is not Source.emergency]
    names = _name_takers(tx, {each.taker for each in given})
    views = []
    for each in given:
        ends_at = each.ends_at()
        over = ends_at is not None and ends_at <= tx.now
        views.append(EntitlementView(each, names.get(each.taker, ""), over, each.from_at > tx.now))
    return tuple(sorted(views, key=lambda each: (each.over, each.given.from_at, each.given.id)))


def view_trail(tx: Tx, lines: Sequence[HistoryLine], stamped: Mapping[str, str]) -> tuple[TrailLine, ...]:
    """Name everybody who stands in some lines of the ledger."""
    holders = {each for line in lines for each in (line.holder, line.from_holder) if each is not None}
    names = name_holders(tx, holders)
    issued = [line.deed_id for line in lines if line.act is KeyAct.issue]
    reviewed = {each.loan_id: each for each in list_emergencies(tx, issued, reviewed=True)}
    logins = name_accounts(tx, {each for line in lines for each in (line.done_by, line.second_by) if each})
    logins |= name_accounts(tx, {each.reviewed_by for each in reviewed.values()})
    return tuple(
        TrailLine(
            line,
            stamped.get(line.copy_id, line.copy_id),
            logins.get(line.done_by, line.done_by),
            logins.get(line.second_by, line.second_by),
            names[line.holder] if line.holder else "",
            names[line.from_holder] if line.from_holder else "",
            _tell_review(reviewed.get(line.deed_id), logins),
        )
        for line in lines
    )


def _tell_review(loan: EmergencyLoan | None, logins: Mapping[str, str]) -> str:
    return "" if loan is None else f"{loan.found}（{logins.get(loan.reviewed_by, loan.reviewed_by)}）"


def is_unbroken(lines: Iterable[HistoryLine], custodies: Mapping[str, Custody]) -> bool:
    """Tell whether each copy's lines, the newest first, lead without a gap to where it is now."""
    ahead: dict[str, tuple[int, str | None]] = {}
    for line in lines:
        if line.copy_id not in ahead:
            now = custodies.get(line.copy_id)
            fits = now is not None and (line.version, line.to_state) == (now.version, now.state)
        else:
            version, from_state = ahead[line.copy_id]
            fits = (line.version + 1, line.to_state.value) == (version, from_state)
        if not fits:
            return False
        ahead[line.copy_id] = line.version, line.from_state.value if line.from_state else None
    return True


def _in_order(hangings: Iterable[Hanging]) -> list[Hanging]:
    return sorted(hangings, key=lambda each: (look_at(each) is Look.retired, each.copy.duplicate, each.copy.id))


def _name_takers(tx: Tx, takers: Collection[Taker]) -> dict[Taker, str]:
    kinds = {TakerKind.person: HolderKind.person, TakerKind.reservee: HolderKind.reservee}
    holders = {each: Holder(kinds[each.kind], each.id) for each in takers if each.kind in kinds}
    names = name_holders(tx, set(holders.values()))
    departments = {each.id: each.name for each in list_departments(tx)}
    found = {each: names[holder] for each, holder in holders.items()}
    return found | {each: departments.get(each.id, each.id) for each in takers if each.kind is TakerKind.department}
