"""What is published of a draw: a JSON file without names, by which anybody can replay it."""

import json
from collections.abc import Iterable
from datetime import datetime
from typing import Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from domain.facilities.lottery import (
    CHANCES_MAX,
    CHOICES_MAX,
    LOTS_MAX,
    WINS_MAX,
    Entry,
    Lot,
    Round,
    Win,
    draw_wins,
    hash_seed,
)
from domain.ids import ID_PATTERN

BYTES_MAX = 20 * 1024 * 1024


class DrawFileError(ValueError):
    """It is no published draw; the message says what is wrong, Japanese first."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Lot(_Strict):
    id: str = Field(pattern=ID_PATTERN)
    room: str = Field(pattern=ID_PATTERN)
    from_at: AwareDatetime
    until_at: AwareDatetime
    wins: int = Field(ge=1, le=10_000)


class _Entry(_Strict):
    id: str = Field(pattern=ID_PATTERN)
    chances: int = Field(ge=1, le=CHANCES_MAX)
    choices: tuple[str, ...] = Field(max_length=CHOICES_MAX)


class _Win(_Strict):
    position: int = Field(ge=1)
    entry: str = Field(pattern=ID_PATTERN)
    lot: str = Field(pattern=ID_PATTERN)


class DrawFile(_Strict):
    """A draw as it is published: rule, seed and its hash, lots, entries by id, wins."""

    format: Literal["sekisho-draw-1"] = "sekisho-draw-1"
    round: str = Field(pattern=ID_PATTERN)
    drawn_at: datetime
    seed_hash: str = Field(pattern=r"^[0-9a-f]{64}$")
    seed: str = Field(min_length=1, max_length=200)
    wins_most: int = Field(ge=1, le=WINS_MAX)
    lots: tuple[_Lot, ...] = Field(max_length=LOTS_MAX)
    entries: tuple[_Entry, ...] = Field(max_length=100_000)
    wins: tuple[_Win, ...]


def write_draw_file(drawn: Round, entries: Iterable[Entry], wins: Iterable[Win]) -> bytes:
    """Give what is published of a draw: the round with its seed, everybody who took part, who won.

    Raises:
        ValueError: the round is not drawn yet.
    """
    told = DrawFile(
        round=drawn.id,
        drawn_at=drawn.drawn_at or _refuse_undrawn(),
        seed_hash=drawn.seed_hash,
        seed=drawn.seed,
        wins_most=drawn.wins_most,
        lots=tuple(
            _Lot(id=lot.id, room=lot.room_id, from_at=lot.from_at, until_at=lot.until_at, wins=lot.wins)
            for lot in drawn.lots
        ),
        entries=tuple(_Entry(id=each.id, chances=each.chances, choices=each.choices) for each in entries),
        wins=tuple(_Win(position=each.position, entry=each.entry_id, lot=each.lot_id) for each in wins),
    )
    return json.dumps(told.model_dump(mode="json"), ensure_ascii=False, indent=1).encode()


def read_draw_file(content: bytes) -> DrawFile:
    """Read a published draw.

    Raises:
        DrawFileError: it is too large, or not of this form; the first field that is wrong is named.
    """
    if len(content) > BYTES_MAX:
        raise DrawFileError(f"ファイルが大きすぎます（{BYTES_MAX} バイトまで） / expected at most {BYTES_MAX} bytes")
    try:
        told = DrawFile.model_validate_json(content)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        field = ".".join(str(part) for part in first["loc"]) or "file"
        raise DrawFileError(f"{field}: 抽選結果のファイルとして読めません / {first['msg']}") from None
    known = {lot.id for lot in told.lots}
    for each in told.entries:
        if not set(each.choices) <= known:
            raise DrawFileError(f"entries.{each.id}.choices: 枠がありません / names a lot that is not in the file")
    return told


def find_differences(told: DrawFile) -> list[str]:
    """Replay a draw and say everything in which the file differs, Japanese first; empty where it is right."""
    found = []
    if hash_seed(told.seed) != told.seed_hash:
        found.append("seed: 公開されたハッシュと合いません / not the seed whose hash was published")
    lots = [Lot(lot.id, lot.room, lot.from_at, lot.until_at, lot.wins) for lot in told.lots]
    entries = [Entry(each.id, each.choices, each.chances) for each in told.entries]
    replayed = set(draw_wins(told.seed, lots, entries, wins_most=told.wins_most))
    written = {Win(each.position, each.entry, each.lot) for each in told.wins}
    found += [
        f"wins: {win.entry_id} は {win.lot_id} に当選のはずです / should win" for win in sorted(replayed - written)
    ]
    found += [
        f"wins: {win.entry_id} は {win.lot_id} に外れるはずです / should not" for win in sorted(written - replayed)
    ]
    return found


def _refuse_undrawn() -> datetime:
    raise ValueError("the round is not drawn yet")
