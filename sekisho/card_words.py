"""What the desk says to the person at it: what became of a card, what the reader is up to. Japanese first."""

from collections.abc import Mapping
from types import MappingProxyType

from readers.cards.findings import Advice, Findings
from readers.drivers.port import ReaderHealth, ReadTrouble, TroubleCause

_TROUBLES: Mapping[TroubleCause, str] = MappingProxyType(
    {
        "torn": "途中で離れました。もう一度置いてください / torn away: lay it down again",
        "garbled": "読み取れませんでした。もう一度置いてください / not readable: lay it down again",
        "several_cards": "カードは一枚だけ置いてください / lay down one card only",
        "random_id": "番号が毎回変わるカードです。使えません / its number changes with every tap: not usable",
        "emulated_id": "スマートフォンなどのまねた番号です。使えません / a phone's emulated number: not usable",
    }
)
_ADVICE: Mapping[Advice, str] = MappingProxyType(
    {
        "issue": "発行できます（途中のものは続きから） / issue it; one that was torn away is completed",
        "rekey": "鍵の更新が途中です。rekey で続けてください / its re-key is incomplete: rekey it",
        "none": "発行済みです。することはありません / issued and complete: nothing to do",
        "number_only": "番号だけで登録できます。複写は防げません / can be enrolled by its number, which can be copied",
        "not_usable": "職員証には使えません / not usable as a staff card",
    }
)
_HEALTH: Mapping[str, str] = MappingProxyType(
    {
        "unplugged": "見つかりません。差し込むか名前を確かめてください / not there: plug it in, or check its name",
        "no_service": "pcscd が動いていません / the service pcscd does not run",
        "permission_denied": "権限がありません / no permission to use it",
        "other_process": "ほかのプログラムが使っています / another program holds it",
        "exclusive_use": "ほかのプログラムがカードを使っています / another program holds the card",
        "rc_s300_needs_pcsc": "RC-S300 は pcsc: で指定してください / an RC-S300 goes by pcsc:",
    }
)
NUMBER_SHOWN_DIGITS = 4


def trouble_words(trouble: ReadTrouble) -> str:
    """Say why a card that was laid down gave nothing."""
    return _TROUBLES.get(trouble.cause, f"使えない種類のカードです / not a usable kind of card ({trouble.cause})")


def health_words(health: ReaderHealth) -> str:
    """Say what the reader is up to."""
    if health.health == "ready":
        return "カードを置いてください / lay down a card"
    said = _HEALTH.get(health.cause, "")
    return f"リーダー / reader: {said} ({health.health}, {health.cause})"


def findings_words(findings: Findings, *, whole_number: bool) -> str:
    """Say what lies there and what to do with it, a line each."""
    version = "-" if findings.key_version is None else findings.key_version
    return (
        f"カード / card: {findings.chip} [{findings.technology}]\n"
        f"番号 / number: {_number(findings, whole=whole_number) or '-'}\n"
        f"到達できる保証度 / assurance at most: {findings.assurance}\n"
        f"鍵の版 / key version: {version}\n"
        f"次に / next: {_ADVICE[findings.advice]}"
    )


def findings_json(findings: Findings, *, whole_number: bool) -> dict[str, str | int | None]:
    """Give the same for a program."""
    return {
        "technology": findings.technology,
        "chip": findings.chip,
        "number": _number(findings, whole=whole_number),
        "assurance": findings.assurance,
        "key_version": findings.key_version,
        "advice": findings.advice,
    }


def _number(findings: Findings, *, whole: bool) -> str:
    """Give the card's number in hexadecimal: all of it if somebody asked for it, else its end."""
    digits = findings.identifier.hex()
    return digits if whole or not digits else "…" + digits[-NUMBER_SHOWN_DIGITS:]
