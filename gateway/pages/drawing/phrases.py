"""What pages say in one language: words, dates, ages, a tap's result and what to do about it."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Protocol

from domain.civil import JST, format_era
from gateway.pages.records.tap_view import Note, TapView
from gateway.pages.words import Language, say, say_or


class Bilingual(Protocol):
    """Whatever bears a Japanese and an English name."""

    @property
    def name(self) -> str:
        """The Japanese one."""

    @property
    def name_en(self) -> str:
        """The English one."""


class Named(Bilingual, Protocol):
    """What is known by an id, too: what a site describes, facilities, rooms, keys."""

    @property
    def id(self) -> str:
        """What it is known by."""


@dataclass(frozen=True, slots=True)
class Phrases:
    """The phrases of one language; templates know it as ``p``, and :meth:`say` as ``t``."""

    language: Language

    @property
    def comma(self) -> str:
        """Give what lies between the names of a list."""
        return "、" if self.language is Language.ja else ", "

    @property
    def dot(self) -> str:
        """Give what lies between things that are told side by side."""
        return "・" if self.language is Language.ja else " · "

    def say(self, key: str, **names: object) -> str:
        """Give a key's text."""
        return say(self.language, key, **names)

    def say_or(self, key: str, otherwise: str) -> str:
        """Give a key's text, or ``otherwise`` for a word this version does not know yet."""
        return say_or(self.language, key, otherwise)

    def name_of(self, thing: Bilingual) -> str:
        """Give a thing's name."""
        return thing.name if self.language is Language.ja else thing.name_en

    def day(self, on: date, seen_on: date | None = None) -> str:
        """Write a date with its weekday: ``11月13日（木）`` or ``Thu 13 November``; seen in another year, with it."""
        weekday, has_year = self.weekday(on), seen_on is not None and seen_on.year != on.year
        if self.language is Language.en:
            month = self.say(f"calendar.month_{on.month}")
            return f"{weekday} {on.day} {month} {on.year}" if has_year else f"{weekday} {on.day} {month}"
        return f"{on.year}年{on.month}月{on.day}日（{weekday}）" if has_year else f"{on.month}月{on.day}日（{weekday}）"

    def weekday(self, on: date) -> str:
        """Write the weekday in short."""
        return self.say(f"calendar.weekday_{on.weekday()}")

    def month(self, first_on: date) -> str:
        """Write a month: ``令和7年（2025年）11月`` or ``November 2025``."""
        if self.language is Language.en:
            return f"{self.say(f'calendar.month_{first_on.month}')} {first_on.year}"
        era_year = format_era(first_on).partition("年")[0]
        return f"{era_year}年（{first_on.year}年）{first_on.month}月"

    def yen(self, yen: int) -> str:
        """Write an amount: ``12,300円`` or ``¥12,300``; what is less than 0 with a minus."""
        sign, text = "−" if yen < 0 else "", f"{abs(yen):,}"
        return f"{sign}¥{text}" if self.language is Language.en else f"{sign}{text}円"

    def age(self, at: datetime, now: datetime) -> str:
        """Write how long ago an instant was, in the largest unit that says something."""
        seconds = max(0, int((now - at).total_seconds()))
        for unit, length in (("days", 86400), ("hours", 3600), ("minutes", 60)):
            if seconds >= length:
                return self.say(f"age.{unit}", n=seconds // length)
        return self.say("age.now")

    def length(self, since: datetime, now: datetime) -> str:
        """Write for how long something has lasted, in the largest unit that says something."""
        minutes = max(0, int((now - since).total_seconds())) // 60
        for unit, length in (("days", 1440), ("hours", 60)):
            if minutes >= length:
                return self.say(f"length.{unit}", n=minutes // length)
        return self.say("length.minutes", n=minutes)

    def until(self, at: datetime, now: datetime) -> str:
        """Write an instant to come to the minute, never too early, with the date when it is not today."""
        local, today = (at + timedelta(seconds=59)).astimezone(JST), now.astimezone(JST).date()
        clock = local.strftime("%H:%M")
        return clock if local.date() == today else f"{self.day(local.date(), today)} {clock}"

    def moment(self, at: datetime, now: datetime) -> str:
        """Write a time of today, with the date when it was not today."""
        local, today = at.astimezone(JST), now.astimezone(JST).date()
        clock = local.strftime("%H:%M:%S")
        return clock if local.date() == today else f"{self.day(local.date(), today)} {clock}"

    def result(self, reason: str, *, granted: bool) -> str:
        """Write a verdict in words: 許可, or why not."""
        return self.say("reason.granted") if granted else self.say_or(f"reason.{reason}", reason)

    def result_of(self, tap: TapView) -> str:
        """Write a tap's result in words."""
        if tap.result == "unread":
            return self.say_or(f"unread.{tap.word}", tap.word)
        return self.result(tap.line.reason, granted=tap.line.granted)

    def note(self, note: Note) -> str:
        """Write a fact that bore on a decision."""
        names = self.say("situation.and").join(self.name_of(thing) for thing in note.things)
        return self.say(f"situation.{note.key}", names=names, n=note.number)

    def todo(self, tap: TapView) -> str:
        """Write what to do about a refused tap or a failed read; nothing about a granted one."""
        if tap.result == "granted":
            return ""
        return self.say_or(f"{'unread_todo' if tap.result == 'unread' else 'todo'}.{tap.word}", "")
