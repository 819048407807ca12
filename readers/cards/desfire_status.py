"""DESFire's status codes as words, and answers that have the wrong one."""

from typing import Final

from readers.cards.iso_apdu import NATIVE_SUCCESS, Answer
from readers.cards.port import GarbledAnswerError, NotGenuineError

STATUS_WORDS: Final = {
    0x0C: "no_changes",
    0x0E: "out_of_memory",
    0x1C: "illegal_command",
    0x1E: "integrity_error",
    0x40: "no_such_key",
    0x7E: "length_error",
    0x9D: "permission_denied",
    0x9E: "parameter_error",
    0xA0: "application_not_found",
    0xAE: "authentication_error",
    0xBE: "boundary_error",
    0xCA: "command_aborted",
    0xCE: "count_error",
    0xDE: "duplicate",
    0xF0: "file_not_found",
}
"""DESFire's status codes, those that a caller can act on."""


class RefusedCommandError(NotGenuineError):
    """The card refused a command with a DESFire status; ``word`` is one of STATUS_WORDS, or ``status_XX``.

    To a door that is a card which cannot prove itself; a desk acts on the word.
    """

    def __init__(self, ins: int, status: int) -> None:
        self.word = STATUS_WORDS.get(status & 0xFF, f"status_{status & 0xFF:02x}")
        super().__init__(f"command {ins:02X}: {self.word}")


def native_data(ins: int, answer: Answer, *, status: int = NATIVE_SUCCESS) -> bytes:
    """Give the data of a native command's answer that has the expected status.

    Raises:
        RefusedCommandError: another DESFire status.
        GarbledAnswerError: none of DESFire's at all.
    """
    if answer.status == status:
        return answer.data
    if not answer.is_native:
        raise GarbledAnswerError(f"command {ins:02X}: status {answer.status:04X}")
    raise RefusedCommandError(ins, answer.status)
