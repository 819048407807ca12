"""Invite a new controller: a secret that counts once, for a few minutes, and is kept as its hash alone."""

from datetime import timedelta

from store.device_enrolments import DeviceEnrolment, insert_device_enrolment
from store.tx import Tx


def invite_device(tx: Tx, enrolment_id: str, token_hash: str, *, by: str, life: timedelta) -> None:
    """Let one box introduce itself within ``life``; an id that exists violates ``pk_device_enrolment``."""
    insert_device_enrolment(tx, DeviceEnrolment(enrolment_id, token_hash, by, tx.now, tx.now + life))
