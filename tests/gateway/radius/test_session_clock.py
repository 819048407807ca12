"""The instants of sessions, and the switches that are told: small parts of whoever ends them."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.radius_attributes import Attribute
from domain.zones.tier_session import PortSession, SessionState
from gateway.radius.disconnect import Switch
from gateway.radius.nas_registry import NasRegistry, Untold, target_of
from gateway.radius.session_clock import SessionClock
from gateway.site.network import RadiusClientDescription, SwitchModelDescription
from tests.domain.zones.cases import LGWAN, NOW
from tests.gateway.radius.hall import SITE

NOTES = st.lists(
    st.tuples(st.sampled_from("abc"), st.one_of(st.none(), st.integers(0, 9)), st.integers(0, 9)), max_size=20
)


@given(NOTES)
def test_what_is_due_is_what_was_noted_last(notes: list[tuple[str, int | None, int]]) -> None:
    clock = SessionClock()
    known: dict[str, datetime] = {}
    for id_, seconds, now in notes:
        at = None if seconds is None else NOW + timedelta(seconds=seconds)
        clock.note({id_: at})
        known = {other: due for other, due in (known | {id_: at or NOW}).items() if at is not None or other != id_}
        assert clock.next_at() == min(known.values(), default=None)
        due = {other for other, end in known.items() if end <= NOW + timedelta(seconds=now)}
        assert clock.take_due(NOW + timedelta(seconds=now)) == due
        known = {other: end for other, end in known.items() if other not in due}
        assert len(clock) == len(known)


def test_what_is_put_off_again_and_again_takes_no_more_room() -> None:
    clock = SessionClock()
    for seconds in range(5000):
        clock.note({"a": NOW + timedelta(seconds=seconds)})
    assert len(clock) == 1
    assert len(clock._order) < 200


def session(nas_address: str = "") -> PortSession:
    return PortSession("p", LGWAN, 20, "t-1", "s1", "sw", "7", SessionState.confirmed, NOW, nas_address=nas_address)


def registry(folder: Path | None, address: str = "192.0.2.1", **model: Any) -> NasRegistry:
    client = RadiusClientDescription(id="sw", name="sw", name_en="sw", address=address, model="m")  # type: ignore[arg-type]
    kind = SwitchModelDescription.model_validate({"id": "m", "name": "m", "name_en": "m"} | model)
    site = SITE.model_copy(update={"radius_clients": (client,), "switch_models": (kind,)})
    return NasRegistry(lambda: site, folder)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "sw").write_bytes(b" a secret \n")
    return tmp_path


def test_a_switch_is_told_at_its_own_address_by_what_it_finds_sessions_by(folder: Path) -> None:
    found = registry(folder, port=3800, finds_by=("user_name", "nas_port")).find(session())
    assert found == Switch("sw", "192.0.2.1", 3800, b"a secret", (Attribute.user_name, Attribute.nas_port))
    values = target_of(session()).values
    assert (values[Attribute.user_name], values[Attribute.nas_port], values[Attribute.nas_port_id]) == ("t-1", "7", "7")


@pytest.mark.parametrize(
    ("told", "found"), [("192.0.2.5", "192.0.2.5"), ("192.0.3.5", None), ("", None)], ids=["told", "outside", "untold"]
)
def test_of_a_stack_the_one_that_asked_is_told(folder: Path, told: str, found: str | None) -> None:
    switch = registry(folder, "192.0.2.0/28").find(session(told))
    assert switch is Untold.no_address if found is None else isinstance(switch, Switch) and switch.host == found


def test_what_cannot_be_told_says_why(folder: Path, tmp_path: Path) -> None:
    assert registry(folder, disconnects=False).find(session()) is Untold.not_able
    assert registry(None).find(session()) is Untold.no_secret
    assert list(registry(folder).list_secretless()) == []
    (tmp_path / "sw").write_bytes(b"\n")
    assert registry(folder).find(session()) is Untold.no_secret
    assert list(registry(folder).list_secretless()) == ["sw"]
    assert list(registry(folder, disconnects=False).list_secretless()) == []
    nobody = NasRegistry(lambda: SITE.model_copy(update={"radius_clients": ()}), folder)
    assert nobody.find(session()) is Untold.unknown
