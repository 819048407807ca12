"""The desks' terminals: each joins its tier through an emulated switch, as a network server would ask for it.

What FreeRADIUS sends after a certificate was right is sent here over the same listener; the switches obey the same
Disconnect-Requests. So somebody who taps at a door is seen to come into a tier and to leave it.
"""

import asyncio
import base64
import json
import threading
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from http.client import HTTPConnection, HTTPException
from itertools import cycle
from pathlib import Path

from contract.radius_api import PERMIT, VERDICT
from demo.hall_tiers import Desk
from emulation.nas import EmulatedSwitch
from gateway.site.description import Site

SERVER = "demo"
"""The network server whose name and password the terminals' requests bear."""

SECONDS_BETWEEN = 1.5
REFUSED_SECONDS = 60.0
"""So long a terminal that was refused waits before it asks again, as supplicants do."""

TIMEOUT_SECONDS = 3.0


class DeskTerminals:
    """Lets terminals ask again and again until it is stopped.

    Args:
        site: with its switches.
        folder: the gateway's part of the rendered site: passwords of network servers, secrets of switches.
        listen: host and port where the gateway answers network servers.
        desks: the terminals.
        say: tells the visitor what is missing.
    """

    def __init__(
        self, site: Site, folder: Path, listen: tuple[str, int], desks: Sequence[Desk], *, say: Callable[[str], None]
    ) -> None:
        self._site = site
        self._folder = folder
        self._listen = listen
        self._desks = desks
        self._say = say
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._run()), name="desk-terminals", daemon=True)
        self._switches: dict[str, EmulatedSwitch] = {}
        self._waits: dict[str, float] = {}
        self._number = 0

    def start(self) -> None:
        """Switch them on."""
        self._thread.start()

    def stop(self) -> None:
        """Let none ask any more."""
        self._stopping.set()
        self._thread.join(timeout=2 * TIMEOUT_SECONDS)

    async def _run(self) -> None:
        try:
            await self._plug_in()
        except OSError:
            self._say("別のデモが動いているため、端末はつなぎません / another demo runs: no terminal is connected")
            return
        clients = cycle(self._site.radius_clients)
        at = {desk.id: next(clients).id for desk in self._desks}
        while not self._stopping.is_set():
            for number, desk in enumerate(self._desks):
                await self._look(desk, at[desk.id], f"1/0/{number + 1}")
                await asyncio.sleep(SECONDS_BETWEEN / len(self._desks))
        for switch in self._switches.values():
            switch.close()

    async def _plug_in(self) -> None:
        models = {each.id: each.port for each in self._site.switch_models}
        for client in self._site.radius_clients:
            secret = (self._folder / "switches" / client.id).read_bytes().strip()
            switch = EmulatedSwitch(secret, lambda: datetime.now(UTC))
            await switch.listen(str(client.address.network_address), models[client.model] if client.model else 3799)
            self._switches[client.id] = switch

    async def _look(self, desk: Desk, client_id: str, port: str) -> None:
        """Ask for a terminal that is on no session and has waited long enough."""
        switch, now = self._switches[client_id], asyncio.get_running_loop().time()
        if self._waits.get(desk.id, 0.0) > now or desk.station in switch.sessions.values():
            return
        self._number += 1
        own = f"{client_id}-{self._number:06}"
        asked = {
            "User-Name": desk.id,
            "EAP-Type": "TLS",
            "TLS-Client-Cert-Common-Name": desk.id,
            "Calling-Station-Id": desk.station,
            "NAS-IP-Address": str(self._address_of(client_id)),
            "NAS-Port-Id": port,
            "Acct-Session-Id": own,
        }
        answer = await asyncio.to_thread(self._post, "decide", asked)
        verdict = _first(answer, VERDICT)
        if verdict != PERMIT:
            self._waits[desk.id] = now + (REFUSED_SECONDS if verdict else TIMEOUT_SECONDS)
            return
        switch.sessions[own] = desk.station
        begun = {"Acct-Status-Type": "Start", "Class": _first(answer, "reply:Class")}
        await asyncio.to_thread(self._post, "account", asked | begun)

    def _address_of(self, client_id: str) -> object:
        return next(each.address.network_address for each in self._site.radius_clients if each.id == client_id)

    def _post(self, what: str, told: dict[str, str]) -> dict[str, dict[str, list[str]]]:
        """Send a request as rlm_rest does; gives nothing while the gateway cannot be reached."""
        body = json.dumps({name: {"type": "string", "value": [value]} for name, value in told.items()})
        password = (self._folder / "radius-servers" / SERVER).read_text().strip()
        known = base64.b64encode(f"{SERVER}:{password}".encode()).decode()
        connection = HTTPConnection(*self._listen, timeout=TIMEOUT_SECONDS)
        try:
            headers = {"Authorization": f"Basic {known}", "Content-Type": "application/json"}
            connection.request("POST", f"/radius/v1/{what}", body, headers)
            data = connection.getresponse().read()
            answer: dict[str, dict[str, list[str]]] = json.loads(data) if data.startswith(b"{") else {}
        except (OSError, HTTPException):
            return {}
        finally:
            connection.close()
        return answer


def _first(answer: dict[str, dict[str, list[str]]], name: str) -> str:
    return str(next(iter(answer.get(name, {}).get("value", ())), ""))
