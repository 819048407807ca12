"""Checks a pack of evidence that was unpacked here: python3 verify.py. Needs nothing but Python 3.9 or later.

It holds every file against manifest.json, the decisions against their chain, and, where the package "cryptography" is
there, the manifest against its signature. The public key in the manifest must be the one that the city told you.
"""

from __future__ import annotations

import base64
import hashlib
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

PURPOSE = b"sekisho/1 evidence.1\n"


def check_files(folder: Path, manifest: dict[str, Any]) -> Iterator[str]:
    """Yield what differs from the manifest."""
    for each in manifest["files"]:
        path = folder / each["name"]
        if not path.is_file():
            yield f"{each['name']}: missing"
        elif hashlib.sha256(path.read_bytes()).hexdigest() != each["sha256"]:
            yield f"{each['name']}: is not what was signed"


def check_chain(folder: Path, manifest: dict[str, Any]) -> Iterator[str]:
    """Yield the first decision that does not follow the one before it."""
    last = bytes.fromhex(manifest["decisions"]["before"])
    with (folder / "decisions.ndjson").open(encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            last = hashlib.sha256(last + row["body"].encode()).digest()
            if last.hex() != row["hash"]:
                yield f"decision {row['number']}: does not follow the one before it"
                return
    if last.hex() != manifest["decisions"]["head"]:
        yield "decisions.ndjson: ends too early"


def check_signature(folder: Path, manifest: dict[str, Any]) -> Iterator[str]:
    """Yield what is wrong with the signature; tell when it cannot be looked at."""
    try:
        from cryptography.exceptions import InvalidSignature
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    except ImportError:
        sys.stdout.write("署名は確かめていません / signature not looked at: the package cryptography is not there\n")
        return
    key = Ed25519PublicKey.from_public_bytes(base64.b64decode(manifest["public_key"]))
    signature = base64.b64decode((folder / "manifest.sig").read_text())
    try:
        key.verify(signature, PURPOSE + (folder / "manifest.json").read_bytes())
    except InvalidSignature:
        yield "manifest.json: the signature does not fit"


def main() -> int:
    """Give 0 where everything fits."""
    folder = Path(__file__).parent
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    checks = (check_files, check_chain, check_signature)
    faults = [fault for check in checks for fault in check(folder, manifest)]
    told = "\n".join(faults) or f"すべて合っています / everything fits: {manifest['first']} - {manifest['last']}"
    sys.stdout.write(f"{told}\n公開鍵 / public key: {manifest['public_key']}\n")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
