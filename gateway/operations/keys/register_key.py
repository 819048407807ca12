"""The register: lock groups, cabinets, keys and their copies, tags, photographs, and who answers for keys.

Every fault of a form is named at once, each beside its field. Nothing is deleted: what is over is retired.
"""

from dataclasses import replace
from datetime import date

from contract.key_labels import encode_key_label
from domain.civil import MINUTES_PER_DAY, civil_minute
from domain.ids import PAGE_WORDS, is_id, is_token
from domain.keys.custody import Deed, Hand, KeyAct
from domain.keys.due_rule import MINUTES_MAX, DueKind, DueRule
from domain.keys.key import OFFICE_ID, Cabinet, Copy, Custodian, Key, LockGroup, list_groups_below
from domain.keys.key_fault import KeyFault, KeyFaultError, Why, refuse
from domain.keys.step_custody import step_custody
from gateway.custody.ledger import demand_form_id, write_moves
from gateway.plan_images import PNG, PlanImageError, read_plan_image
from store.cards import load_desk_card
from store.key_custody import KeyDeed, Move
from store.key_rings import end_custodian, list_custodians, save_custodian
from store.keys import (
    KeyPhoto,
    hold_key,
    insert_copy,
    insert_photo,
    is_position,
    is_tag_taken,
    list_copies,
    list_copies_of,
    list_lock_groups,
    load_key,
    save_cabinet,
    save_copy_tag,
    save_key,
    save_lock_group,
)
from store.people import load_person
from store.tx import Tx

NAME_LENGTH_MAX = 80
STAMP_LENGTH_MAX = 20
POSITIONS_MAX = 500
LEVELS_MAX = 9
DUPLICATES_MAX = 99
DEPOSIT_YEN_MAX = 1_000_000
PHOTO_BYTES_MAX = 2 * 1024 * 1024


class _Faults:
    """Gathers the faults of one form."""

    def __init__(self) -> None:
        self.found: list[KeyFault] = []

    def demand(self, field: str, fine: bool, why: Why = Why.malformed, **values: object) -> None:  # noqa: FBT001
        if not fine:
            self.found.append(KeyFault(field, why, values))

    def demand_name(self, field: str, text: str, most: int = NAME_LENGTH_MAX) -> None:
        self.demand(field, bool(text.strip()), expected=f"1-{most}")
        self.demand(field, len(text) <= most, Why.too_long, most_characters=most)

    def stop(self) -> None:
        if self.found:
            raise KeyFaultError(*self.found)


def keep_lock_group(tx: Tx, group: LockGroup) -> None:
    """Keep a lock group, new or changed.

    Raises:
        KeyFaultError: its id or names are none, or it would lie in itself.
    """
    faults, groups = _Faults(), list_lock_groups(tx)
    faults.demand("id", is_id(group.id), expected="a-z 0-9 - _")
    faults.demand_name("name", group.name)
    faults.demand_name("name_en", group.name_en)
    faults.demand("lock_group", group.parent_id is None or group.parent_id in groups, Why.unknown)
    below = list_groups_below(group.id, groups | {group.id: group})
    faults.demand("lock_group", group.parent_id not in below, Why.malformed, expected="!=")
    faults.stop()
    save_lock_group(tx, group)


def keep_cabinet(tx: Tx, cabinet: Cabinet) -> None:
    """Keep a cabinet, new or changed; positions are only added. The office's drawer has none.

    Raises:
        KeyFaultError: its id, names or number of positions are none.
    """
    faults = _Faults()
    faults.demand("id", is_id(cabinet.id), expected="a-z 0-9 - _")
    faults.demand_name("name", cabinet.name)
    faults.demand_name("name_en", cabinet.name_en)
    most = 0 if cabinet.id == OFFICE_ID else POSITIONS_MAX
    faults.demand("position", 0 <= cabinet.positions <= most, expected=f"0-{most}")
    faults.demand("cabinet", len(cabinet.site_place) <= NAME_LENGTH_MAX, Why.too_long, most_characters=NAME_LENGTH_MAX)
    faults.stop()
    save_cabinet(tx, cabinet)


def register_key(tx: Tx, key: Key) -> None:
    """Keep a key, new or changed: what it opens, in which lock group, at which master level.

    Raises:
        KeyFaultError: it names every field that is none.
    """
    faults = _Faults()
    faults.demand("id", is_id(key.id), expected="a-z 0-9 - _")
    faults.demand("id", key.id not in PAGE_WORDS, Why.id_is_address)
    faults.demand_name("name", key.name)
    faults.demand_name("name_en", key.name_en)
    faults.demand("lock_group", key.lock_group_id in list_lock_groups(tx), Why.unknown)
    faults.demand("opens", all(is_id(each.id) for each in key.opens), expected="a-z 0-9 - _")
    faults.demand("opens", bool(key.opens) or key.master_level > 0, expected="1-")
    faults.demand("master_level", 0 <= key.master_level <= LEVELS_MAX, expected=f"0-{LEVELS_MAX}")
    faults.demand("deposit_yen", 0 <= key.deposit_yen <= DEPOSIT_YEN_MAX, expected=f"0-{DEPOSIT_YEN_MAX}")
    faults.demand("early_minutes", 0 <= key.early_minutes <= MINUTES_MAX, expected=f"0-{MINUTES_MAX}")
    faults.demand("due_at", _is_rule(key.due), expected="end_of_reservation 0-, office_day 1-1439")
    faults.stop()
    standing = load_key(tx, key.id)
    save_key(tx, replace(key, retired_on=standing.retired_on if standing else None))


