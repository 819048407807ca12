"""Forty people who do not exist: their departments, cards and roles; the same for the same seed."""

from dataclasses import dataclass
from random import Random

from domain.ids import LevelId, PersonId

DEPARTMENTS = (
    ("somu", "総務課"),
    ("shimin", "市民課"),
    ("zeimu", "税務課"),
    ("fukushi", "福祉支援課"),
    ("joho", "情報政策課"),
    ("shisetsu", "施設管理課"),
)
_SURNAMES = (
    ("青木", "アオキ"), ("石井", "イシイ"), ("上田", "ウエダ"), ("江口", "エグチ"), ("岡本", "オカモト"),
    ("髙橋", "タカハシ"), ("木村", "キムラ"), ("久保", "クボ"), ("小林", "コバヤシ"), ("﨑田", "サキタ"),
    ("清水", "シミズ"), ("杉山", "スギヤマ"), ("関", "セキ"), ("田中", "タナカ"), ("津田", "ツダ"),
    ("寺田", "テラダ"), ("中村", "ナカムラ"), ("西川", "ニシカワ"), ("野村", "ノムラ"), ("萩原", "ハギハラ"),
)  # fmt: skip
_GIVEN = (
    ("太郎", "タロウ"), ("花子", "ハナコ"), ("一郎", "イチロウ"), ("美咲", "ミサキ"), ("健太", "ケンタ"),
    ("陽子", "ヨウコ"), ("大輔", "ダイスケ"), ("由美", "ユミ"), ("翔", "ショウ"), ("彩", "アヤ"),
)  # fmt: skip
STAFF = 40


@dataclass(frozen=True, slots=True)
class Member:
    """One person of the demo with the card that person carries."""

    id: PersonId
    name: str
    kana: str
    department: str
    is_manager: bool
    levels: tuple[LevelId, ...]
    card: bytes
    entrance: str
    """The door by which this person comes in: main, staff or west."""


def draw_population(random: Random) -> tuple[Member, ...]:
    """Give the forty members; the first of each department is its 所属長."""
    members = []
    for number in range(STAFF):
        surname, surname_kana = _SURNAMES[number % len(_SURNAMES)]
        given, given_kana = _GIVEN[(number * 3 + number // len(_SURNAMES)) % len(_GIVEN)]
        department = DEPARTMENTS[number % len(DEPARTMENTS)][0]
        is_manager = number < len(DEPARTMENTS)
        levels = ["staff"]
        levels += ["manager"] if is_manager else []
        levels += ["it"] if department == "joho" else []
        levels += ["facility"] if department == "shisetsu" else []
        members.append(
            Member(
                PersonId(f"s{number + 1:04d}"),
                f"{surname} {given}",
                f"{surname_kana} {given_kana}",
                department,
                is_manager,
                tuple(LevelId(level) for level in levels),
                # Lower four bits of byte 0 only: the upper ones vary with the polled FeliCa system.
                bytes([0x01]) + random.randbytes(7),
                random.choice(("main", "main", "staff", "staff", "west")),
            )
        )
    return tuple(members)
