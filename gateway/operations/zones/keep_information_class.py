"""Enter a class of information, new or changed: it counts once another person has approved it."""

from collections.abc import Collection

from domain.ids import is_id
from domain.zones.information import Demand, Handling, InformationClass
from domain.zones.zone_fault import ZoneFault, ZoneFaultsError, ZoneWhy
from gateway.operations.zones.decide_version import decide_version
from store.information_classes import insert_class, load_class_version, load_register, save_class_verdict
from store.tx import Tx
from store.versions import VersionState

NAME_MAX = 80
RANK_MAX = 9


def keep_information_class(tx: Tx, new: InformationClass, *, by: str, tiers: Collection[str]) -> bool:
    """Enter a version now, to be approved by another; False when the class counts just like that.

    Args:
        tx: the transaction.
        new: the class as it is to be; what its demands do not say is forbidden.
        by: the login of whoever enters it.
        tiers: the ids of all tiers.

    Raises:
        ZoneFaultsError: every field that is wrong.
    """
    if faults := find_class_faults(new, tiers):
        raise ZoneFaultsError(tuple(faults))
    if new in load_register(tx).classes:
        return False
    insert_class(tx, new, by=by)
    return True


def find_class_faults(new: InformationClass, tiers: Collection[str]) -> list[ZoneFault]:
    """Give what is wrong with a class by its fields; ``tiers`` are the ids of all tiers."""
    faults = [
        ZoneFault(field, ZoneWhy.malformed, {"expected": "a–z 0–9 - _ (63)"})
        for field, text in (("id", new.id), *(("same_as", each) for each in sorted(new.same_as)))
        if not is_id(text)
    ]
    for field, text in (("scheme", new.scheme), ("name", new.name), ("name_en", new.name_en)):
        if not text.strip():
            faults.append(ZoneFault(field, ZoneWhy.malformed, {"expected": f"1–{NAME_MAX}"}))
        elif len(text) > NAME_MAX:
            faults.append(ZoneFault(field, ZoneWhy.too_long, {"most": NAME_MAX}))
    if not 1 <= new.rank <= RANK_MAX:
        faults.append(ZoneFault("rank", ZoneWhy.malformed, {"expected": f"1–{RANK_MAX}"}))
    if unknown := sorted(new.tiers - set(tiers)):
        faults.append(ZoneFault("tiers", ZoneWhy.unknown_tier, {"found": " ".join(unknown)}))
    if new.id in new.same_as:
        faults.append(ZoneFault("same_as", ZoneWhy.malformed, {"expected": f"≠ {new.id}"}))
    handlings = [handling for handling, _ in new.demands]
    if len(set(handlings)) != len(handlings) or not all(
        isinstance(handling, Handling) and isinstance(demand, Demand) for handling, demand in new.demands
    ):
        faults.append(ZoneFault("demands", ZoneWhy.malformed, {"expected": " ".join(Handling)}))
    if new.valid_from and new.valid_until and new.valid_until < new.valid_from:
        faults.append(ZoneFault("valid_until", ZoneWhy.over))
    return faults


def decide_information_class(tx: Tx, version_id: int, state: VersionState, *, by: str) -> None:
    """Approve or refuse a version as the second person, now.

    Raises:
        LookupError: there is none of that id.
        ZoneFaultsError: whoever entered it approves it, or it is decided already.
    """
    decide_version(tx, version_id, state, by=by, load=load_class_version, save=save_class_verdict)
