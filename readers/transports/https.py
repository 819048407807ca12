"""The way over HTTPS: the same envelope by POST, where the answer is the receipt; and the policy's snapshot by GET."""

import queue
import random
import ssl
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, BinaryIO

from readers.sending import back_off_seconds
from readers.settings import HttpsSettings
from readers.transports.port import Arrived, Connected, Disconnected, Overloaded, Refused, Report

if TYPE_CHECKING:
    import httpx2

TIMEOUT_SECONDS = 10.0
RETRY_AFTER_SECONDS = 5.0
"""The pause when the centre asks for one without saying how long."""

_QUEUE_MAX = 64


def open_client(settings: HttpsSettings) -> "httpx2.Client":
    """Make a client that trusts the installation's CA alone and shows the device's certificate."""
    import httpx2  # an edge on MQTT needs it only when a new policy is out

    context = ssl.create_default_context(cafile=str(settings.ca_file))
    context.load_cert_chain(settings.certificate_file, settings.key_file)
    return httpx2.Client(base_url=settings.url, verify=context, timeout=TIMEOUT_SECONDS, trust_env=False)


def fetch_policy(settings: HttpsSettings, version: int, file: BinaryIO) -> None:
    """Write the snapshot of ``version`` into ``file``.

    Raises:
        OSError: it cannot be had at the moment; says why.
    """
    import httpx2

    try:
        with open_client(settings) as client, client.stream("GET", f"/v1/policy/{version}") as answer:
            if answer.status_code != 200:
                raise OSError(f"GET /v1/policy/{version}: {answer.status_code}")
            file.writelines(answer.iter_bytes())
    except httpx2.HTTPError as error:
        raise OSError(f"GET /v1/policy/{version}: {type(error).__name__}: {error}") from None


class HttpsTransport:
    """A device's requests to the centre, one after the other on a thread of its own.

    Nobody calls a device, so it asks often: the status request's answer is the policy pointer, and commands are asked
    for with it. How soon a revoked card stops and a door locks down hangs on that.
    """

    status_seconds = 1.0

    def __init__(self, settings: HttpsSettings) -> None:
        self._settings = settings
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
        self._put(("/v1/ingest", payload))

    def send_status(self, payload: bytes) -> None:
        """Post a birth; the policy pointer is reported."""
        self._put(("/v1/status", payload))

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
        import httpx2

        with open_client(self._settings) as client:
            self._report(Connected())
            while not self._stop.is_set() and (request := self._requests.get()) is not None:
                path, payload = request
                try:
                    self._handle(path, client.post(path, content=payload))
                    if path == "/v1/status":
                        self._hear_commands(client.get("/v1/commands"))
                except httpx2.HTTPError as error:
                    self._lost(f"{type(error).__name__}: {error}")

    def _handle(self, path: str, answer: "httpx2.Response") -> None:
        status = answer.status_code
        if status in {200, 204}:
            self._failures = 0
            if answer.content:
                self._report(Arrived("pointer" if path == "/v1/status" else "answer", answer.content))
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
