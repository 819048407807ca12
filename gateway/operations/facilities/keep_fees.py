"""Keep a fee table: every fault is named, or a new version stands; what was priced before keeps its own."""

import hashlib

from contract.fee_tables import load_fee_table as read_stored
from contract.fee_tables import write_fee_table
from domain.facilities.check_fee_table import check_fee_table, check_tables_apart
from domain.facilities.fee_fault import FeeFault, FeeFaultsError, FeeWhy, refuse
from domain.facilities.fee_table import Charge, Deposit, FeeTable, Rate, Reduction, Surcharge
from store.facilities import list_equipment, list_rooms, list_slots, list_user_classes, load_facility
from store.fees import FeeTableVersion, insert_fee_table, list_fee_tables, load_fee_table
from store.tx import Tx


def keep_fees(tx: Tx, table: FeeTable, *, by: str) -> int:
    """Keep a table, and give its version; the same table again is the version that stands.

    Raises:
        FeeFaultsError: rows make no table, name what the facility has not, or its days overlap another table's.
    """
    if load_facility(tx, table.facility_id, lock=True) is None:
        raise refuse("facility_id", FeeWhy.no_facility)
    standing = load_fee_table(tx, table.id)
    if standing is not None and standing.facility_id != table.facility_id:
        raise refuse("id", FeeWhy.id_taken)
    others = [read_stored(each.content) for each in list_fee_tables(tx, table.facility_id)]
    faults = (*check_fee_table(table), *check_tables_apart(table, others), *_check_names(tx, table))
    if faults:
        raise FeeFaultsError(faults)
    content = write_fee_table(table)
    if standing is not None and standing.content == content:
        return standing.version
    version = 1 if standing is None else standing.version + 1
    days = (table.from_on, table.until_on)
    digest = hashlib.sha256(content).hexdigest()
    insert_fee_table(tx, FeeTableVersion(table.id, version, table.facility_id, *days, content, digest, by, tx.now))
    return version


def _check_names(tx: Tx, table: FeeTable) -> list[FeeFault]:
    rooms = {room.id for room in list_rooms(tx, facilities=[table.facility_id])}
    slots = {slot.id for slot in list_slots(tx, rooms)}
    things = {each.id for each in list_equipment(tx, [table.facility_id])}
    classes = {each.user_class.id for each in list_user_classes(tx)}
    faults = [
        FeeFault("user_classes", FeeWhy.unknown_user_class, {"name": name})
        for name in table.user_classes
        if name not in classes
    ]
    rows: list[Rate | Surcharge | Reduction | Deposit] = [*table.rates, *table.surcharges]
    for row in (*rows, *table.reductions, *table.deposits):
        for field, why, astray in (
            ("rooms", FeeWhy.unknown_room, row.scope.rooms - rooms),
            ("slots", FeeWhy.unknown_slot, row.scope.slots - slots),
        ):
            faults += [FeeFault(field, why, {"row": row.id, "name": name}) for name in sorted(astray)]
    faults += [
        FeeFault("subject", FeeWhy.unknown_equipment, {"row": rate.id, "name": rate.subject})
        for rate in table.rates
        if rate.charge is Charge.equipment and rate.subject not in things
    ]
    return faults
