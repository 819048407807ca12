"""Messages that are due leave by each way that the settings know."""

from collections.abc import Callable, Mapping
from contextlib import ExitStack, closing
from datetime import datetime

from contract.message_words import LANGUAGES, MessageWords, load_message_words
from store.tx import Store
from sync.notify.line_works import LineWorksWay
from sync.notify.mail import MailWay
from sync.notify.post_round import PostRound
from sync.notify.settings import NotifySettings
from sync.notify.way import Way
from sync.notify.webhook import WebhookWay


def deliver_messages(store: Store, settings: NotifySettings, now: Callable[[], datetime]) -> Mapping[str, int]:
    """Send everything that is due and belongs to no digest; gives how many letters came to which outcome."""
    return run_post(store, settings, now, digest=False)


def run_post(store: Store, settings: NotifySettings, now: Callable[[], datetime], *, digest: bool) -> Mapping[str, int]:
    """Open the ways of the settings, send what is due, and give the connections back."""
    words: dict[str, MessageWords] = {language: load_message_words(language) for language in LANGUAGES}
    with ExitStack() as opened:
        ways = {name: opened.enter_context(closing(way)) for name, way in open_ways(settings, now).items()}
        return PostRound(store, now, ways, words, settings.site_url).run(digest=digest)


def open_ways(settings: NotifySettings, now: Callable[[], datetime]) -> dict[str, Way]:
    """Give the ways that the settings know, by name; each connects at its first letter."""
    ways: dict[str, Way] = {}
    if settings.mail is not None:
        ways["mail"] = MailWay(settings.mail)
    if settings.line_works is not None:
        ways["line_works"] = LineWorksWay(settings.line_works, now)
    if settings.webhook is not None:
        ways["webhook"] = WebhookWay(settings.webhook, now)
    return ways
