"""When to send which records: the sender's state and its steps, pure.

Theory of operation. Records leave strictly in seq order, for the centre stores a contiguous prefix. ``sent`` runs ahead
of ``confirmed`` by at most WINDOW_RECORDS; a receipt moves ``confirmed``. With no progress for STALL_SECONDS everything
behind ``confirmed`` is sent again (go-back-N). Each stall in a row and each refusal makes the sender wait longer, by
chance in a range, so that a hundred boxes do not come back at once. Nothing here ever gives a record up.
"""

from collections import deque
from dataclasses import dataclass, replace

from contract.batch import Mode

WINDOW_RECORDS = 1000
BATCH_RECORDS = 200
BATCH_BYTES = 64 * 1024
STALL_SECONDS = 2.0
LIVE_SECONDS = 5.0
"""A batch is live only if each of its records was written by this process within the last so many seconds."""

BACK_OFF_SECONDS_MAX = 60.0
REFUSED_SECONDS = 30.0
REFUSED_SECONDS_MAX = 900.0


@dataclass(frozen=True, slots=True)
class Sender:
    """What the sender knows. Times are monotonic seconds."""

    confirmed: int
    sent: int
    connected: bool = False
    progress_mono: float = 0.0
    hold_until_mono: float = 0.0
    stalls: int = 0
    refusals: int = 0


@dataclass(frozen=True, slots=True)
class Wanted:
    """The next batch: records behind ``after_seq``, at most ``limit`` of them."""

    after_seq: int
    limit: int


def decide_batch(sender: Sender, last_seq: int, mono: float) -> Wanted | None:
    """Give what should leave now, or None; ``last_seq`` is the last record written."""
    room = min(WINDOW_RECORDS - (sender.sent - sender.confirmed), BATCH_RECORDS)
    if not sender.connected or mono < sender.hold_until_mono or sender.sent >= last_seq or room <= 0:
        return None
    return Wanted(sender.sent, room)


def step_sent(sender: Sender, last_seq: int, mono: float) -> Sender:
    """The records through ``last_seq`` were handed to the transport."""
    idle = sender.sent == sender.confirmed
    return replace(sender, sent=last_seq, progress_mono=mono if idle else sender.progress_mono)


def step_receipt(sender: Sender, upto_seq: int, mono: float) -> Sender:
    """The centre holds the records through ``upto_seq``; fewer than before means that it lost some."""
    if upto_seq == sender.confirmed:
        return sender
    sent = max(sender.sent, upto_seq) if upto_seq > sender.confirmed else upto_seq
    return replace(
        sender, confirmed=upto_seq, sent=sent, progress_mono=mono, hold_until_mono=mono, stalls=0, refusals=0
    )


def step_time(sender: Sender, mono: float, chance: float) -> Sender:
    """Go back to the confirmed record if nothing was confirmed for too long; ``chance`` is random in 0..1."""
    if not sender.connected or sender.sent == sender.confirmed or mono - sender.progress_mono < STALL_SECONDS:
        return sender
    # The first stall is most often one lost message: that is sent again at once.
    pause = back_off_seconds(sender.stalls, chance) if sender.stalls else 0.0
    return replace(
        sender,
        sent=sender.confirmed,
        stalls=sender.stalls + 1,
        hold_until_mono=max(sender.hold_until_mono, mono + pause),
    )


def step_connected(sender: Sender, mono: float) -> Sender:
    """A connection stands: what was under way on the last one counts as unsent."""
    return replace(sender, connected=True, sent=sender.confirmed, progress_mono=mono)


def step_disconnected(sender: Sender) -> Sender:
    """The connection is gone."""
    return replace(sender, connected=False, sent=sender.confirmed)


def step_refused(sender: Sender, mono: float, chance: float) -> Sender:
    """The centre or the broker refused a batch: wait long, and longer each time."""
    pause = min(REFUSED_SECONDS * 2.0**sender.refusals, REFUSED_SECONDS_MAX) * (0.5 + chance / 2)
    return replace(sender, sent=sender.confirmed, refusals=sender.refusals + 1, hold_until_mono=mono + pause)


def step_overloaded(sender: Sender, seconds: float, mono: float, chance: float) -> Sender:
    """The centre asks for a pause of ``seconds``."""
    pause = max(seconds, back_off_seconds(sender.stalls, chance))
    return replace(sender, sent=sender.confirmed, stalls=sender.stalls + 1, hold_until_mono=mono + pause)


def back_off_seconds(failures: int, chance: float) -> float:
    """Give how long to wait after so many failures in a row: 1 s doubling to a minute, half of it by chance."""
    return min(2.0 ** min(failures, 10), BACK_OFF_SECONDS_MAX) * (0.5 + chance / 2)


class Freshness:
    """Remembers which records this process wrote within the last LIVE_SECONDS.

    The monotonic clock judges, so a wall clock that jumps cannot make a backlog look live.
    """

    def __init__(self) -> None:
        self._writes: deque[tuple[int, float]] = deque()

    def wrote(self, first_seq: int, mono: float) -> None:
        """Records from ``first_seq`` on were written at ``mono``."""
        self._writes.append((first_seq, mono))

    def mode_of(self, first_seq: int, mono: float) -> Mode:
        """Give how a batch beginning with ``first_seq`` is marked at ``mono``."""
        while self._writes and mono - self._writes[0][1] > LIVE_SECONDS:
            self._writes.popleft()
        return "live" if self._writes and first_seq >= self._writes[0][0] else "catch_up"
