"""Put copies on a ring, or take them off: from now on, so that what was lent before keeps its history."""

from collections.abc import Collection
from dataclasses import dataclass

from domain.ids import is_id, is_token
from domain.keys.custody import CustodyState
from domain.keys.key import Ring
from domain.keys.key_fault import Why, refuse
from gateway.custody.ledger import demand_words, hold_copies
from store.cards import load_desk_card
from store.key_rings import list_rings, list_rings_of, save_members, save_ring
from store.keys import is_tag_taken
from store.tx import Tx


@dataclass(frozen=True, slots=True)
class RingWish:
    """A ring as it is to be from now on; ``tag`` is the token of its own tag."""

    id: str
    name: str
    name_en: str
    copy_ids: frozenset[str]
    tag: str | None = None


def keep_ring(tx: Tx, wish: RingWish) -> None:
    """Let a ring have exactly these copies from now on; without any it is an empty ring.

    Raises:
        KeyFaultError: a name or tag is none, a copy is on another ring, or one that comes or goes is not in custody.
    """
    if not is_id(wish.id):
        raise refuse("id", Why.malformed, expected="a-z 0-9 - _")
    demand_words(name=wish.name, name_en=wish.name_en)
    if not wish.name.strip() or not wish.name_en.strip():
        raise refuse("name", Why.malformed, expected="1-")
    standing = list_rings(tx, [wish.id]).get(wish.id)
    before = frozenset(standing.list_copies(tx.now)) if standing else frozenset[str]()
    _judge_tag(tx, wish.tag, standing)
    if touched := before | wish.copy_ids:
        _judge_copies(tx, wish, touched, changed=before ^ wish.copy_ids)
    save_ring(tx, Ring(wish.id, wish.name.strip(), wish.name_en.strip(), tag=wish.tag))
    save_members(tx, wish.id, wish.copy_ids)


def _judge_tag(tx: Tx, tag: str | None, standing: Ring | None) -> None:
    if tag is None or (standing is not None and standing.tag == tag):
        return
    if not is_token(tag):
        raise refuse("tag", Why.malformed, expected="32 x 0-9 a-f")
    if is_tag_taken(tx, tag) or load_desk_card(tx, tag) is not None:
        raise refuse("tag", Why.taken)


def _judge_copies(tx: Tx, wish: RingWish, touched: Collection[str], *, changed: Collection[str]) -> None:
    held = hold_copies(tx, touched)
    if any(ring_id != wish.id for ring_id in list_rings_of(tx, wish.copy_ids).values()):
        raise refuse("ring", Why.on_ring)
    if changed and any(each.state is CustodyState.out for each in held.values()):
        raise refuse("ring", Why.ring_out)
    for id_ in sorted(set(changed) & wish.copy_ids):
        if held[id_].state is not CustodyState.in_custody:
            raise refuse("copy", Why.lost if held[id_].state is CustodyState.lost else Why.retired)
