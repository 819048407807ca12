"""How much memory this process has in use, told apart from what its allocators keep for later.

Resident memory says neither: freed memory stays resident, in glibc in up to eight arenas a core, and how far each was
ever filled depends on which threads happened to want memory at the same time.
"""

import ctypes
import os
import sys
from dataclasses import dataclass
from pathlib import Path

_FIGURES = "arena ordblks smblks hblks hblkhd usmblks fsmblks uordblks fordblks keepcost"


class _Mallinfo2(ctypes.Structure):
    """``struct mallinfo2``, mallinfo(3); bytes, over all arenas."""

    _fields_ = [(name, ctypes.c_size_t) for name in _FIGURES.split()]


@dataclass(frozen=True, slots=True)
class HeldMemory:
    """``in_use_kib`` was taken from malloc and not freed: by SQLite, OpenSSL, for Python's objects above 512 bytes.

    ``python_blocks`` counts Python's smaller objects, for which it has an allocator of its own. ``spare_kib`` is what
    malloc keeps though it was freed. ``rss_kib`` is resident memory: all of these, code, stacks, mapped files.
    """

    rss_kib: int
    in_use_kib: int
    spare_kib: int
    python_blocks: int


def measure_memory() -> HeldMemory:
    """Measure now. Collect garbage before, or it counts as in use.

    Raises:
        AttributeError: this is no glibc of 2.33 or later.
    """
    report = ctypes.CDLL(None).mallinfo2
    report.restype = _Mallinfo2
    heap = report()
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return HeldMemory(
        rss_kib=pages * os.sysconf("SC_PAGESIZE") // 1024,
        in_use_kib=(heap.uordblks + heap.hblkhd) // 1024,
        spare_kib=heap.fordblks // 1024,
        python_blocks=sys.getallocatedblocks(),
    )
