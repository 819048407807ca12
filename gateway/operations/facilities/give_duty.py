"""Give somebody a duty in a facility: to decide, to stand at the desk (窓口委託), to keep its keys; or end it."""

from domain.facilities.facility_fault import FacilityFault, Flaw, Thing
from gateway.bookings.rule_book import RefusedRulesError
from store.accounts import load_account
from store.facilities import load_facility
from store.facility_changes import insert_change
from store.facility_duties import Duty, insert_duty
from store.facility_duties import end_duty as end_standing_duty
from store.tx import Tx


def give_duty(tx: Tx, login: str, facility_id: str, duty: Duty, *, by: str) -> None:
    """Give an account a duty in a facility; giving twice is giving once.

    Raises:
        RefusedRulesError: there is no such account that may sign in, or no such facility.
    """
    faults = []
    account = load_account(tx, login)
    if account is None or account.disabled_at is not None:
        faults.append(FacilityFault(Thing.duty, duty.value, "login", Flaw.unknown_login, {"name": login}))
    if load_facility(tx, facility_id) is None:
        values = {"name": facility_id}
        faults.append(FacilityFault(Thing.duty, duty.value, "facility_id", Flaw.unknown_facility, values))
    if faults:
        raise RefusedRulesError(tuple(faults))
    if insert_duty(tx, login, facility_id, duty, by=by):
        after = {"login": login, "duty": duty.value}
        insert_change(tx, Thing.duty, login, facility_id=facility_id, before=None, after=after, by=by)


def end_duty(tx: Tx, login: str, facility_id: str, duty: Duty, *, by: str) -> bool:
    """End a duty at ``tx.now``; False when there is none that stands."""
    ended = end_standing_duty(tx, login, facility_id, duty, by=by)
    if ended:
        before = {"login": login, "duty": duty.value}
        insert_change(tx, Thing.duty, login, facility_id=facility_id, before=before, after=None, by=by)
    return ended
