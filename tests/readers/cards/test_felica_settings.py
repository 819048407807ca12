"""``[cards]``: what a reader is told about the site's cards, and what it is told when something is missing."""

import tomllib

import pytest
from pydantic import ValidationError

from readers.cards.desfire import Desfire
from readers.cards.felica_fcf import FcfProfile, FelicaFcf
from readers.cards.felica_idm import FelicaIdm
from readers.cards.felica_lite_s import FelicaLiteS
from readers.cards.felica_systems import polled_systems
from readers.cards.settings import CardSettings, open_technologies
from readers.cards.type_a_uid import Iso14443Uid
from tests.readers.cards.felica_site import KEYS

WHOLE = """
technologies = ["felica_lite_s", "felica_fcf", "felica_idm", "desfire", "iso14443_uid"]
[idm]
systems = [0xFE00, 0x0003]
[[fcf]]
organisation = "3133313031303030"
[[fcf]]
system = 0x809E
service = 0x100B
block = 2
start = 0
length = 8
[lite_s]
label = "staff"
versions = [2, 1]
authentication = "internal"
[desfire]
aid = "f51cd8"
"""


def test_the_whole_section_gives_its_technologies_strongest_first() -> None:
    settings = CardSettings.model_validate(tomllib.loads(WHOLE))
    lite_s, city, university, idm, desfire, uid = open_technologies(settings, keys=KEYS)
    assert lite_s == FelicaLiteS(KEYS, "staff", frozenset((1, 2)), "internal")
    assert city == FelicaFcf(FcfProfile(organisation=b"13101000"))
    assert university == FelicaFcf(FcfProfile(0x809E, 0x100B, 2, 0, 8))
    assert idm == FelicaIdm((0xFE00, 0x0003))
    assert isinstance(desfire, Desfire)
    assert isinstance(uid, Iso14443Uid)
    assert polled_systems((uid, university, idm, lite_s)) == (0xFE00, 0x88B4, 0x0003, 0x809E)


def test_a_box_that_was_told_nothing_reads_numbers() -> None:
    idm, uid = open_technologies(CardSettings())
    assert idm == FelicaIdm((0xFE00,))
    assert isinstance(uid, Iso14443Uid)


def test_a_reader_may_have_a_list_of_its_own() -> None:
    settings = CardSettings.model_validate(tomllib.loads(WHOLE))
    assert open_technologies(settings, ("felica_idm",)) == (FelicaIdm((0xFE00, 0x0003)),)


@pytest.mark.parametrize(
    ("names", "words"),
    [
        (("felica_lite_s",), r"felica_lite_s には \[keys\] が必要です / felica_lite_s needs a section \[keys\]"),
        (("desfire",), r"desfire needs a section \[keys\]"),
        (("felica_idm", "felica_lite_s"), "expected felica_lite_s, felica_idm"),
        (("iso14443_uid", "desfire"), "expected desfire, iso14443_uid"),
        (("felica_idm", "felica_idm"), "a technology is there twice"),
    ],
)
def test_what_a_reader_cannot_have_is_said_in_words(names: tuple[str, ...], words: str) -> None:
    settings = CardSettings.model_validate(tomllib.loads(WHOLE))
    with pytest.raises(ValueError, match=words):
        open_technologies(settings, names)  # type: ignore[arg-type]


@pytest.mark.parametrize("name", ["felica_lite_s", "desfire"])
def test_a_technology_without_its_section_is_said_in_words(name: str) -> None:
    with pytest.raises(ValueError, match=r"needs a section \[cards\."):
        open_technologies(CardSettings(), (name,), KEYS)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("technologies = []", "expected at least one"),
        ('technologies = ["felica_idm", "felica_fcf"]', "strongest first"),
        ('technologies = ["magnetic_stripe"]', "felica_lite_s"),
        ("[[fcf]]\nblock = 1", "the bearer's name is never read"),
        ("[[fcf]]\nstart = 8\nlength = 9", "within a block"),
        ('[[fcf]]\norganisation = "13101000"', "match"),
        ("[idm]\nsystems = [0xFFFF]", "less than or equal to 65534"),
        ("[idm]\nsystems = []", "at least 1"),
        ("[lite_s]\nversions = [0]", "greater than or equal to 1"),
        ('[lite_s]\nauthentication = "none"', "internal"),
        ('[lite_s]\nkey = "00112233445566778899aabbccddeeff"', "Extra inputs"),
    ],
)
def test_a_wrong_setting_is_refused(text: str, words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        CardSettings.model_validate(tomllib.loads(text))
