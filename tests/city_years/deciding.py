"""Deciding what waits: heads, whoever stands above them, and HR work through their inboxes as people do."""

from domain.civil import civil_minute
from domain.workflow.application import RefusedActError, Wish
from domain.workflow.states import Act, State
from gateway.operations.attendance.decide_application import decide_application
from gateway.operations.attendance.decide_applications import decide_applications
from gateway.requests.inbox import InboxEntry, list_inbox
from store.applications import list_filed
from store.deciders import load_organisation
from tests.city_years.asking import hand_in
from tests.city_years.city import RULES, City

AT_ONCE = 500


def decide_everything(city: City) -> None:
    """Let everybody decide until nothing waits; what is sent back is handed in again or taken back."""
    while True:
        organisation = city.look(lambda tx: load_organisation(tx, civil_minute(city.now)[0]))
        heads = sorted({unit.head_id for unit in organisation.units.values() if unit.head_id} | organisation.hr)
        if not sum([_empty(city, each) for each in heads]):
            return


def _empty(city: City, decider: str) -> int:
    entries = city.look(lambda tx: list_inbox(tx, decider, limit=AT_ONCE)).entries
    wishes = [(each.filed.application.id, _wish(city, decider, each)) for each in entries]
    for done in decide_applications(city.store, city.clock, wishes, RULES):
        city.count(f"decided.{done.state or done.refusal or 'faults'}")
        if done.refusal is not None:
            raise AssertionError(f"{decider} decides {done.application_id}: {done.refusal}")
        if done.faults:
            _send_back(city, done.application_id, decider)
        if done.faults or done.state is State.returned:
            _answer(city, done.application_id, again=not done.faults)
    return len(entries)


def _wish(city: City, decider: str, entry: InboxEntry) -> Wish:
    one = entry.filed.application
    act = Act.approve
    first = len(one.deeds) == 1 and one.state is State.submitted
    draw = city.random.random()
    if first and draw < 0.02:
        act = Act.send_back
    elif first and draw < 0.03 and one.kind not in {"divergence", "punch"}:
        act = Act.reject
    return Wish(act, decider, one.content_hash, len(one.deeds), "" if act is Act.approve else "内容を確認のこと")


def _send_back(city: City, application_id: str, decider: str) -> None:
    with city.act() as tx:
        one = list_filed(tx, [application_id])[0].application
        wish = Wish(Act.send_back, decider, one.content_hash, len(one.deeds), "いまの記録と合いません")
        decide_application(tx, application_id, wish, RULES)


def _answer(city: City, application_id: str, *, again: bool) -> None:
    asked = city.asked[application_id]
    one = city.look(lambda tx: list_filed(tx, [application_id]))[0].application
    if again and hand_in(city, asked.person_id, asked.request, name=application_id, seen=len(one.deeds)):
        return
    with city.act() as tx:
        wish = Wish(Act.withdraw, asked.person_id, one.content_hash, len(one.deeds))
        decide_application(tx, application_id, wish, RULES)


def revoke_one(city: City, application_id: str) -> bool:
    """Let whoever decided last end what was approved; False where that is nobody now or nothing is in effect."""
    one = city.look(lambda tx: list_filed(tx, [application_id]))[0].application
    if one.state is not State.approved:
        return False
    with city.act() as tx:
        wish = Wish(Act.revoke, one.deeds[-1].by, one.content_hash, len(one.deeds), "行事の中止")
        try:
            decide_application(tx, application_id, wish, RULES)
        except RefusedActError:
            return False
    city.count("revoked")
    return True
