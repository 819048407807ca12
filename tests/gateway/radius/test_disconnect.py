"""Ending sessions on switches: obeyed, gone already, refused, silent; a thousand at once over a bad line."""

import asyncio
from collections.abc import Coroutine
from datetime import UTC, datetime, timedelta
from typing import Any, Self

from pyrad.packet import CoAPacket, CoARequest

from contract.radius_attributes import Attribute, ErrorCause
from domain.zones.tier_session import SessionAct
from emulation.nas import EmulatedSwitch
from gateway.radius.disconnect import Disconnector, Outcome, Switch, Target

SECRET = b"between the gateway and one switch"


def clock() -> datetime:
    return datetime(2025, 11, 20, 1, tzinfo=UTC)


def target(session: str = "s-1", station: str = "02-00-00-00-00-01") -> Target:
    return Target({Attribute.acct_session_id: session, Attribute.calling_station_id: station})


def run(of: Coroutine[Any, Any, None]) -> None:
    asyncio.run(of)


class Lab:
    """A switch with one session, and whoever disconnects."""

    def __init__(self, *, secret: bytes = SECRET, ahead: timedelta = timedelta()) -> None:
        self.secret = secret
        self.switch = EmulatedSwitch(SECRET, clock, seed=1)
        self.switch.sessions["s-1"] = "02-00-00-00-00-01"
        self._ahead = ahead

    async def __aenter__(self) -> Self:
        self.port = await self.switch.listen()
        self.disconnector = await Disconnector.open(lambda: clock() + self._ahead, bind="127.0.0.1")
        return self

    async def __aexit__(self, *_: object) -> None:
        self.disconnector.close()
        self.switch.close()

    async def cut(self, of: Target) -> Outcome:
        return await self.disconnector.cut(Switch("sw-1", "127.0.0.1", self.port, self.secret), of)


def test_a_session_is_ended_and_what_is_gone_is_told_apart() -> None:
    async def go() -> None:
        async with Lab() as lab:
            assert await lab.cut(target()) == Outcome(SessionAct.obeyed, 1)
            assert lab.switch.sessions == {}
            assert await lab.cut(target("s-2")) == Outcome(SessionAct.unknown, 1, 503)

    run(go())


def test_a_switch_that_refuses_says_why() -> None:
    async def go() -> None:
        async with Lab() as lab:
            lab.switch.faults.refuses = ErrorCause.session_context_not_removable
            assert await lab.cut(target()) == Outcome(SessionAct.refused, 1, 504)
            assert lab.switch.sessions

    run(go())


def test_a_silent_switch_is_told_three_times() -> None:
    async def go() -> None:
        async with Lab() as lab:
            lab.switch.faults.silent = True
            assert await lab.cut(target()) == Outcome(SessionAct.unanswered, 3)
            assert lab.switch.seen.requests == 3

    run(go())


def test_nobody_obeys_a_wrong_secret_or_a_stale_word() -> None:
    async def go() -> None:
        for lab in (Lab(secret=b"another"), Lab(ahead=timedelta(seconds=-400))):
            async with lab:
                assert (await lab.cut(target())).act is SessionAct.unanswered
                assert lab.switch.sessions

    run(go())


def test_an_answer_signed_by_another_secret_counts_for_nothing() -> None:
    class Liar(asyncio.DatagramProtocol):
        def connection_made(self, transport: Any) -> None:
            self.transport = transport

        def datagram_received(self, data: bytes, addr: Any) -> None:
            forged = CoAPacket(secret=b"another", packet=data).CreateReply()
            for junk in (b"", data[:1], data[:2], b"\xff" * 40, data, forged.ReplyPacket()):
                self.transport.sendto(junk, addr)

    async def go() -> None:
        async with Lab() as lab:
            transport, _ = await asyncio.get_running_loop().create_datagram_endpoint(Liar, local_addr=("127.0.0.1", 0))
            liar = Switch("sw-2", "127.0.0.1", transport.get_extra_info("sockname")[1], SECRET)
            assert (await lab.disconnector.cut(liar, target())).act is SessionAct.unanswered
            transport.close()

    run(go())


def test_a_thousand_sessions_end_over_a_line_that_loses_and_delays() -> None:
    async def go() -> None:
        async with Lab() as lab:
            lab.switch.sessions = {f"s-{n}": f"02-00-00-00-{n // 256:02x}-{n % 256:02x}" for n in range(1000)}
            lab.switch.faults.lost, lab.switch.faults.delay_seconds = 0.05, 0.005
            told = [target(id_, station) for id_, station in lab.switch.sessions.items()]
            found = await asyncio.gather(*(lab.cut(each) for each in told))
            silent = sum(each.act is SessionAct.unanswered for each in found)
            assert {each.act for each in found} <= {SessionAct.obeyed, SessionAct.unanswered}
            assert silent <= 10  # each of three tries is lost one time in ten
            assert len(lab.switch.sessions) <= silent

    run(go())


def test_a_coa_is_refused_as_real_switches_do() -> None:
    async def go() -> None:
        async with Lab() as lab:
            request = CoAPacket(code=CoARequest, secret=SECRET)
            request[int(Attribute.event_timestamp)] = [int(clock().timestamp()).to_bytes(4, "big")]
            request.add_message_authenticator()
            got: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()

            class Asker(asyncio.DatagramProtocol):
                def datagram_received(self, data: bytes, addr: Any) -> None:
                    got.set_result(data)

            transport, _ = await asyncio.get_running_loop().create_datagram_endpoint(
                Asker, remote_addr=("127.0.0.1", lab.port)
            )
            transport.sendto(request.RequestPacket())
            reply = CoAPacket(secret=SECRET, packet=await asyncio.wait_for(got, 5))
            assert reply[int(Attribute.error_cause)] == [ErrorCause.unsupported_attribute.to_bytes(4, "big")]
            transport.close()

    run(go())
