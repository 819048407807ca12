"""A new controller from the invitation to its settings: real TLS, a real box's keys, and everything that must fail."""

import stat
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from typer.testing import CliRunner

from contract.enrolment import Invitation
from domain.ids import DeviceId
from gateway.context import GatewayContext
from gateway.devices.enrol_token import hash_enrol_token
from gateway.main import open_context
from gateway.operations.access.admit_device import AdmitFault, refuse_device
from gateway.operations.access.enroll_devices import revoke_devices
from gateway.settings import load_gateway_settings
from gateway.site.certificates import ensure_authority
from gateway.site.description import load_site
from gateway.site.layout import FIRMWARE_CONFIGS, RenderedSite
from readers.enrolment import Enroller, EnrolmentError
from readers.settings import load_edge_settings
from sekisho.edge import app
from store.device_enrolments import list_newcomers, list_past_enrolments, load_device_enrolment
from store.devices import load_device
from store.migrate import migrate
from tests.gateway.enrolling import Box, Desk, render_with_enrolment, serve_enrolment, settings_of

pytestmark = pytest.mark.real

SITE = load_site(FIRMWARE_CONFIGS / "sites" / "demo" / "site.yaml")
WEST = SITE.devices[0].id


class Clock:
    def __init__(self) -> None:
        self.ahead = timedelta(0)

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.ahead


@pytest.fixture
def rendered(tmp_path_factory: pytest.TempPathFactory) -> RenderedSite:
    return render_with_enrolment(SITE, tmp_path_factory.mktemp("e"), WEST)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def context(rendered: RenderedSite, clock: Clock) -> Iterator[GatewayContext]:
    settings = load_gateway_settings(rendered.gateway_settings)
    migrate(settings.database_url)
    made = open_context(settings, clock)
    yield made
    made.store.close()


@pytest.fixture
def desk(context: GatewayContext, rendered: RenderedSite) -> Iterator[Desk]:
    settings = settings_of(rendered)
    with serve_enrolment(context, settings):
        yield Desk(context, settings)


def refusal(invitation: Invitation, folder: Path) -> str:
    with pytest.raises(EnrolmentError) as refused:
        Enroller(invitation, folder, software="").run(lambda _: None, wait_seconds=0)
    return str(refused.value)


def test_a_box_is_admitted_and_has_all_it_needs(desk: Desk, rendered: RenderedSite, tmp_path: Path) -> None:
    assert not (rendered.root / "edge" / WEST).exists()  # nothing of it was made at the centre
    enrolment_id, invitation = desk.invite()
    box = Box(invitation, tmp_path / "box").start()
    assert box.shown.wait(10)
    with desk.context.store.reading(desk.context.now()) as tx:
        newcomers = list_newcomers(tx)
    assert [each.id for each in newcomers] == [enrolment_id]
    assert desk.admit(enrolment_id, WEST) is None
    box.join()
    assert box.fault is None
    assert len(box.codes) == 1
    settings = load_edge_settings(tmp_path / "box" / "edge.toml")
    assert settings.device == WEST
    with desk.context.store.reading(desk.context.now()) as tx:
        device = load_device(tx, DeviceId(WEST))
        past = list_past_enrolments(tx, since=timedelta(days=1), limit=9)[0]
    assert device is not None
    assert device.public_key == newcomers[0].device_key
    assert (past.invited_by, past.decided_by, past.outcome) == ("soumu", "soumu", "admitted")
    assert past.fetched_at is not None
    certificate = x509.load_pem_x509_certificate((tmp_path / "box" / "client.crt").read_bytes())
    assert certificate.subject.rfc4514_string() == f"CN={WEST}"
    certificate.verify_directly_issued_by(x509.load_pem_x509_certificate((tmp_path / "box" / "ca.crt").read_bytes()))
    assert {stat.S_IMODE(each.stat().st_mode) for each in (tmp_path / "box").iterdir()} == {0o600}
    settings.read_wiring()
    settings.read_device_key()


def test_the_command_says_the_number_and_goes_on_after_a_break(desk: Desk, tmp_path: Path) -> None:
    enrolment_id, invitation = desk.invite()
    file = tmp_path / "sekisho-enrol.json"
    file.write_text(invitation.model_dump_json())
    words = ["enrol", str(file), "--folder", str(tmp_path / "box"), "--wait-minutes", "0"]
    first = CliRunner().invoke(app, words)
    assert first.exit_code == 1
    assert "compare this number" in first.stdout
    assert "the same command goes on with it" in first.stderr
    assert desk.admit(enrolment_id, WEST) is None
    second = CliRunner().invoke(app, words)
    assert second.exit_code == 0, second.stderr
    assert f"{WEST}: 登録しました" in second.stdout
    again = CliRunner().invoke(app, words)
    assert again.exit_code == 1
    assert "enrolled already" in again.stderr


