"""A network server as it is rendered: whom it believes, in whose place it answers, and how it asks the centre."""

import re
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from contract.radius_api import write_denial, write_permit
from tests.radius.lab import Answer, Decider, Lab, render_lab

pytestmark = pytest.mark.real


def permit(vlan: int, seconds: int) -> Answer:
    return Answer(body=write_permit(vlan, "p-1", seconds))


@contextmanager
def answering(decider: Decider, certificate: Path | None = None) -> Iterator[Decider]:
    decider.start(certificate=certificate)
    try:
        yield decider
    finally:
        decider.stop()


def test_what_a_switch_says_of_itself_is_not_believed(tmp_path: Path) -> None:
    with answering(Decider()) as decider:
        (lab,) = render_lab(tmp_path / "s", f"http://127.0.0.1:{decider.port}")
        decider.answer = Answer(body=write_denial())
        with lab.running():
            told = "NAS-IP-Address=192.0.2.99,NAS-Identifier=hall-sw,FreeRADIUS-Client-Shortname=hall-sw"
            lab.ask("auth", f"User-Name=020000000001,{told},Message-Authenticator=0x00")
            lab.ask("acct", f"Acct-Status-Type=Start,Acct-Session-Id=1,User-Name=u,{told}")
    assert [path for path, _ in decider.asked] == ["/radius/v1/decide", "/radius/v1/account"]
    for _, asked in decider.asked:
        assert (asked.client, asked.switch_address, asked.switch) == ("office-sw", "127.0.0.1", "hall-sw")


def test_a_last_decision_ends_when_it_was_to_end(tmp_path: Path) -> None:
    decider = Decider()
    (lab,) = render_lab(tmp_path / "s", f"http://127.0.0.1:{decider.port}")
    with lab.running():
        with answering(decider):
            decider.answer = permit(30, 3600)
            assert lab.log_on(lab.terminal("internet")).accepted
        time.sleep(1.5)
        again = lab.log_on(lab.terminal("internet"), seconds=3)
        assert again.accepted, again.said
        (left,) = re.findall(r"Attribute 27 \(Session-Timeout\) length=\d+\s+Value: (\d+)", again.said)
        assert 3590 <= int(left) <= 3599
        with answering(decider):
            decider.answer = permit(30, 2)
            time.sleep(1.5)  # after a failure it tries again only then
            found = lab.log_on(lab.terminal("internet"))
            assert found.has(r"\(Session-Timeout\) length=\d+\s+Value: 2\b"), found.said
        time.sleep(3)
        found = lab.log_on(lab.terminal("internet"), seconds=3)
        assert not found.accepted, found.said


def test_the_last_network_server_rejects_where_others_keep_silent(tmp_path: Path) -> None:
    decider = Decider()  # never started: the centre is away
    first, second = render_lab(tmp_path / "s", f"http://127.0.0.1:{decider.port}", servers=2, last=True)
    for lab, answered in ((first, False), (second, True)):
        with lab.running():
            found = lab.log_on(lab.terminal("lgwan"), seconds=3)
            assert (found.accepted, found.answered) == (False, answered)


def test_the_centre_is_asked_by_tls_and_by_its_own_name_alone(tmp_path: Path) -> None:
    decider = Decider()
    decider.answer = permit(20, 60)
    (lab,) = render_lab(tmp_path / "s", f"https://127.0.0.1:{decider.port}")
    (other,) = render_lab(tmp_path / "o", f"https://127.0.0.1:{decider.port}")
    with lab.running():
        with answering(decider, tmp_path / "s/gateway/server.crt"):
            found = lab.log_on(lab.terminal("lgwan"))
            assert found.accepted, (lab.folder / "freeradius.log").read_text()
            assert decider.authorised
        decider.authorised.clear()
        with answering(decider, other.folder.parents[1] / "gateway/server.crt"):
            assert not lab.log_on(lab.terminal("lgwan"), seconds=3).accepted
        with answering(decider):
            assert not lab.log_on(lab.terminal("lgwan"), seconds=3).accepted
    assert decider.authorised == []  # the password was not told to anybody else


def test_a_controllers_certificate_opens_no_port(tmp_path: Path) -> None:
    with answering(Decider()) as decider:
        decider.answer = permit(20, 60)
        (lab,) = render_lab(tmp_path / "s", f"http://127.0.0.1:{decider.port}")
        box = copy_as_terminal(tmp_path / "s/edge/west-1/client.crt", lab)
        with lab.running():
            assert not lab.log_on(box, seconds=3).accepted
            assert lab.log_on(lab.terminal("lgwan")).accepted
    assert [asked.certificate for _, asked in decider.asked] == ["t-lgwan"]


def copy_as_terminal(certificate: Path, lab: Lab) -> str:
    for path, suffix in ((certificate, ".pem"), (certificate.with_suffix(".key"), ".key")):
        shutil.copy(path, lab.terminals.folder / f"box{suffix}")
    return str(lab.terminals.folder / "box")
