"""The way over HTTPS: the same envelope by POST, where the answer is the receipt; and what is wanted of the policy."""

import logging
import queue
import random
import ssl
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

from contract.policy import PART_MESSAGE_BYTES, PARTS_AT_ONCE, decode_wanted
from readers.client_pair import ClientPair
from readers.sending import back_off_seconds
from readers.settings import HttpsSettings
from readers.transports.port import Arrived, Connected, Disconnected, Meaning, Overloaded, Refused, Report

if TYPE_CHECKING:
    import httpx2

TIMEOUT_SECONDS = 10.0
RETRY_AFTER_SECONDS = 5.0
"""The pause when the centre asks for one without saying how long."""

_QUEUE_MAX = 64
_log = logging.getLogger(__name__)
_INGEST, _STATUS, _WANTED = "/v1/ingest", "/v1/status", "/v1/policy/wanted"
_MEANINGS: dict[str, Meaning] = {_INGEST: "answer", _STATUS: "pointer"}


def open_client(settings: HttpsSettings, pair: ClientPair | None = None) -> "httpx2.Client":
    """Make a client that trusts the installation's CA alone and shows the device's certificate, or that of ``pair``."""
    import httpx2  # an edge on MQTT does not need it

    context = ssl.create_default_context(cafile=str(settings.ca_file))
    (pair or ClientPair(settings.certificate_file, settings.key_file)).load_into(context)
    return httpx2.Client(base_url=settings.url, verify=context, timeout=TIMEOUT_SECONDS, trust_env=False)


class HttpsTransport:
    """A device's requests to the centre, one after the other on a thread of its own.

    Nobody calls a device, so it asks often: the status request's answer is the policy pointer, and commands are asked
    for with it. How soon a revoked card stops and a door locks down hangs on that.
    """

    status_seconds = 1.0

    def __init__(self, settings: HttpsSettings, pair: ClientPair | None = None) -> None:
        self._settings = settings
        self._pair = pair or ClientPair(settings.certificate_file, settings.key_file)
        self._requests: queue.Queue[tuple[str, bytes] | None] = queue.Queue(_QUEUE_MAX)
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="https", daemon=True)
        self._failures = 0

    def start(self, report: Report, will: Callable[[], bytes]) -> None:  # noqa: ARG002 (requests leave no session behind)
        """Begin to take requests."""
        self._report = report
        self._thread.start()

    def send_batch(self, payload: bytes) -> None:
        """Post a batch; its receipt or rejection is reported."""
        self._put((_INGEST, payload))

    def send_status(self, payload: bytes) -> None:
        """Post a birth; the policy pointer is reported."""
        self._put((_STATUS, payload))

    def send_wanted(self, payload: bytes) -> None:
        """Post what is wanted of the policy, whose answer is an offer; or get the parts that are wanted."""
        self._put((_WANTED, payload))

    def reconnect(self) -> None:
        """Show the certificate that counts now: the thread sees by itself that another one is to be shown."""

    def stop(self) -> None:
        """End the thread after the request under way."""
        self._stop.set()
        self._put(None)
        if self._thread.is_alive():
            self._thread.join(TIMEOUT_SECONDS + 1)

    def _put(self, request: tuple[str, bytes] | None) -> None:
        try:
            self._requests.put_nowait(request)
        except queue.Full:
            return  # the sender goes back to what was not confirmed

    def _run(self) -> None:
        self._report(Connected())
        while not self._stop.is_set():
            version = self._pair.version
            with open_client(self._settings, self._pair) as client:
                if self._serve(client, version):
                    return

    def _serve(self, client: "httpx2.Client", version: int) -> bool:
        """Ask until the end (True), or until another certificate is to be shown."""
        import httpx2

        while not self._stop.is_set() and (request := self._requests.get()) is not None:
            try:
                self._ask(client, *request)
                self._pair.note_accepted()
            except httpx2.HTTPError as error:
                self._pair.note_refused()
                self._lost(f"{type(error).__name__}: {error}")
                if self._pair.is_on_trial:
                    return False
            if version != self._pair.version:
                return False
        return True

    def _ask(self, client: "httpx2.Client", path: str, payload: bytes) -> None:
        if path == _WANTED:
            self._ask_policy(client, payload)
            return
        self._handle(path, client.post(path, content=payload))
        if path == _STATUS:
            self._hear_commands(client.get("/v1/commands"))

    def _ask_policy(self, client: "httpx2.Client", payload: bytes) -> None:
        """Get an offer or parts; what does not come is asked for again, and holds no record back."""
        wanted = decode_wanted(payload)
        if wanted.digest is not None:
            self._get_parts(client, wanted.digest, wanted.from_part)
            return
        answer = client.post(_WANTED, content=payload)
        if answer.status_code == 200:
            self._report(Arrived("offer", answer.content))
        elif answer.status_code != 204:
            _log.warning("%s: %d", _WANTED, answer.status_code)

    def _get_parts(self, client: "httpx2.Client", digest: str, first: int) -> None:
        """Get parts up to the last one, which is shorter than the rest or followed by none."""
        for number in range(first, first + PARTS_AT_ONCE):
            answer = client.get(f"/v1/policy/parts/{digest}/{number}")
            if answer.status_code != 200:
                _log.warning("part %d of a policy: %d", number, answer.status_code)
                return
            self._report(Arrived("part", answer.content))
            if len(answer.content) < PART_MESSAGE_BYTES:
                return

    def _handle(self, path: str, answer: "httpx2.Response") -> None:
        status = answer.status_code
        if status in {200, 204}:
            self._failures = 0
            if answer.content:
                self._report(Arrived(_MEANINGS[path], answer.content))
        elif status in {429, 503}:
            wait = answer.headers.get("retry-after", "")
            self._report(Overloaded(float(wait) if wait.isdigit() else RETRY_AFTER_SECONDS))
        elif status >= 500:
            self._lost(f"{path}: {status}")
        elif answer.content.startswith(b"{"):
            self._report(Arrived("answer", answer.content))
        else:
            self._report(Refused(f"{path}: {status}"))

    def _hear_commands(self, answer: "httpx2.Response") -> None:
        """Hand on what the centre asks, one message a line; whatever else it answers, the next status asks again."""
        if answer.status_code == 200:
            for line in answer.content.splitlines():
                self._report(Arrived("command", line))

    def _lost(self, cause: str) -> None:
        self._report(Disconnected(cause))
        self._failures += 1
        self._stop.wait(back_off_seconds(self._failures - 1, random.random()))  # noqa: S311 (spreads load, guards nothing)
        if not self._stop.is_set():
            with self._requests.mutex:
                self._requests.queue.clear()
            self._report(Connected())