def test_invitations_that_do_not_count(desk: Desk, clock: Clock, tmp_path: Path) -> None:
    _, invitation = desk.invite()
    never = invitation.model_copy(update={"token": "0" * 64})
    assert "no such invitation" in refusal(never, tmp_path / "never")
    assert "not decided yet" in refusal(invitation, tmp_path / "first")
    assert "was used" in refusal(invitation, tmp_path / "second")
    _, late = desk.invite()
    clock.ahead = timedelta(minutes=11)
    assert "has run out" in refusal(late, tmp_path / "late")
    assert "not decided yet" in refusal(invitation, tmp_path / "first")  # it came in time


def test_nothing_is_told_to_another_centre(desk: Desk, tmp_path: Path) -> None:
    _, invitation = desk.invite()
    strange = invitation.model_copy(update={"authority_sha256": "0" * 64})
    assert "not the authority" in refusal(strange, tmp_path / "box")
    with desk.context.store.reading(desk.context.now()) as tx:
        assert list_newcomers(tx) == []


def test_a_refused_box_hears_it_and_gets_nothing(desk: Desk, tmp_path: Path) -> None:
    enrolment_id, invitation = desk.invite()
    assert "not decided yet" in refusal(invitation, tmp_path / "box")
    with desk.context.store.transaction(desk.context.now()) as tx:
        assert refuse_device(tx, enrolment_id, reason="", by="soumu") is AdmitFault.no_reason
        assert refuse_device(tx, enrolment_id, reason="知らない箱", by="soumu") is None
        assert refuse_device(tx, enrolment_id, reason="もう一度", by="soumu") is AdmitFault.decided
    assert "the operator refused" in refusal(invitation, tmp_path / "box")
    assert desk.admit(enrolment_id, WEST) is AdmitFault.decided
    assert not (tmp_path / "box" / "edge.toml").exists()


def test_a_place_is_given_once_until_its_box_is_revoked(desk: Desk, tmp_path: Path) -> None:
    ids = []
    for name in ("one", "two"):
        enrolment_id, invitation = desk.invite()
        refusal(invitation, tmp_path / name)
        ids.append(enrolment_id)
    waiting, _ = desk.invite()
    assert desk.admit("0" * 16, WEST) is AdmitFault.unknown
    assert desk.admit(waiting, WEST) is AdmitFault.not_come
    assert desk.admit(ids[0], "nowhere-1") is AdmitFault.no_place
    assert desk.admit(ids[0], WEST) is None
    assert desk.admit(ids[1], WEST) is AdmitFault.no_place
    with desk.context.store.transaction(desk.context.now()) as tx:
        revoke_devices(tx, [DeviceId(WEST)])
    assert desk.admit(ids[1], WEST) is None


def test_what_was_fetched_is_not_told_again_later(desk: Desk, clock: Clock, tmp_path: Path) -> None:
    enrolment_id, invitation = desk.invite()
    refusal(invitation, tmp_path / "box")
    desk.admit(enrolment_id, WEST)
    Enroller(invitation, tmp_path / "box", software="").run(lambda _: None, wait_seconds=0)
    (tmp_path / "box" / "edge.toml").rename(tmp_path / "kept.toml")
    clock.ahead = timedelta(minutes=11)
    assert "was used" in refusal(invitation, tmp_path / "box")
    with desk.context.store.reading(clock()) as tx:
        kept = load_device_enrolment(tx, enrolment_id)
    assert kept is not None
    assert kept.token_hash == hash_enrol_token(invitation.token) != invitation.token


def test_who_keeps_trying_is_told_to_come_later(desk: Desk, tmp_path: Path) -> None:
    _, invitation = desk.invite()
    never = invitation.model_copy(update={"token": "0" * 64})
    box = Enroller(never, tmp_path / "box", software="")
    told = set()
    for _ in range(62):
        with pytest.raises(EnrolmentError) as refused:
            box.run(lambda _: None, wait_seconds=0)
        told.add(str(refused.value).partition(" / ")[2])
    assert told == {"no such invitation; ask for a new one", "not decided yet; the same command goes on with it"}


def test_another_authority_of_the_same_name_is_not_trusted(desk: Desk, tmp_path: Path) -> None:
    _, invitation = desk.invite()
    other = ensure_authority(tmp_path, "Sekisho CA", now=datetime.now(UTC))
    ca_file = desk.context.settings.devices.ca_file
    ca_file.write_bytes(other.pem)
    assert "not the authority" in refusal(invitation, tmp_path / "box")
