"""The city of the revocation benchmark: persons with a card each, boxes with a door each, and who may pass where."""

from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from benchmarks.plant import utc_now
from benchmarks.sites import describe_doors
from contract.signatures import public_key_text
from domain.ids import CredentialToken, DeviceId
from gateway.site.description import Site
from store.devices import insert_device
from store.hr_grants import save_level_grants
from store.migrate import migrate
from store.people import Card, Department, Person, upsert_cards, upsert_departments, upsert_persons
from store.tx import Store

PERSONS, BOXES, FULL = 100_000, 500, 10
"""So many persons, boxes, and boxes of them that everybody may pass."""
_TENS = range(FULL, BOXES, 10)
NAMES_KEY = bytes(range(32))


def device(number: int) -> DeviceId:
    """Name a box."""
    return DeviceId(f"box-{number}")


def token(person: int) -> CredentialToken:
    """Give a person's card."""
    return CredentialToken(f"{person + 1:032x}")


def describe_site() -> Site:
    """A site of BOXES boxes with a door each; everybody may pass the first FULL, and ten others by department."""
    doors = [device(number) for number in range(BOXES)]
    levels = {"all": doors[:FULL]} | {f"level-{at}": doors[first : first + 10] for at, first in enumerate(_TENS)}
    return describe_doors("試験市", "Test city", {door: door for door in doors}, levels)


def device_key(number: int) -> Ed25519PrivateKey:
    """Give a box's own key."""
    return Ed25519PrivateKey.from_private_bytes(number.to_bytes(32, "big"))


def fill_store(folder: Path) -> Store:
    """Give a fresh database with all of them in it."""
    url = f"sqlite:///{folder}/centre.db"
    migrate(url)
    store = Store(url)
    people = [f"p{number}" for number in range(PERSONS)]
    with store.transaction(utc_now()) as tx:
        upsert_departments(tx, [Department("d", "課")])
        upsert_persons(tx, [Person(who, who, who, "d") for who in people])
        upsert_cards(tx, [Card(token(number), who, who) for number, who in enumerate(people)])
        save_level_grants(tx, {who: ("all", f"level-{number % len(_TENS)}") for number, who in enumerate(people)})
        for number in range(BOXES):
            insert_device(tx, device(number), public_key_text(device_key(number).public_key()))
    return store
