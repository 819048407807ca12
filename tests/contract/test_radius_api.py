"""FreeRADIUS's questions and our answers: golden bytes, hostile bytes, nothing that expands."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.radius_api import DELAY_MAX, Accounting, RadiusError, RadiusWords, read_radius, write_denial, write_permit

ASKED = {
    "User-Name": {"type": "string", "value": ["t-mynum-01"]},
    "NAS-IP-Address": {"type": "ipaddr", "value": ["10.99.0.2"]},
    "NAS-Port": {"type": "integer", "value": [7]},
    "Calling-Station-Id": {"type": "string", "value": ["02-00-00-00-00-01"]},
    "TLS-Client-Cert-Common-Name": {"type": "string", "value": ["t-inet-01"]},
    "EAP-Type": {"type": "integer", "value": ["TLS"]},
    "EAP-Message": {"type": "octets", "value": ["0x0201"]},
}


def test_the_certificate_stands_beside_what_was_typed() -> None:
    assert read_radius(json.dumps(ASKED).encode()) == RadiusWords(
        user="t-mynum-01",
        certificate="t-inet-01",
        eap_type="TLS",
        station="02-00-00-00-00-01",
        switch_address="10.99.0.2",
        port="7",
    )


def test_accounting_brings_back_the_session_that_was_given() -> None:
    told = {
        "Acct-Status-Type": {"type": "integer", "value": ["Interim-Update"]},
        "Acct-Session-Id": {"type": "string", "value": ["80000001"]},
        "Class": {"type": "octets", "value": ["0x" + b"p-1".hex()]},
    }
    assert read_radius(json.dumps(told).encode()) == RadiusWords(
        accounting=Accounting.interim, session="p-1", switch_session="80000001"
    )


def test_whose_secret_signed_stands_beside_what_the_switch_says_of_itself() -> None:
    told = {
        "FreeRADIUS-Client-Shortname": {"type": "string", "value": ["floor-2"]},
        "NAS-Identifier": {"type": "string", "value": ["floor-9"]},
        "Acct-Delay-Time": {"type": "integer", "value": [30]},
    }
    assert read_radius(json.dumps(told).encode()) == RadiusWords(client="floor-2", switch="floor-9", delay=30)


@pytest.mark.parametrize(("told", "delay"), [(-1, 0), ("soon", 0), (10**12, DELAY_MAX)], ids=["before", "word", "long"])
def test_a_delay_is_a_delay(told: int | str, delay: int) -> None:
    assert read_radius(json.dumps({"Acct-Delay-Time": {"value": [told]}}).encode()).delay == delay


def test_answers_are_golden() -> None:
    assert write_denial() == b'{"control:Tmp-String-0":{"op":":=","value":["deny"],"do_xlat":false}}'
    assert write_permit(20, "p-1", 3600).decode() == (
        '{"control:Tmp-String-0":{"op":":=","value":["permit"],"do_xlat":false},'
        '"reply:Tunnel-Type":{"op":":=","value":["VLAN"],"do_xlat":false},'
        '"reply:Tunnel-Medium-Type":{"op":":=","value":["IEEE-802"],"do_xlat":false},'
        '"reply:Tunnel-Private-Group-Id":{"op":":=","value":["20"],"do_xlat":false},'
        '"reply:Session-Timeout":{"op":":=","value":[3600],"do_xlat":false},'
        '"reply:Termination-Action":{"op":":=","value":["RADIUS-Request"],"do_xlat":false},'
        '"reply:Class":{"op":":=","value":["0x702d31"],"do_xlat":false}}'
    )


@given(st.integers(1, 4094), st.integers(0, 100_000))
def test_trap_3_no_value_expands_and_trap_2_every_permit_has_its_vlan(vlan: int, seconds: int) -> None:
    answer = json.loads(write_permit(vlan, "p", seconds))
    assert all(each["do_xlat"] is False for each in answer.values())
    assert answer["reply:Tunnel-Private-Group-Id"]["value"] == [str(vlan)]
    assert answer["reply:Session-Timeout"]["value"][0] == max(seconds, 1)


@given(st.binary(max_size=80) | st.text(max_size=60).map(str.encode))
def test_whatever_comes_is_read_or_refused(data: bytes) -> None:
    try:
        read_radius(data)
    except RadiusError:
        return


@pytest.mark.parametrize(
    ("data", "names"),
    [
        (b"", "request"),
        (b'{"User-Name":1}', "User-Name"),
        (b'{"User-Name":{"value":[{}]}}', "User-Name"),
        (json.dumps({"User-Name": {"value": ["x" * 600]}}).encode(), "User-Name"),
        (b" " * 70_000, "70000 bytes"),
        (b'{"User-Name":{"value":["a\\u0000b"]}}', "User-Name: expected text without control characters"),
    ],
    ids=["nothing", "no value", "object", "long", "large", "control"],
)
def test_what_is_none_is_refused_by_name(data: bytes, names: str) -> None:
    with pytest.raises(RadiusError, match=names):
        read_radius(data)


def test_a_class_of_somebody_else_names_no_session() -> None:
    assert read_radius(b'{"Class":{"value":["0xff"]}}').session == ""
    assert read_radius(b'{"Class":{"value":["0xzz"]}}').session == ""
