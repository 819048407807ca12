"""A firewall's export is read as wide as it may be meant, and the list of 特定通信 survives the way out and in."""

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.firewall_export import (
    ANYWHERE,
    LINK_COLUMNS,
    read_firewall,
    read_links,
    read_ports,
    tell_link,
    write_ports,
)
from contract.information_file import InformationFileError, read_information_toml
from domain.zones.information import Demand, Handling, Register
from domain.zones.specific_link import PORT_MAX, Flow, Protocol, SpecificLink
from domain.zones.zone_fault import ZoneFaultsError

SHIPPED = Path(__file__).parents[2] / "firmware_configs/tiers/information.toml"
ALL = (0, PORT_MAX)


def test_a_table_in_either_language_and_encoding() -> None:
    english = b"source,destination,protocol,ports\n10.1.0.0/16,10.2.0.5,TCP,443\nany,10.2.0.6,udp,53;123\n"
    japanese = "送信元,宛先,プロトコル,ポート\n10.1.0.0/16,10.2.0.5,tcp,443\nすべて,10.2.0.6,udp,53;123\n".encode(
        "cp932"
    )
    expected = [
        Flow("10.1.0.0/16", "10.2.0.5/32", Protocol.tcp, 443, 443),
        Flow(ANYWHERE, "10.2.0.6/32", Protocol.udp, 53, 53),
        Flow(ANYWHERE, "10.2.0.6/32", Protocol.udp, 123, 123),
    ]
    assert read_firewall(english) == (expected, [])
    assert read_firewall(japanese) == (expected, [])


def test_each_wrong_cell_is_named_by_its_line() -> None:
    told = "source,destination,protocol,ports\nhere,10.2.0.5,icmp,443\n10.1.0.1,10.2.0.5,tcp,70000\n"
    flows, faulty = read_firewall(told.encode())
    assert flows == []
    assert [(each.line, sorted(fault.field for fault in each.faults)) for each in faulty] == [
        (2, ["protocol", "source"]),
        (3, ["ports"]),
    ]
    with pytest.raises(ZoneFaultsError):
        read_firewall(b"who,whom\n1,2\n")


def test_iptables_is_read_as_wide_as_it_may_be_meant() -> None:
    saved = """*filter
:INPUT DROP [0:0]
:FORWARD DROP [0:0]
-A INPUT -p tcp --dport 22 -j ACCEPT
-A FORWARD -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
-A FORWARD -s 10.1.0.0/16 -d 10.2.0.5/32 -p tcp -m tcp --dport 443 -m comment --comment "税 it's" -j ACCEPT
-A FORWARD -s 10.1.0.0/16 ! -d 10.9.0.0/16 -p udp -m multiport --dports 53,123 -j ACCEPT
-A FORWARD -s 10.7.0.0/16 -j DROP
COMMIT
"""
    flows, faulty = read_firewall(saved.encode())
    assert faulty == []
    assert flows == [
        Flow("10.1.0.0/16", "10.2.0.5/32", Protocol.tcp, 443, 443),
        Flow("10.1.0.0/16", ANYWHERE, Protocol.udp, 53, 53),
        Flow("10.1.0.0/16", ANYWHERE, Protocol.udp, 123, 123),
    ]
    assert read_firewall(b"*filter\n:FORWARD ACCEPT [0:0]\nCOMMIT\n") == (
        [Flow(ANYWHERE, ANYWHERE, Protocol.any, *ALL)],
        [],
    )


@given(st.lists(st.tuples(st.integers(0, PORT_MAX), st.integers(0, PORT_MAX)).map(sorted), min_size=1, max_size=4))
def test_ports_are_read_as_they_are_written(ranges: list[list[int]]) -> None:
    flows = [Flow(ANYWHERE, ANYWHERE, Protocol.tcp, *ends) for ends in ranges]
    if any((flow.first_port, flow.last_port) == ALL for flow in flows):
        flows = flows[:1]
    assert read_ports(";".join(write_ports(flow) for flow in flows)) == tuple(
        (f.first_port, f.last_port) for f in flows
    )


def test_the_list_goes_out_and_comes_in() -> None:
    flow = Flow("10.1.0.0/16", "10.2.0.5/32", Protocol.tcp, 8000, 8080)
    link = SpecificLink("tax-1", flow, "税の照会", "", date(2026, 4, 1), date(2027, 3, 31))
    told = "\n".join(",".join(row) for row in (tuple(LINK_COLUMNS), tell_link(link)))
    assert read_links(told.encode()) == ([link], [])
    two = "id,source,destination,ports,reason,valid_until\nx,10.1.0.1,10.2.0.5,80;443,a,2027-03-31\n"
    assert [each.id for each in read_links(two.encode())[0]] == ["x-1", "x-2"]


def test_a_my_number_is_refused_in_a_list_and_an_address_is_none() -> None:
    told = "id,source,destination,ports,reason,valid_until\nx,192.168.100.101,10.2.0.5,80,1234-5678-9018,2027-03-31\n"
    links, faulty = read_links(told.encode())
    assert links == []
    assert [fault.field for each in faulty for fault in each.faults] == ["reason"]


def test_the_shipped_classes_stand_side_by_side() -> None:
    classes = read_information_toml(SHIPPED.read_bytes())
    register, on = Register(classes), date(2026, 4, 1)
    assert {each.scheme for each in classes} == {"自治体機密性", "機密性", "重要性"}
    assert register.demand("kimitsu-3", Handling.move, on, to_tier="internet") is Demand.forbidden
    assert register.demand("juyo-1", Handling.move, on, to_tier="lgwan") is Demand.two_approvals
    assert register.demand("3a", Handling.take_out, on) is Demand.forbidden
    assert register.demand("1", Handling.move, on, to_tier="internet") is Demand.free


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("classes = 1", "classes"),
        ("[[classes]]\nid = 'A'", "classes.0.id"),
        ("x = '123456789018'", "file"),
        ("[", "file"),
    ],
)
def test_each_wrong_field_of_the_classes_is_named(text: str, named: str) -> None:
    with pytest.raises(InformationFileError) as raised:
        read_information_toml(text.encode())
    assert named in {fault.field for fault in raised.value.faults}
