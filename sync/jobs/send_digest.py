"""The daily digest: what a person wants to hear once a day leaves as one letter a way."""

from collections.abc import Callable, Mapping
from datetime import datetime

from store.tx import Store
from sync.jobs.deliver_messages import run_post
from sync.notify.settings import NotifySettings


def send_digest(store: Store, settings: NotifySettings, now: Callable[[], datetime]) -> Mapping[str, int]:
    """Send each person's due digest; gives how many letters came to which outcome."""
    return run_post(store, settings, now, digest=True)
