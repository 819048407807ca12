"""A change of the policy on its way, as the pages tell it."""

from datetime import timedelta

import pytest

from domain.access.policy import CredentialStatus, StaleRule
from gateway.operations.access.change_card import change_status
from gateway.operations.identity.roles import Role
from gateway.pages.devices.revocation_view import Reached, derive_progress
from gateway.site.description import Site
from store.devices import DeviceStatus, list_device_statuses
from store.people import Card, upsert_cards
from store.publications import list_publications, load_publication
from tests.pages.city import NOW, City
from tests.pages.delivery import TOKEN, Delivery


@pytest.fixture
def delivery(city: City) -> Delivery:
    """A city hall in which s0002 has a card that every controller knows."""
    with city.store.transaction(city.clock()) as tx:
        upsert_cards(tx, [Card(TOKEN, "s0002", "No.77")])
    city.clock.advance(minutes=1)
    made = Delivery(city)
    version = made.publish()
    made.confirm("west-1", "east-1", "north-1", version=version)
    return made


def test_confirmations_are_counted_and_the_silent_one_is_named_with_its_latest_instant(
    delivery: Delivery, sign_in_as
) -> None:
    city = delivery.city
    delivery.lose("north-1")  # at 16:31
    city.clock.advance(minutes=14)
    version = delivery.stop_card()
    client = sign_in_as(Role.operator)
    delivery.confirm("west-1", version=version)
    part = client.get(f"/revocations/{version}/part").text
    assert "3台中1台が確認済み" in part
    assert "14分間 応答なし" in part
    assert "遅くとも 16:46 には拒否します" in part, "15 minutes offline in the server room, counted from its silence"
    delivery.confirm("east-1", version=version)
    assert "3台中2台が確認済み" in client.get(f"/revocations/{version}/part").text
    delivery.confirm("north-1", version=version + 5)
    part = client.get(f"/revocations/{version}/part").text
    assert "3台中3台が確認済み" in part
    assert "遅くとも" not in part


def test_a_silent_box_whose_time_is_over_refuses_already(delivery: Delivery, sign_in_as) -> None:
    delivery.lose("north-1")
    version = delivery.stop_card()
    delivery.city.clock.advance(minutes=15)
    part = sign_in_as(Role.operator).get(f"/revocations/{version}/part").text
    assert "もう拒否しています" in part
    assert "遅くとも 11月21日（金） 16:31 には拒否します" in part, "the west entrance's area may be offline for a day"


def test_cards_and_who_stopped_them_are_named_to_those_who_may_know(delivery: Delivery, sign_in_as) -> None:
    version = delivery.stop_card()
    for role, named in ((Role.operator, True), (Role.hr, True), (Role.auditor, True), (Role.facility_admin, False)):
        client = sign_in_as(role)
        for path in ("/revocations", f"/revocations/{version}"):
            text = client.get(path).text
            assert ("石井 健太" in text) is named, f"{role} {path}"
            assert ("No.77" in text) is named
            assert "紛失" in text
            assert TOKEN not in text
        assert ("desk" in client.get(f"/revocations/{version}").text.split("cards-title")[-1]) is named


def test_from_the_person_to_the_change_of_their_card(delivery: Delivery, sign_in_as) -> None:
    client = sign_in_as(Role.hr)
    first = client.get("/cards/s0002/revocation").headers["location"]
    version = delivery.stop_card()
    assert first == "/revocations", "the first policy is about everybody"
    assert client.get("/cards/s0002/revocation").headers["location"] == f"/revocations/{version}"
    assert client.get("/cards/s0004/revocation").headers["location"] == "/revocations"


def test_what_was_done_and_is_not_published_yet_leads_to_the_list(delivery: Delivery, sign_in_as) -> None:
    city = delivery.city
    city.clock.advance(seconds=1)
    with city.store.transaction(city.clock()) as tx:
        change_status(tx, TOKEN, person_id="s0002", status=CredentialStatus.lost, by="desk")
    assert sign_in_as(Role.hr).get("/cards/s0002/revocation").headers["location"] == "/revocations"


def test_a_version_that_never_was_is_not_there(delivery: Delivery, sign_in_as) -> None:
    client = sign_in_as(Role.operator)
    assert client.get("/revocations/4711").status_code == 404
    assert client.get("/revocations/x").status_code in {400, 404, 422}


def test_a_publication_is_what_was_issued_together(delivery: Delivery) -> None:
    version = delivery.stop_card()
    with delivery.city.store.reading(NOW) as tx:
        newest = list_publications(tx, limit=2)
        assert [publication.version for publication in newest] == [version, version - 1]
        assert load_publication(tx, version) == newest[0]
        assert load_publication(tx, version + 1) is None


def _view(site: Site, delivery: Delivery, **changes: object):
    with delivery.city.store.reading(delivery.city.clock()) as tx:
        publication = load_publication(tx, delivery.stop_card())
        assert publication is not None
    status = {"online": True, "session": "s", "epoch": 1, "pending": 0, "policy_version": 1, "software": "1"}
    values = status | {"changed_at": NOW} | changes
    statuses = [DeviceStatus(device.id, **values) for device in site.devices]
    return derive_progress(site, statuses, publication), publication


def test_a_box_that_is_there_and_keeps_the_old_policy_shuts_too(delivery: Delivery) -> None:
    progress, publication = _view(delivery.city.context.site, delivery)
    assert {view.state for view in progress.devices} == {Reached.waiting}
    longest = max(view.refuses_at for view in progress.devices if view.refuses_at)
    assert longest == publication.issued_at + timedelta(minutes=1440), "nobody stands by the old one from then on"


def test_an_area_of_emergencies_does_not_promise_what_it_does_not_do(delivery: Delivery) -> None:
    site = delivery.city.context.site
    areas = tuple(area.model_copy(update={"on_stale": StaleRule.emergency}) for area in site.areas)
    progress, _ = _view(site.model_copy(update={"areas": areas}), delivery, online=False)
    assert all(view.emergency for view in progress.devices)


def test_a_box_that_never_came_trusts_nobody_and_is_not_counted(delivery: Delivery) -> None:
    with delivery.city.store.reading(NOW) as tx:
        publication = list_publications(tx, limit=1)[0]
        statuses = [status for status in list_device_statuses(tx) if status.device_id != "north-1"]
    progress = derive_progress(delivery.city.context.site, statuses, publication)
    assert (progress.total, progress.confirmed, progress.state) == (2, 2, "done")
