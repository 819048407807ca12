"""The doctor on what a broker keeps: sessions, retained messages, wills, and what its acknowledgement is worth.

Sekisho rests on none of its memory for records (a device keeps them until the centre's signed receipt), so a queue that
overflows or a window that is not kept is noted, not wrong. Wills, retained pointers and ended sessions it does use.
"""

from datetime import timedelta

from contract import topics
from domain.ids import DeviceId
from sekisho.doctor_findings import Finding, Mark, judge
from sekisho.doctor_peer import Address, Papers, Peer, Will

KEEP = timedelta(seconds=60)
SHORT = timedelta(seconds=1)
WILL_DELAY = timedelta(seconds=2)
QUIET_SECONDS = 1.0
WINDOW = 10


def examine_retained(address: Address, centre: Papers, device: Papers, other: Papers) -> list[Finding]:
    """Keep a message for a device: it must find it later, another must not, and it must go when it is cleared."""
    topic = topics.receipt(DeviceId(device.name))  # nothing lawful is ever retained there
    with Peer(address, centre) as speaker:
        speaker.publish(topic, b"doctor kept", retain=True)
        try:
            kept, leaked = _first(address, device, topic), _first(address, other, topic)
        finally:
            speaker.publish(topic, b"", retain=True)
        left = _first(address, device, topic)
    return [
        judge(
            "保持メッセージ retained messages",
            kept == b"doctor kept" and left is None,
            "残り、消せる kept until cleared" if kept and left is None else "残らない not kept",
            "retain_available true",
        ),
        judge(
            "保持メッセージは他者に見えない hidden from others",
            leaked is None,
            "見えない hidden" if leaked is None else f"{other.name} に見える shown to it",
            "acl_file: topic read を本人だけに / give topic read to that device alone; check_retain_source true",
        ),
    ]


def _first(address: Address, client: Papers, topic: str) -> bytes | None:
    with Peer(address, client) as peer:
        peer.subscribe(topic)
        peer.hears(lambda: len(peer.received) > 0, QUIET_SECONDS)
        peer.settle(topic)
        return peer.received[0][1] if peer.received else None


def examine_will(address: Address, centre: Papers, device: Papers) -> list[Finding]:
    """Cut a device's connection: its will must be said, a delayed one later, and not at all when it comes back."""
    topic = topics.status(DeviceId(device.name))
    with Peer(address, centre) as hearer:
        hearer.subscribe(topic)
        with Peer(address, device, will=Will(topic, b"doctor gone")) as peer:
            peer.cut()
        said = hearer.hears(lambda: (topic, b"doctor gone") in hearer.received)
        with Peer(address, device, keep=KEEP, will=Will(topic, b"doctor late", WILL_DELAY)) as peer:
            peer.cut()
        early = hearer.hears(lambda: (topic, b"doctor late") in hearer.received, QUIET_SECONDS / 2)
        late = hearer.hears(lambda: (topic, b"doctor late") in hearer.received)
        with Peer(address, device, keep=KEEP, will=Will(topic, b"doctor back", WILL_DELAY)) as peer:
            peer.cut()
        with Peer(address, device, clean=False, keep=KEEP):
            spoken = hearer.hears(lambda: (topic, b"doctor back") in hearer.received, WILL_DELAY.total_seconds() + 1)
        _forget(address, device)
    return [
        judge(
            "遺言 the will is said",
            said,
            "届いた heard" if said else "届かない not heard",
            "acl_file: topic write を状態の話題に / give the device topic write on its status topic",
        ),
        judge(
            "遅らせた遺言 a delayed will",
            late and not early and not spoken,
            "遅れて届き、戻れば届かない late, and not at all on return"
            if late and not early and not spoken
            else "遅れを守らない the delay is not kept",
            "MQTT 5 の Will Delay Interval を守るブローカーに / use a broker that keeps MQTT 5's will delay",
            otherwise=Mark.noted,
        ),
    ]


def examine_sessions(address: Address, device: Papers) -> list[Finding]:
    """Leave sessions behind: one that is to last must be found again, one that is over must be gone."""
    with Peer(address, device, keep=KEEP):
        pass
    with Peer(address, device, clean=False, keep=SHORT) as peer:
        lasts = peer.session_present
    with Peer(address, device, clean=False, keep=timedelta(0)) as peer:
        pass
    with Peer(address, device, clean=False) as peer:
        ends = not peer.session_present
    return [
        judge(
            "続くセッション a session that is to last",
            lasts,
            "残った found again" if lasts else "残らない gone",
            "persistent_client_expiration を長く / make it longer, or unset it",
            otherwise=Mark.noted,
        ),
        judge(
            "終わるセッション a session that is over",
            ends,
            "消えた gone" if ends else "残っている still there: a command could come late",
            "MQTT 5 の Session Expiry Interval 0 を守るブローカーに / use a broker that keeps session expiry 0",
        ),
    ]


def examine_acknowledgement(address: Address, centre: Papers, device: Papers, messages: int) -> Finding:
    """Publish to a device that is away but has a session, and count what is still there when it comes back."""
    topic = topics.receipt(DeviceId(device.name))
    with Peer(address, device, keep=KEEP) as hearer:
        hearer.subscribe(topic)
    with Peer(address, centre) as speaker:
        acknowledged = speaker.publish_many(topic, [b"doctor %d" % number for number in range(messages)])
    with Peer(address, device, clean=False) as hearer:
        delivered = hearer.drain(QUIET_SECONDS)
    _forget(address, device)
    return judge(
        "受領の返事の値打ち what an acknowledgement is worth",
        delivered >= acknowledged,
        f"受領 {acknowledged:,} 件、配達 {delivered:,} 件 acknowledged {acknowledged:,}, delivered {delivered:,}",
        "受領は保管ではない。関所の機器は署名付き受領まで記録を手放さないので失わない。"
        "増やすなら max_queued_messages・max_queued_bytes"
        " / an acknowledgement is no storage; Sekisho's devices keep a record until the signed receipt."
        " For more: max_queued_messages, max_queued_bytes",
        otherwise=Mark.noted,
    )


def examine_window(address: Address, centre: Papers, device: Papers) -> Finding:
    """Ask for at most ten unacknowledged messages at a time, and count what comes, before and after acknowledging."""
    topic = topics.receipt(DeviceId(device.name))
    with (
        Peer(address, device, receive_maximum=WINDOW, acknowledges=False) as hearer,
        Peer(address, centre) as speaker,
    ):
        hearer.subscribe(topic)
        speaker.publish_many(topic, [b"doctor %d" % number for number in range(10 * WINDOW)])
        hearer.hears(lambda: len(hearer.received) > WINDOW, QUIET_SECONDS)
        first = len(hearer.received)
        hearer.acknowledge(WINDOW)
        hearer.hears(lambda: len(hearer.received) > 2 * WINDOW, QUIET_SECONDS)
        second = len(hearer.received) - first
    return judge(
        "受信上限 receive maximum",
        first <= WINDOW and second <= WINDOW,
        f"{WINDOW} に対し {first}、確認後 {second} 件 with {WINDOW} asked for: {first}, then {second}",
        "mosquitto 2.0 は守らない（2.1 以降か max_inflight_messages）。関所は自ら量を限る"
        " / mosquitto 2.0 does not keep it (2.1 or later, or max_inflight_messages); Sekisho bounds its own memory",
        otherwise=Mark.noted,
    )


def _forget(address: Address, client: Papers) -> None:
    with Peer(address, client):  # a clean start ends the session that was left behind
        pass
