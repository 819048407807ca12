"""``sekisho card``: the desk where cards are issued, looked at and given new keys."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from contract.technologies import KeyedTechnology
from contract.tokens import credential_token
from domain.civil import JST
from readers.cards.findings import find_out
from readers.cards.port import CardChannel, CardTechnology
from readers.drivers.port import Driver
from readers.keys.labels import VERSION_MAX, VERSION_MIN
from sekisho import card_masters
from sekisho.card_desk import OpenReader, do_one, open_reader, watch_desk
from sekisho.card_refusals import NOT_DONE, WrongInputError, refusals
from sekisho.card_register import CardRegister, IssuedCard, open_register
from sekisho.card_rekey import follow_rekey, rekey_card
from sekisho.card_settings import DeskSettings, load_desk_settings
from sekisho.card_technology import open_technology
from sekisho.card_words import findings_json, findings_words
from sekisho.progress import show_progress

app = typer.Typer(no_args_is_help=True)
app.add_typer(card_masters.app, name="masters")

DESK = Path("desk.toml")
CIVIL_MINUTE = "%Y-%m-%dT%H:%M"
ConfigOption = Annotated[Path, typer.Option("--config", help="机の設定 · the desk's settings")]
ReaderOption = Annotated[str | None, typer.Option("--reader", help="pcsc:名前 / nfc:usb")]
RegisterOption = Annotated[Path | None, typer.Option("--register", help="台帳 · the register, cards.csv")]
TechnologyOption = Annotated[KeyedTechnology, typer.Option("--technology", help="カードの種類 · the technology")]
WaitOption = Annotated[float, typer.Option("--wait-seconds", min=0.1, help="カードを待つ秒数 · how long to wait")]


@app.callback()
def card() -> None:
    """カードの発行・点検・鍵の更新 · Issue, inspect and re-key cards at a desk."""


@app.command()
def inspect(
    config: ConfigOption = DESK,
    reader: ReaderOption = None,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="JSON で · as JSON")] = False,
    number: Annotated[bool, typer.Option("--number", help="番号を全部示す · show the whole number")] = False,
    wait_seconds: WaitOption = 60.0,
) -> None:
    """カードを見る · Say what lies on the reader and what to do with it; nothing is changed."""
    with refusals():
        settings = DeskSettings() if reader is not None and not config.exists() else load_desk_settings(config)
        look = partial(find_out, desfire=settings.cards.desfire)
        findings = do_one(_reader(settings, reader), look, wait_seconds, _say)
        if as_json:
            print(json.dumps(findings_json(findings, whole_number=number), ensure_ascii=False))
        else:
            print(findings_words(findings, whole_number=number))


@app.command()
def issue(
    technology: TechnologyOption,
    version: Annotated[int, typer.Option(min=VERSION_MIN, max=VERSION_MAX, help="鍵の版 · the key version")],
    config: ConfigOption = DESK,
    reader: ReaderOption = None,
    *,
    label: Annotated[str, typer.Option(help="券面の番号など · what is printed on the card")] = "",
    register_file: RegisterOption = None,
    finalise: Annotated[
        bool, typer.Option("--finalise", help="Lite-S の設定を永久に固定する · lock a Lite-S card for ever")
    ] = False,
    wait_seconds: WaitOption = 60.0,
) -> None:
    """カードを一枚発行する · Make one card ours and print its line: token, technology, key version, label."""
    with refusals():
        settings = load_desk_settings(config)
        desk = open_technology(settings, technology, version, finalise=finalise)
        site_key = settings.read_site_key()
        with _register(settings, register_file) as register:

            def issue_one(channel: CardChannel) -> IssuedCard:
                reading = desk.issue(channel, version)
                token = credential_token(site_key, reading.technology, reading.identifier)
                return register.enter(IssuedCard(token, desk.technology, version, _checked_label(label)))

            _checked_label(label)
            print(do_one(_reader(settings, reader), issue_one, wait_seconds, _say).as_csv())


@app.command()
def rekey(
    technology: TechnologyOption,
    to: Annotated[int, typer.Option(min=VERSION_MIN, max=VERSION_MAX, help="新しい版 · the new key version")],
    config: ConfigOption = DESK,
    reader: ReaderOption = None,
    *,
    register_file: RegisterOption = None,
    wait_seconds: Annotated[
        float | None, typer.Option(min=0.1, help="この間カードがなければ終わる · end after so long without a card")
    ] = None,
) -> None:
    """鍵を更新する · Give card after card newer keys, until all of the register have them; again goes on."""
    with refusals():
        settings = load_desk_settings(config)
        desk = open_technology(settings, technology, to)
        work = partial(rekey_card, desk=desk, site_key=settings.read_site_key(), version=to)
        with _register(settings, register_file) as register:
            behind = register.behind(technology, to)
            if behind or not register.cards:
                reading = watch_desk(_reader(settings, reader), partial(work, register=register), wait_seconds)
                with reading as news, _until_interrupted():
                    done = follow_rekey(news, behind, lambda words: print(words, flush=True))
                    for _ in show_progress(done, total=len(behind), label="鍵の更新 / re-key"):
                        pass
            left = register.behind(technology, to)
        if left:
            print(f"古い鍵のカード / cards with old keys: {len(left)}")
            for each in left:
                print(each.as_csv())
            raise typer.Exit(NOT_DONE)
        print(f"すべて版 {to} です / all cards of the register are at version {to}")


@app.command()
def code(
    config: Annotated[Path, typer.Option("--config", help="gateway.toml")],
    site: Annotated[str, typer.Option(help="庁舎の ID · the site's id")],
    until: Annotated[datetime, typer.Option(formats=[CIVIL_MINUTE], help="終わり（日本時間）· end, civil time")],
    valid_from: Annotated[
        datetime | None, typer.Option("--from", formats=[CIVIL_MINUTE], help="始まり · beginning; now")
    ] = None,
    image: Annotated[Path | None, typer.Option(help="SVG か PNG · a file; else on the terminal")] = None,
) -> None:
    """来庁者の一回限りの QR を作る · Make a visitor's QR that opens once; prints token, technology, from, until."""
    from sekisho.card_code import draw_code, make_code, save_code

    with refusals():
        begin = valid_from or datetime.now(JST).replace(second=0, microsecond=0, tzinfo=None)
        text, line = make_code(config, site, begin, until)
        if image is not None:
            save_code(text, image)
        else:
            print(draw_code(text))
        print(line)


def _reader(settings: DeskSettings, reader: str | None) -> OpenReader:
    def opened(cards: tuple[CardTechnology, ...]) -> Driver:
        try:
            return open_reader(reader or settings.reader, cards, settings.felica_dialect)
        except ValueError as error:
            raise WrongInputError(str(error)) from None

    return opened


@contextmanager
def _register(settings: DeskSettings, path: Path | None) -> Iterator[CardRegister]:
    """Open the register; without one, a desk keeps count for this run alone."""
    if (file := path or settings.register_file) is None:
        yield CardRegister(None, [])
        return
    with open_register(file) as register:
        yield register


@contextmanager
def _until_interrupted() -> Iterator[None]:
    try:
        yield
    except KeyboardInterrupt:
        _say("終わります。置いてあるカードは仕上げます / ending; a card that lies there is finished first")


def _checked_label(label: str) -> str:
    try:
        return IssuedCard.checked("0" * 32, "desfire", VERSION_MIN, label).label
    except ValueError as error:
        raise WrongInputError(f"--{error}") from None


def _say(words: str) -> None:
    typer.echo(words, err=True)