def register_copy(tx: Tx, deed_id: str, copy: Copy, *, by: str) -> str:
    """Keep a new copy (合鍵) and let it hang at its home; gives the text of its label. Sent twice it is one copy.

    Raises:
        KeyFaultError: it names every field that is none or is another copy's.
    """
    demand_form_id(deed_id)
    hold_key(tx, copy.key_id)
    if copy.id in list_copies(tx, [copy.id]):
        if list_copies(tx, [copy.id])[copy.id] == copy:
            return encode_key_label(copy.id)
        raise refuse("id", Why.taken)
    faults = _Faults()
    key = load_key(tx, copy.key_id)
    faults.demand("id", is_id(copy.id), expected="a-z 0-9 - _")
    faults.demand("key", key is not None, Why.unknown)
    faults.demand("key", key is None or key.retired_on is None, Why.retired)
    faults.demand_name("stamped", copy.stamped, STAMP_LENGTH_MAX)
    faults.demand("maker", len(copy.maker) <= NAME_LENGTH_MAX, Why.too_long, most_characters=NAME_LENGTH_MAX)
    faults.demand("copy", 0 <= copy.duplicate <= DUPLICATES_MAX, expected=f"0-{DUPLICATES_MAX}")
    used = {each.duplicate for each in list_copies_of(tx, [copy.key_id]).values()}
    faults.demand("copy", copy.duplicate not in used, Why.taken)
    faults.demand("position", is_position(tx, copy.home), Why.unknown)
    if copy.tag is not None:
        _judge_tag(tx, faults, copy.tag)
    faults.stop()
    if not insert_copy(tx, copy):
        raise refuse("id", Why.taken)
    deed = Deed(KeyAct.register, Hand.desk, by)
    after = step_custody(None, deed, tx.now, copy_id=copy.id, home=copy.home)
    write_moves(tx, KeyDeed(deed_id, deed, tx.now), [Move(None, after)])
    return encode_key_label(copy.id)


def change_tag(tx: Tx, copy_id: str, tag: str | None) -> None:
    """Put a tag on a copy in place of the former; None takes it off.

    Raises:
        KeyFaultError: there is no such copy, or the tag is no tag or another one's.
    """
    if copy_id not in list_copies(tx, [copy_id]):
        raise refuse("copy", Why.unknown)
    faults = _Faults()
    if tag is not None and list_copies(tx, [copy_id])[copy_id].tag != tag:
        _judge_tag(tx, faults, tag)
    faults.stop()
    save_copy_tag(tx, copy_id, tag)


def keep_custodian(tx: Tx, custodian: Custodian) -> None:
    """Let somebody answer for a key or for all, from a day on.

    Raises:
        KeyFaultError: there is no such person or key.
    """
    faults = _Faults()
    faults.demand("custodian", load_person(tx, custodian.person_id) is not None, Why.unknown)
    faults.demand("key", custodian.key_id is None or load_key(tx, custodian.key_id) is not None, Why.unknown)
    faults.stop()
    save_custodian(tx, custodian)


def release_custodian(tx: Tx, custodian: Custodian, last_on: date | None = None) -> None:
    """Let somebody answer for a key no longer than a day, today if none is given.

    Raises:
        KeyFaultError: nobody answers so.
    """
    today = civil_minute(tx.now)[0]
    same = [
        each
        for each in list_custodians(tx, today)
        if (each.role, each.person_id, each.key_id) == (custodian.role, custodian.person_id, custodian.key_id)
    ]
    if not same:
        raise refuse("custodian", Why.unknown)
    end_custodian(tx, custodian, last_on or today)


def add_photo(tx: Tx, photo: KeyPhoto, content: bytes) -> None:
    """Keep a photograph of a key, a PNG that is written anew from what was handed in; sent twice it is one.

    Raises:
        KeyFaultError: there is no such key, or the file is too large or no PNG.
    """
    demand_form_id(photo.id)
    if load_key(tx, photo.key_id) is None:
        raise refuse("key", Why.unknown)
    if len(content) > PHOTO_BYTES_MAX:
        raise refuse("photo", Why.too_long, most_bytes=PHOTO_BYTES_MAX)
    try:
        image = read_plan_image(content)
    except PlanImageError as error:
        raise refuse("photo", Why.malformed, expected="PNG") from error
    if image.media_type != PNG:
        raise refuse("photo", Why.malformed, expected="PNG")
    insert_photo(tx, photo, image.data)


def _is_rule(rule: DueRule) -> bool:
    """Tell whether a rule gives a due time to any reservation."""
    if rule.kind is DueKind.office_day:
        return 0 < rule.minutes < MINUTES_PER_DAY
    return rule.kind is DueKind.end_of_reservation and 0 <= rule.minutes <= MINUTES_MAX


def _judge_tag(tx: Tx, faults: _Faults, tag: str) -> None:
    faults.demand("tag", is_token(tag), expected="32 x 0-9 a-f")
    faults.demand("tag", not is_tag_taken(tx, tag), Why.taken)
    faults.demand("tag", load_desk_card(tx, tag) is None, Why.taken)
