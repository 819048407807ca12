"""How far a device's journal is held, and what a batch that arrives means for it.

A journal is a hash chain of records 1, 2, 3 … per (device, epoch); the centre holds a prefix without holes. A batch may
come twice, late, out of order or overlapping; none of that is an error. Only a second history is.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Watermark:
    """Records 1..``upto_seq`` are held and hash to ``head``; nothing held is upto_seq 0 and the chain's start."""

    upto_seq: int
    head: bytes


@dataclass(frozen=True, slots=True)
class Advance:
    """The batch goes on where the prefix ends: its records from ``first_new_seq`` are new."""

    first_new_seq: int
    watermark: Watermark


@dataclass(frozen=True, slots=True)
class Repeat:
    """Every record of the batch is held already."""


@dataclass(frozen=True, slots=True)
class Gap:
    """Records before the batch are missing: nothing of it can be taken yet."""


@dataclass(frozen=True, slots=True)
class Fork:
    """Where batch and prefix overlap they differ: the device, or a copy of it, tells two histories."""


Progress = Advance | Repeat | Gap | Fork


def advance(watermark: Watermark, first_seq: int, chain: Sequence[bytes], held: Mapping[int, bytes]) -> Progress:
    """Say what a verified batch means for the prefix that is held.

    Args:
        watermark: the prefix.
        first_seq: the seq of the batch's first record.
        chain: the hash before the batch, then the hash after each of its records.
        held: the prefix's hash by seq, at least at the last seq that prefix and batch share. One equal hash there
            proves all records before it equal.
    """
    if first_seq > watermark.upto_seq + 1:
        return Gap()
    last_seq = first_seq + len(chain) - 2
    shared_seq = min(last_seq, watermark.upto_seq)
    if chain[shared_seq - first_seq + 1] != held[shared_seq]:
        return Fork()
    if last_seq <= watermark.upto_seq:
        return Repeat()
    return Advance(watermark.upto_seq + 1, Watermark(last_seq, chain[-1]))


def fork_seq(first_seq: int, chain: Sequence[bytes], held: Mapping[int, bytes]) -> int:
    """Give the first seq known to differ between a forked batch and the prefix, by all hashes ``held`` has of it.

    When the hash before the batch differs already, the histories part at or before it: what is certain is told.
    """
    for seq, claimed in enumerate(chain, start=first_seq - 1):
        if seq in held and held[seq] != claimed:
            return max(seq, 1)
    raise ValueError("the batch does not differ from what is held")
