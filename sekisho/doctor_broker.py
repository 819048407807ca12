"""The whole examination of a broker, in the order in which one thing rests on another."""

from collections.abc import Sequence
from dataclasses import dataclass

from sekisho.doctor_doors import examine_entry, examine_names, examine_sizes
from sekisho.doctor_findings import Finding
from sekisho.doctor_memory import (
    examine_acknowledgement,
    examine_retained,
    examine_sessions,
    examine_will,
    examine_window,
)
from sekisho.doctor_peer import Address, Papers
from sekisho.doctor_rights import Household, Matrix, find_wrong_rights, try_matrix


@dataclass(frozen=True, slots=True)
class Examination:
    """The table of rights as it was found, and every finding."""

    matrix: Matrix
    findings: tuple[Finding, ...]


def examine_broker(
    address: Address,
    centre: Papers,
    devices: Sequence[Papers],
    stranger: Papers | None,
    *,
    messages: int,
    household: Household | None = None,
) -> Examination:
    """Examine the broker; whoever is connected under one of the names is put out by it.

    Args:
        address: the broker.
        centre: the centre's certificate.
        devices: those of two devices or more.
        stranger: one that may do nothing.
        messages: how many are sent to a device that is away.
        household: Home Assistant, where it is a client of the broker.

    Raises:
        DoctorError: the broker cannot be reached, lets nobody in, or falls silent.
    """
    first, second = devices[:2]
    found = [*examine_entry(address, first), *examine_names(address, first, second)]
    matrix = try_matrix(address, centre, devices, stranger, household)
    found += find_wrong_rights(matrix)
    found += examine_sizes(address, centre, first)
    found += examine_retained(address, centre, first, second)
    found += examine_will(address, centre, first)
    found += examine_sessions(address, first)
    found += [examine_acknowledgement(address, centre, first, messages), examine_window(address, centre, first)]
    return Examination(matrix, tuple(found))
