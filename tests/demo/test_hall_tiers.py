"""The demo's tiers: rules approved by two, desks whose people are cleared, and a terminal that joins and is fetched."""

from datetime import UTC, datetime

from demo.hall_information import LINKS, describe_information
from demo.hall_tiers import AT_DESKS, list_desks, open_tiers
from demo.performance import DEMO_SITE
from demo.town import draw_members, settle_people
from domain.zones.movement import MovementState
from domain.zones.tier import Method
from gateway.settings import AttendanceSettings
from gateway.site.description import load_site
from gateway.zones.question import Question
from gateway.zones.situations import Situations
from gateway.zones.tier_desk import TierDesk
from store.information_classes import load_register
from store.last_seen import save_seen
from store.movements import list_movements
from store.presence import Presence, save_presences
from store.specific_links import list_links
from store.tier_rules import load_active_hash, load_rule_set
from store.tx import Store

NOW = datetime(2026, 11, 20, 1, 0, tzinfo=UTC)


def test_every_desk_has_a_tier_of_the_site_and_somebody() -> None:
    desks = list_desks(draw_members())
    assert len(desks) == 2 * len(AT_DESKS)
    assert len({each.member.id for each in desks}) == len({each.station for each in desks}) == len(desks)
    assert {each.tier_id for each in desks} == {tier.id for tier in load_site(DEMO_SITE).tiers}


def test_whoever_comes_in_may_use_the_tier_and_nobody_else(sqlite_url: str) -> None:
    site, members = load_site(DEMO_SITE), draw_members()
    store = Store(sqlite_url)
    desk = next(each for each in list_desks(members) if each.tier_id == "internet")
    situations = Situations(lambda: site, AttendanceSettings().read_profiles().rules)
    tiers = TierDesk(lambda: site.tier_plan, situations)
    question = Question("office-sw", Method.eap_tls, terminal_id=desk.id)
    with store.transaction(NOW) as tx:
        settle_people(tx, members, bytes(32), NOW.date())
        open_tiers(tx, members)
        tiers.hold_rules(load_rule_set(tx, load_active_hash(tx, tx.now) or "") or ())
        situations.renew(tx)
        assert tiers.decide(question, NOW).decision.failed == ("room",)
        here = [Presence(desk.member.id, "office", "staff_in", NOW)]
        save_presences(tx, here)
        save_seen(tx, here)
        situations.renew(tx)
        assert tiers.decide(question, NOW).decision.failed == ()
    store.close()


def test_a_request_to_move_information_waits_for_its_head(sqlite_url: str) -> None:
    site, members = load_site(DEMO_SITE), draw_members()
    store = Store(sqlite_url)
    with store.transaction(NOW) as tx:
        settle_people(tx, members, bytes(32), NOW.date())
        describe_information(tx, members, [tier.id for tier in site.tiers])
        assert [each.kept.state for each in list_movements(tx)] == [MovementState.asked]
        assert len(list_links(tx)) == len(LINKS)
        assert len(load_register(tx).classes) == 11
    store.close()
