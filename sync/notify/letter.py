"""Messages become letters: one each, or one digest of many. Pure."""

from collections.abc import Sequence

from contract.message_words import MessageWords
from store.deliveries import DueDelivery
from sync.notify.way import Letter

DIGEST = "digest"
DIGEST_MAX = 100
"""Messages told one by one in a digest; the rest is counted."""


def write_letter(due: DueDelivery, words: MessageWords, site_url: str) -> Letter:
    """Give the letter of one message; ``site_url`` is where the pages are, without a slash at its end.

    Raises:
        KeyError: the message is of a kind without words.
    """
    said = words.say(due.message)
    link = f"{site_url}{due.message.link}"
    return Letter(
        id=f"msg_{due.key.message_id}_{due.key.way}",
        target=due.target,
        kind=due.message.kind,
        title=said.title,
        text=f"{said.body}\n\n{words.open}: {link}\n",
        short=said.short,
        link=link,
        created_at=due.created_at,
    )


def write_digest(dues: Sequence[DueDelivery], words: MessageWords, site_url: str) -> Letter:
    """Give the one letter of a person's messages on a way; its id names the last of them.

    Raises:
        KeyError: a message is of a kind without words.
    """
    last = max(dues, key=lambda due: due.key.message_id)
    title, short = words.say_digest(len(dues))
    lines = [f"・{words.say(due.message).body}\n  {site_url}{due.message.link}" for due in dues[:DIGEST_MAX]]
    if len(dues) > DIGEST_MAX:
        lines.append(f"… +{len(dues) - DIGEST_MAX}")
    link = f"{site_url}/messages"
    text = "\n".join([short, "", *lines, "", f"{words.open}: {link}", ""])
    return Letter(
        id=f"dig_{last.key.message_id}_{last.key.way}",
        target=last.target,
        kind=DIGEST,
        title=title,
        text=text,
        short=short,
        link=link,
        created_at=last.created_at,
    )
