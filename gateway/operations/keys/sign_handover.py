"""Hand the keys from one duty officer (宿日直) to the next: one draws and signs the sheet, the other signs for it."""

from domain.keys.key_fault import Why, refuse
from gateway.custody.ledger import demand_form_id, demand_words
from gateway.custody.sheet_content import hash_sheet, write_sheet
from gateway.custody.standing import load_sheet
from store.key_handovers import KeyHandover, insert_handover, load_handover, save_taken
from store.outbox import Notice, insert_notices
from store.tx import Tx


def give_handover(tx: Tx, sheet_id: str, *, by: str) -> KeyHandover:
    """Draw the sheet of now and sign it; sent twice it is one sheet, as it was drawn first.

    Raises:
        KeyFaultError: the id is another officer's sheet.
    """
    demand_form_id(sheet_id)
    content = write_sheet(load_sheet(tx))
    sheet = KeyHandover(sheet_id, tx.now, content, hash_sheet(content), by)
    if insert_handover(tx, sheet):
        insert_notices(tx, [Notice("key.handover_given", sheet_id, "{}")])
        return sheet
    standing = load_handover(tx, sheet_id)
    if standing is None or standing.giver != by:
        raise refuse("id", Why.taken)
    return standing


def take_handover(tx: Tx, sheet_id: str, *, by: str, seen_hash: str, note: str = "") -> KeyHandover:
    """Sign for a sheet that one has read; ``note`` is what was found otherwise.

    Raises:
        KeyFaultError: there is no such sheet, somebody signed for it, it is one's own, or another one was read.
    """
    demand_words(reason=note)
    sheet = load_handover(tx, sheet_id, lock=True)
    if sheet is None:
        raise refuse("sheet", Why.unknown)
    if sheet.taker is not None:
        if sheet.taker == by:
            return sheet
        raise refuse("sheet", Why.moved_on)
    if sheet.giver == by:
        raise refuse("taker", Why.same_person)
    if sheet.content_hash != seen_hash:
        raise refuse("sheet", Why.moved_on)
    save_taken(tx, sheet_id, taker=by, note=note.strip())
    insert_notices(tx, [Notice("key.handover_taken", sheet_id, "{}")])
    return load_handover(tx, sheet_id) or sheet
