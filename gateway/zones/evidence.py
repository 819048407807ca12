"""A pack of evidence for an outside audit: one ZIP of tables, decisions with their proof, and how to check all of it.

What is in it is named in ``manifest.json`` with the SHA-256 of each file; ``manifest.sig`` is the gateway's signature
over it (Ed25519, ``contract.signatures``). The decisions are their own bytes with their hashes, so that the chain is
checked without us (``verify.py`` in the pack).
"""

import hashlib
import io
import json
import zipfile
from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from importlib.resources import files

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from contract.signatures import public_key_text, sign
from contract.tier_decision import CHAIN_START
from contract.tier_rule_file import write_rules
from domain.civil import JST, instant
from domain.zones.my_number import MyNumberError, find_my_numbers
from gateway.pages.drawing.csv_file import write_csv
from gateway.site.description import Site
from gateway.zones.evidence_tables import Stretch, list_tables
from store.decision_search import load_hash_before, stream_decisions
from store.evidence_packs import Pack
from store.tier_rules import list_rule_sets, load_rule_set
from store.tx import Tx

PURPOSE = "evidence.1"
"""What the signature is for."""

README = """監査資料 / Evidence pack
{first} - {last}  {site}

確かめ方 / How to check:
  python3 verify.py
manifest.json に全ファイルの SHA-256 があり、manifest.sig がその署名です。
公開鍵は、市から別に受け取ったものと比べてください。
manifest.json names the SHA-256 of every file, and manifest.sig signs it.
Compare the public key with the one that the city told you.

decisions.ndjson  判定。1行に1件。hash = SHA-256(前の hash || body)
                  decisions, one a line; hash = SHA-256(the hash before || body)
rules/            判定が使った規則。名前がその値 / the rules that decisions name, by their value
*.csv             UTF-8（BOM つき） / UTF-8 with BOM
badging.csv       UserId, AssetId, EventTime, AccessStatus
日時は日本時間です。 / Times are Japan's.
"""


def build_pack(tx: Tx, site: Site, pack: Pack, key: Ed25519PrivateKey) -> bytes:
    """Put a pack together, and give the ZIP's bytes.

    Args:
        tx: one view of the database, so that all files tell of one state.
        site: the description that holds.
        pack: which days, and who asked.
        key: the gateway's, to sign with.

    Raises:
        MyNumberError: something would leave that may be a 個人番号; where is named, and nothing is given.
    """
    of = Stretch(instant(pack.first_on, 0), instant(pack.last_on + timedelta(days=1), 0))
    writing = _Writing(tx.now)
    for table in list_tables(tx, site, of):
        writing.add(f"{table.name}.csv", _write_table(table.name, table.header, table.rows))
    for set_hash in list_rule_sets(tx):
        rules = load_rule_set(tx, set_hash) or ()
        writing.add(f"rules/{set_hash}.json", [write_rules(rules).encode()])
    chain = _Chain()
    writing.add("decisions.ndjson", chain.write(tx, of))
    told = {"first": pack.first_on.isoformat(), "last": pack.last_on.isoformat(), "site": site.name}
    writing.add("README.txt", [README.format(**told).encode()])
    writing.add("verify.py", [files("gateway.zones").joinpath("verify_pack.py").read_bytes()])
    manifest = {
        "form": PURPOSE,
        **told,
        "asked_by": pack.asked_by,
        "made_at": tx.now.astimezone(JST).isoformat(timespec="seconds"),
        "public_key": public_key_text(key.public_key()),
        "decisions": chain.tell(),
        "files": writing.files,
    }
    return writing.finish(json.dumps(manifest, ensure_ascii=False, indent=1).encode(), key)


def name_pack(first_on: date, last_on: date) -> str:
    """Give the name of a pack's file."""
    return f"監査資料_{first_on.isoformat()}_{last_on.isoformat()}.zip"


class _Writing:
    """The ZIP while it is written, and what its manifest says of each file."""

    def __init__(self, at: datetime) -> None:
        self.files: list[dict[str, object]] = []
        self._whole = io.BytesIO()
        self._zip = zipfile.ZipFile(self._whole, "w", zipfile.ZIP_DEFLATED)
        self._at = at.astimezone(JST).timetuple()[:6]

    def add(self, name: str, pieces: Iterable[bytes]) -> None:
        """Write a file."""
        digest, size = hashlib.sha256(), 0
        with self._zip.open(self._info(name), "w") as file:
            for piece in pieces:
                file.write(piece)
                digest.update(piece)
                size += len(piece)
        self.files.append({"name": name, "bytes": size, "sha256": digest.hexdigest()})

    def finish(self, manifest: bytes, key: Ed25519PrivateKey) -> bytes:
        """Write the manifest and its signature, and give everything."""
        self._zip.writestr(self._info("manifest.json"), manifest)
        self._zip.writestr(self._info("manifest.sig"), sign(key, PURPOSE, manifest))
        self._zip.close()
        return self._whole.getvalue()

    def _info(self, name: str) -> zipfile.ZipInfo:
        info = zipfile.ZipInfo(name, self._at)
        info.compress_type = zipfile.ZIP_DEFLATED
        return info


class _Chain:
    """The stretch of the chain that is written: the hash before it, its first and last number, its head."""

    def __init__(self) -> None:
        self._before = self._head = CHAIN_START
        self._numbers: list[int] = []
        self._count = 0

    def write(self, tx: Tx, of: Stretch) -> Iterator[bytes]:
        """Give a line for each decision."""
        for row in stream_decisions(tx, of.since, of.until):
            if not self._numbers:
                self._before = load_hash_before(tx, row.number) or CHAIN_START
                self._numbers = [row.number, row.number]
            body = row.body.decode()
            if find_my_numbers(body):
                raise MyNumberError(f"decisions.ndjson {row.number}", is_ours=True)
            self._numbers[1], self._head = row.number, row.hash
            self._count += 1
            line = {"number": row.number, "hash": row.hash.hex(), "body": body}
            yield json.dumps(line, ensure_ascii=False).encode() + b"\n"
        if not self._numbers:
            self._head = self._before

    def tell(self) -> dict[str, object]:
        """Give what the manifest says of it, once it was written."""
        first, last = self._numbers or (None, None)
        told = {"before": self._before.hex(), "head": self._head.hex()}
        return {"count": self._count, "first": first, "last": last, **told}


def _write_table(name: str, header: Iterable[str], rows: Iterable[Iterable[object]]) -> Iterator[bytes]:
    try:
        yield from write_csv(list(header), (list(row) for row in rows), "utf8")
    except MyNumberError as error:
        raise MyNumberError(f"{name}.csv {error.place}", is_ours=True) from None
