"""Changing a class of reservees: whoever has it keeps it, and every change says who and when."""

from dataclasses import asdict
from datetime import date

from domain.facilities.facility import UserClass
from domain.facilities.facility_fault import Thing
from domain.facilities.field_checks import check_id, check_names
from gateway.bookings.rule_book import RefusedRulesError
from store.facilities import list_user_classes, save_user_class
from store.facility_changes import insert_change
from store.tx import Tx


def change_user_class(tx: Tx, kept: UserClass, *, retired_on: date | None, by: str) -> bool:
    """Let a class be this, or stand anew; False where it is so already.

    Raises:
        RefusedRulesError: its id or a name is none.
    """
    thing = Thing.user_class
    if faults := (*check_id(thing, kept.id), *check_names(thing, kept.id, kept.name, kept.name_en)):
        raise RefusedRulesError(faults)
    standing = {each.user_class.id: each for each in list_user_classes(tx)}.get(kept.id)
    before = None if standing is None else _as_plain(standing.user_class, standing.retired_on)
    after = _as_plain(kept, retired_on)
    if before == after:
        return False
    save_user_class(tx, kept, retired_on=retired_on)
    insert_change(tx, thing, kept.id, facility_id=None, before=before, after=after, by=by)
    return True


def _as_plain(kept: UserClass, retired_on: date | None) -> dict[str, object]:
    return asdict(kept) | {"retired_on": None if retired_on is None else retired_on.isoformat()}
