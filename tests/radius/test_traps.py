"""What was measured to go wrong between FreeRADIUS and a decision service: each trap by its number, on real parts."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from contract.radius_api import write_denial, write_permit
from tests.radius.lab import Answer, Decider, Lab, render_lab

pytestmark = pytest.mark.real


@dataclass
class City:
    """A network server of the rendered demo, and who decides for it."""

    lab: Lab
    decider: Decider


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[City]:
    decider = Decider()
    decider.start()
    (lab,) = render_lab(tmp_path_factory.mktemp("s"), f"http://127.0.0.1:{decider.port}")
    with lab.running():
        yield City(lab, decider)
    decider.stop()


@pytest.fixture
def decider(served: City) -> Decider:
    served.decider.answer = Answer()
    served.decider.asked.clear()
    return served.decider


@pytest.fixture
def lab(served: City, decider: Decider) -> Lab:
    return served.lab


def permit(vlan: int = 20) -> Answer:
    return Answer(body=write_permit(vlan, "p-1", 3600))


def test_a_permit_opens_the_tiers_vlan_by_the_certificates_name(lab: Lab, decider: Decider) -> None:
    decider.answer = permit()
    found = lab.log_on(lab.terminal("lgwan"), identity="t-mynumber")
    assert found.accepted, found.said
    assert found.has(r"Tunnel-Private-Group-Id|Attribute 81")
    ((path, asked),) = decider.asked
    assert (path, asked.certificate, asked.user, asked.eap_type) == (
        "/radius/v1/decide",
        "t-lgwan",
        "t-mynumber",
        "TLS",
    )
    assert decider.authorised[-1].startswith("Basic ")


WRONG = {
    "empty 200": Answer(200, b""),
    "204": Answer(204, b""),
    "no verdict": Answer(200, b'{"reply:Tunnel-Private-Group-Id":{"value":["20"],"do_xlat":false}}'),
    "permit without a VLAN": Answer(200, b'{"control:Tmp-String-0":{"value":["permit"],"do_xlat":false}}'),
    "misspelt VLAN": Answer(
        200, b'{"control:Tmp-String-0":{"value":["permit"]},"reply:Tunnel-Private-Groop-Id":{"value":["20"]}}'
    ),
    "another word": Answer(200, write_permit(20, "p", 60).replace(b'"permit"', b'"permitted"')),
    "not JSON": Answer(200, b"permit"),
    "a list": Answer(200, b"[1]"),
    "deny": Answer(200, write_denial()),
    "400": Answer(400, write_permit(20, "p", 60)),
    "401": Answer(401, write_permit(20, "p", 60)),
    "403": Answer(403, write_permit(20, "p", 60)),
    "404": Answer(404, write_permit(20, "p", 60)),
    "500": Answer(500, write_permit(20, "p", 60)),
    "503": Answer(503, b""),
    "too late": Answer(200, write_permit(20, "p", 60), seconds=1.6),
}


@pytest.mark.parametrize("answer", WRONG.values(), ids=WRONG)
def test_trap_1_2_nothing_but_a_whole_permit_lets_anybody_in(lab: Lab, decider: Decider, answer: Answer) -> None:
    decider.answer = answer
    for tier in ("mynumber", "lgwan"):
        assert not lab.log_on(lab.terminal(tier), seconds=3).accepted


def test_trap_3_nothing_in_an_answer_expands(lab: Lab, decider: Decider) -> None:
    decider.answer = Answer(body=write_permit(20, "%{User-Name}", 60))
    found = lab.log_on(lab.terminal("lgwan"))
    assert found.accepted
    assert found.has(b"%{User-Name}".hex())


def test_trap_4_a_refusal_says_failure_and_gives_no_keys(lab: Lab, decider: Decider) -> None:
    decider.answer = Answer(body=write_denial())
    found = lab.log_on(lab.terminal("lgwan"))
    assert (found.accepted, found.answered) == (False, True)
    assert not found.has("EAP-Success|decapsulated EAP packet \\(code=3")
    assert not found.has("MS-MPPE|MPPE-Send-Key")
    assert found.has("decapsulated EAP packet \\(code=4")


def test_trap_5_what_is_not_signed_is_not_answered_and_every_answer_is(lab: Lab, decider: Decider) -> None:
    decider.answer = Answer(body=write_denial())
    asked = "User-Name=printer,Calling-Station-Id=02-00-00-00-00-02"
    assert "Received" not in lab.ask("auth", asked, seconds=1)
    answered = lab.ask("auth", f"{asked},Message-Authenticator=0x00")
    assert "Access-Reject" in answered
    assert answered.count("Message-Authenticator") == 2


def test_a_password_opens_nothing_without_a_word_of_ours(lab: Lab, decider: Decider) -> None:
    decider.answer = Answer(body=write_denial())
    answered = lab.ask("auth", "User-Name=t-lgwan,User-Password=pw,Message-Authenticator=0x00")
    assert "Access-Reject" in answered


def test_z5_a_revoked_certificate_never_asks(lab: Lab, decider: Decider) -> None:
    decider.answer = permit()
    assert not lab.log_on(lab.terminal("revoked")).accepted
    assert decider.asked == []


def test_trap_7_without_a_decision_each_tier_does_as_its_policy_says(lab: Lab, decider: Decider) -> None:
    decider.answer = permit(30)
    assert lab.log_on(lab.terminal("internet")).accepted
    decider.answer = Answer(503)
    answered = {tier: lab.log_on(lab.terminal(tier), seconds=3) for tier in ("mynumber", "lgwan", "internet")}
    assert (answered["mynumber"].accepted, answered["mynumber"].answered) == (False, True)
    assert (answered["lgwan"].accepted, answered["lgwan"].answered) == (False, False)
    assert answered["internet"].accepted, answered["internet"].said
    decider.answer = Answer(body=write_denial())
    assert not lab.log_on(lab.terminal("internet")).accepted
    decider.answer = Answer(503)
    assert not lab.log_on(lab.terminal("internet"), seconds=3).accepted  # the refusal was the last decision


def test_accounting_is_repeated_while_nobody_takes_it(lab: Lab, decider: Decider) -> None:
    decider.answer = Answer(503)
    told = "Acct-Status-Type=Start,Acct-Session-Id=1,User-Name=t-lgwan,Class=0x702d31"
    assert "Accounting-Response" not in lab.ask("acct", told, seconds=1.5)
    decider.answer = Answer(204)
    assert "Accounting-Response" in lab.ask("acct", told)
    assert decider.asked[-1][1].session == "p-1"
