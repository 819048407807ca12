"""What is at risk while a copy is lost, and the case that is opened about it."""

from domain.keys.key import Copy
from domain.keys.rekey import Exposure, RekeyState, derive_exposure
from store.key_rings import list_rings
from store.keys import list_copies, list_keys, list_lock_groups
from store.rekey_cases import RekeyCase, insert_case, list_open_cases
from store.tx import Tx


def find_exposure(tx: Tx, copy: Copy) -> Exposure:
    """Give every door, key, copy and ring that the loss of a copy concerns, by its master level too."""
    keys = list_keys(tx)
    groups, rings = list_lock_groups(tx), list_rings(tx)
    return derive_exposure(
        keys[copy.key_id], keys.values(), groups, list_copies(tx).values(), rings.values(), at=tx.now
    )


def open_case(tx: Tx, case_id: str, copy: Copy, *, by: str, reason: str) -> bool:
    """Open the case of a lost copy; False when one is open about it already."""
    if list_open_cases(tx, copy_id=copy.id):
        return False
    exposure = find_exposure(tx, copy)
    return insert_case(tx, RekeyCase(case_id, copy.id, RekeyState.opened, by, tx.now, reason, exposure))
