"""What the choices of a form say: differences and taps, kinds of reason, places, what is left of leave. Pure."""

from datetime import date

from domain.attendance.divergence import Divergence
from domain.attendance.elsewhere import ElsewhereKind
from domain.attendance.facts import Direction, Punch
from domain.attendance.leave_minutes import LeaveAmount
from domain.attendance.requests import Explanation, divergence_subject
from domain.attendance.spans import minute_from
from domain.civil import format_clock, format_h_mm
from gateway.pages.drawing.phrases import Phrases
from gateway.pages.requests.asked_day import AskedDay
from gateway.pages.requests.form_filling import write_tap_of
from gateway.pages.words import Language

Choice = tuple[str, str]
"""What is sent, and what it says."""

_HOUR = 60


def list_differences(day: AskedDay, phrases: Phrases) -> tuple[Choice, ...]:
    """Give the divergences of a day that can be explained, the longest first."""
    ordered = sorted(day.unanswered, key=lambda each: -each.minutes)
    return tuple((divergence_subject(day.on, each), tell_difference(each, phrases)) for each in ordered)


def tell_difference(divergence: Divergence, phrases: Phrases) -> str:
    """Say a divergence with its minutes and its ends."""
    text = phrases.say_or(f"divergence.{divergence.kind}.title", divergence.kind)
    if not divergence.minutes:
        return text
    text = f"{text} {phrases.say('month.minutes', n=divergence.minutes)}"
    if divergence.from_minute is None or divergence.to_minute is None:
        return text
    ends = f"{format_clock(divergence.from_minute)}–{format_clock(divergence.to_minute)}"
    return f"{text}（{ends}）" if phrases.language is Language.ja else f"{text} ({ends})"


def list_taps(day: AskedDay, phrases: Phrases) -> tuple[Choice, ...]:
    """Give the taps of a day that count now: when, where and in which direction."""
    return tuple((write_tap_of(day, punch), _tell_tap(day, punch, phrases)) for punch in day.countable_taps)


def _tell_tap(day: AskedDay, punch: Punch, phrases: Phrases) -> str:
    point = next((tap.point for tap in day.row.taps if tap.ref == punch.ref), None)
    direction = "" if punch.direction is Direction.none else phrases.say(f"asking.direction_{punch.direction}")
    place = "" if point is None else phrases.name_of(point)
    return " ".join(filter(None, (format_clock(minute_from(day.on, punch.minute)), direction, place)))


def list_explanations(phrases: Phrases) -> tuple[Choice, ...]:
    """Give the kinds of reason for a divergence."""
    return tuple((each.value, phrases.say(f"explanation.{each}")) for each in Explanation)


def list_places(phrases: Phrases) -> tuple[Choice, ...]:
    """Give where hours may be spent elsewhere."""
    return tuple((each.value, phrases.say(f"elsewhere.{each}")) for each in ElsewhereKind)


def list_offers(day: AskedDay, phrases: Phrases) -> tuple[Choice, ...]:
    """Give the months whose overtime gives hours off on this day."""
    return tuple(
        (
            period,
            phrases.say(
                "asking.offer",
                month=phrases.month(date.fromisoformat(f"{period}-01")),
                hours=format_h_mm(offer.minutes),
                last=phrases.day(offer.last_on),
            ),
        )
        for period, offer in day.offers.items()
    )


def tell_amount(amount: LeaveAmount, phrases: Phrases) -> str:
    """Say an amount of leave: ``12日3時間45分``; nothing left is said as such."""
    parts = {
        "asking.amount_days": amount.days,
        "asking.amount_hours": amount.minutes // _HOUR,
        "asking.amount_minutes": amount.minutes % _HOUR,
    }
    told = [phrases.say(key, n=number) for key, number in parts.items() if number]
    return "".join(told).strip() or phrases.say("asking.amount_none")
