"""What arrives on the command topic, believed only with the centre's signature and only for this device."""

from collections.abc import Callable

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from contract.commands import decode_command
from contract.errors import MalformedMessageError
from contract.signatures import ForgedMessageError
from domain.ids import DeviceId
from readers.events import AlarmFound, CommandCame

COMMAND_BYTES_MAX = 128 * 1024
"""What lies beyond is not read; a command cut off there is none."""


class CommandEar:
    """Checks commands and hands them on; callable from any thread."""

    def __init__(
        self, device: DeviceId, centre_key: Ed25519PublicKey, report: Callable[[CommandCame | AlarmFound], None]
    ) -> None:
        self._device = device
        self._centre_key = centre_key
        self._report = report
        self._last_refused = ""

    def hear(self, payload: bytes) -> None:
        """Take a command as it came from the wire; one that cannot be trusted is told once."""
        try:
            command = decode_command(payload[:COMMAND_BYTES_MAX])
            command.require_signature(self._centre_key)
        except (MalformedMessageError, ForgedMessageError) as error:
            self._refuse(str(error))
            return
        if command.device != self._device:
            self._refuse(f"it is for device {command.device}")
        else:
            self._report(CommandCame(command))

    def _refuse(self, cause: str) -> None:
        if cause != self._last_refused:
            self._last_refused = cause
            self._report(AlarmFound("command_not_trusted", cause))
