"""A fleet's re-key: card after card is given newer keys, proven, and written down before the next one is asked for.

What is interrupted is completed by running it again: a torn card by itself tells how far it is, and a card that is done
but was not written down is recognised, proven and written down.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from contract.tokens import credential_token
from readers.cards.desk import DeskRefusedError, DeskTechnology
from readers.cards.port import CardChannel, NotGenuineError
from readers.drivers.port import ReaderHealth, ReadTrouble
from readers.keys.labels import VERSION_MIN
from sekisho.card_desk import News
from sekisho.card_register import CardRegister, IssuedCard
from sekisho.card_words import health_words, trouble_words

Outcome = Literal["rekeyed", "written_down", "known", "refused"]
"""``rekeyed`` it carries the new version since now; ``written_down`` it did before, and the register learnt it now;
``known`` nothing was new; ``refused`` it is none of ours, or not as it should be."""


@dataclass(frozen=True, slots=True)
class Step:
    """What became of one card: ``card`` as it stands in the register now, or None, and words for the desk."""

    outcome: Outcome
    card: IssuedCard | None
    words: str


def rekey_card(
    channel: CardChannel, desk: DeskTechnology, register: CardRegister, site_key: bytes, version: int
) -> Step:
    """Re-key one card and write it down; only then it counts as done.

    Args:
        channel: the card.
        desk: the technology.
        register: what was issued.
        site_key: makes tokens of numbers.
        version: the version that all are to carry.

    Raises:
        CardLeftError, GarbledAnswerError: torn; the same call on the same card completes what was begun.
        RefusedCardError: its number is random or emulated, or two cards lie there.
        KeyUnavailableError: a master cannot be used.
        ReaderError: the reader failed.
        OSError: the register cannot be written.
    """
    try:
        done = desk.rekey(channel, version, versions_to_try(register, desk, version))
    except DeskRefusedError as error:
        return Step("refused", None, str(error))
    except NotGenuineError as error:
        return Step("refused", None, f"鍵が合わないカードです / the card's keys are not as they should be: {error}")
    token = credential_token(site_key, done.reading.technology, done.reading.identifier)
    before = register.find(token)
    card = register.enter(IssuedCard(token, desk.technology, version, ""))
    name = card.label or f"{token[:8]}…"
    if done.changed:
        addition = "" if before else "（台帳になかったので加えました / was not in the register, added）"
        return Step("rekeyed", card, f"{name}: 版 {version} にしました / now version {version}{addition}")
    if before == card:
        return Step("known", card, f"{name}: 済んでいます / done before")
    return Step("written_down", card, f"{name}: 済んでいたので台帳に書きました / done before, written down now")


def versions_to_try(register: CardRegister, desk: DeskTechnology, version: int) -> Sequence[int]:
    """Give the versions that a torn card may have had, newest first: those of the register, else all lower ones."""
    entered = {card.key_version for card in register.behind(desk.technology, version)}
    return sorted(entered or range(VERSION_MIN, version), reverse=True)


def follow_rekey(
    news: Iterable[News[Step]], behind: Sequence[IssuedCard], say: Callable[[str], None]
) -> Iterator[IssuedCard]:
    """Say what happens at the desk, and give each card of ``behind`` when it is done; ends when all are.

    Args:
        news: what comes from the reader.
        behind: the cards that were to be re-keyed when the run began; without any, it ends with ``news``.
        say: tells the person at the desk.
    """
    left = {card.token for card in behind}
    for item in news:
        match item:
            case ReaderHealth():
                say(health_words(item))
            case ReadTrouble():
                say(trouble_words(item))
            case Step():
                say(item.words)
                if item.card is not None and item.card.token in left:
                    left.remove(item.card.token)
                    yield item.card
                    if not left:
                        return
