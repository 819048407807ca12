"""The doctor at the broker's door: who is let in, under which name, and what it says of itself."""

from contract import topics
from contract.batch import BYTES_MAX
from domain.ids import DeviceId
from sekisho.doctor_findings import Finding, Mark, judge
from sekisho.doctor_peer import Address, DoctorError, Papers, Peer

_TAKEN = (0, 16)
_TO_ENTER = "cafile, require_certificate true, use_identity_as_username true"


def examine_entry(address: Address, device: Papers) -> list[Finding]:
    """Connect with MQTT 5 over TLS, and without a certificate.

    Raises:
        DoctorError: the device's certificate does not get in, so that nothing else can be examined.
    """
    with Peer(address, device) as peer:
        if peer.refused is not None:
            raise DoctorError(
                f"{device.name}: MQTT 5・相互TLSで入れません（{peer.refused}）。{_TO_ENTER} を確かめてください"
                f" / not let in with MQTT 5 over mutual TLS; look at {_TO_ENTER}"
            )
        offers = ", ".join(f"{name} {value}" for name, value in sorted(peer.offers.items())) or "–"
    with Peer(address, None) as nobody:
        outside = nobody.refused is not None or not nobody.is_connected
    return [
        Finding("MQTT 5・相互TLS mutual TLS", Mark.right, f"接続 connected; {offers}"),
        judge(
            "証明書のない相手 a client without a certificate",
            outside,
            "入れない kept out" if outside else "入れる let in",
            "require_certificate true; allow_anonymous false",
        ),
    ]


def examine_names(address: Address, victim: Papers, liar: Papers) -> list[Finding]:
    """Connect with one certificate under the other's client id: it must neither displace it nor act for it."""
    own, theirs = topics.status(DeviceId(liar.name)), topics.status(DeviceId(victim.name))
    with Peer(address, victim) as first, Peer(address, liar, client_id=victim.name) as second:
        let_in = second.refused is None
        says_theirs = let_in and second.publish(theirs, b"") in _TAKEN
        says_own = not let_in or second.publish(own, b"") in _TAKEN
        displaced = first.hears(lambda: not first.is_connected, 1.0)
    change = "use_identity_as_username true; use_username_as_clientid true"
    return [
        judge(
            "クライアントIDは証明書の名 client id = certificate's name",
            not displaced,
            "他者を押し出せる another can be displaced" if displaced else "他者を押し出せない displaces nobody",
            change,
        ),
        judge(
            "権限は証明書の名による rights go by the certificate",
            says_own and not says_theirs,
            "クライアントIDで権限が変わる rights follow the client id"
            if says_theirs or not says_own
            else "正しい so it is",
            f"{change}; ACL: user / pattern %u、%c は使わない / and %u, never %c",
        ),
    ]


def examine_sizes(address: Address, centre: Papers, device: Papers) -> list[Finding]:
    """Send the largest batch, one a little larger that the centre must be able to refuse, and a flood."""
    topic = topics.receipt(DeviceId(device.name))
    with Peer(address, device) as hearer, Peer(address, centre) as speaker:
        hearer.subscribe(topic)
        taken = speaker.publish(topic, bytes(BYTES_MAX + 1))
        arrives = taken in _TAKEN and hearer.hears(lambda: len(hearer.received) > 0)
    with Peer(address, centre) as speaker:
        flood = speaker.publish(topic, bytes(8 * BYTES_MAX))
    return [
        judge(
            "最大の束が届く the largest batch arrives",
            arrives,
            f"{BYTES_MAX + 1:,} B: {'届いた arrived' if arrives else '届かない did not arrive'}",
            f"max_packet_size {4 * BYTES_MAX} または 0 / or 0; message_size_limit 0",
        ),
        judge(
            "洪水を止める a flood is stopped",
            flood not in _TAKEN,
            f"{8 * BYTES_MAX:,} B: {'受け取った taken' if flood in _TAKEN else '止めた stopped'}",
            f"max_packet_size {4 * BYTES_MAX}",
            otherwise=Mark.noted,
        ),
    ]
