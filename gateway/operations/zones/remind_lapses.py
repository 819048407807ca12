"""Tell people and their heads before a training or a clearance of theirs ends, each thing once per stretch of days."""

from collections.abc import Iterator

from domain.civil import civil_minute
from domain.notices.lapse_notice import Lapse, LapseKind, derive_lapse_messages
from domain.validity import is_in_force
from domain.workflow.route import Organisation
from domain.zones.tier import TierPlan
from domain.zones.training_matrix import look_at_cell
from store.deciders import load_organisation
from store.directory import DirectoryLine, list_people_by_department
from store.messages import insert_messages
from store.tier_clearances import Clearance, list_standing_clearances
from store.trainings import list_attendances, list_trainings
from store.tx import Tx


def remind_lapses(tx: Tx, plan: TierPlan) -> int:
    """Tell what ends within 30 days, and again within 7, of what tiers in force ask for; gives how many are new.

    Args:
        tx: the transaction; what ends is seen from its ``now``.
        plan: the tiers that there are.
    """
    today = civil_minute(tx.now)[0]
    people = {each.person_id: each for each in list_people_by_department(tx)}
    organisation = load_organisation(tx, today)
    tiers = {str(each.id): each.name for each in plan.tiers if is_in_force(each, today)}
    asked = {id_ for each in plan.tiers if is_in_force(each, today) for id_ in each.trainings}
    lapses = [*_list_trainings(tx, people, organisation, asked), *_list_clearances(tx, people, organisation, tiers)]
    told = derive_lapse_messages(lapses, today)
    return insert_messages(tx, told) if told else 0


def _list_trainings(
    tx: Tx, people: dict[str, DirectoryLine], organisation: Organisation, asked: set[str]
) -> Iterator[Lapse]:
    trainings = [each for each in list_trainings(tx) if each.id in asked]
    attended = list_attendances(tx, people) if trainings else {}
    for who in people.values():
        for training in trainings:
            cell = look_at_cell(training, attended.get(who.person_id, ()), tx.now)
            if cell.counts and cell.until_on is not None:
                heads = _find_heads(organisation, who)
                yield Lapse(
                    LapseKind.training,
                    training.id,
                    training.name,
                    who.person_id,
                    who.department_id,
                    cell.until_on,
                    heads,
                )


def _list_clearances(
    tx: Tx, people: dict[str, DirectoryLine], organisation: Organisation, tiers: dict[str, str]
) -> Iterator[Lapse]:
    last: dict[tuple[str, str], Clearance] = {}
    for each in list_standing_clearances(tx, civil_minute(tx.now)[0]):
        kept = last.get((each.person_id, each.tier_id))
        if kept is None or (kept.valid_until and (each.valid_until is None or each.valid_until > kept.valid_until)):
            last[each.person_id, each.tier_id] = each
    for each in last.values():
        who = people.get(each.person_id)
        if who is not None and each.valid_until is not None and each.tier_id in tiers:
            heads = _find_heads(organisation, who)
            name = tiers[each.tier_id]
            yield Lapse(
                LapseKind.clearance, each.tier_id, name, who.person_id, who.department_id, each.valid_until, heads
            )


def _find_heads(organisation: Organisation, who: DirectoryLine) -> tuple[str, ...]:
    """Give who leads somebody: of the own department, and for its head of the one above."""
    unit, seen = organisation.units.get(who.department_id), set()
    while unit is not None and unit.id not in seen:
        seen.add(unit.id)
        if heads := sorted(({unit.head_id} if unit.head_id else unit.acting) - {who.person_id}):
            return tuple(heads)
        unit = organisation.units.get(unit.parent_id) if unit.parent_id else None
    return ()
