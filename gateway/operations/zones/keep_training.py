"""Keep which trainings there are, and for how long each counts."""

from domain.ids import is_id
from domain.zones.training import Training
from domain.zones.zone_fault import ZoneFault, ZoneFaultsError, ZoneWhy
from gateway.zones.tier_news import TIER_CHANGED
from store.outbox import Notice, insert_notices
from store.trainings import list_trainings, save_trainings
from store.tx import Tx

NAME_LENGTH_MAX = 80
MONTHS_MAX = 120


def keep_training(tx: Tx, training: Training) -> bool:
    """Keep a training, new or changed; False when it stood like that. Everybody is decided again.

    Raises:
        ZoneFaultsError: the id is none (``id``), a name is missing or too long (``name``, ``name_en``), or it counts
            for less than a month or more than ten years (``months``).
    """
    faults = []
    if not is_id(training.id):
        faults.append(ZoneFault("id", ZoneWhy.malformed, {"expected": "a–z 0–9 - _ (63)"}))
    for field, name in (("name", training.name), ("name_en", training.name_en)):
        if not name.strip():
            faults.append(ZoneFault(field, ZoneWhy.no_words))
        elif len(name) > NAME_LENGTH_MAX:
            faults.append(ZoneFault(field, ZoneWhy.too_long, {"most": NAME_LENGTH_MAX}))
    if not 1 <= training.months <= MONTHS_MAX:
        faults.append(ZoneFault("months", ZoneWhy.malformed, {"expected": f"1–{MONTHS_MAX}"}))
    if faults:
        raise ZoneFaultsError(tuple(faults))
    if training in list_trainings(tx):
        return False
    save_trainings(tx, [training])
    insert_notices(tx, [Notice(TIER_CHANGED, "", "{}")])
    return True
