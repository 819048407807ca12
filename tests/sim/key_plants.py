"""Wrong turns at key cabinets that somebody could take (I22)."""

from dataclasses import replace

from contract.cabinet_records import CabinetCounted
from readers.events import Append, Effect
from tests.sim.agent import SimAgent


class TrustingAgent(SimAgent):
    """Takes what it finds at its start for what hung there before, and tells nobody (I22)."""

    def _do(self, effect: Effect) -> None:
        if isinstance(effect, Append):
            told = tuple(body for body in effect.bodies if not isinstance(body, CabinetCounted))
            if not told:
                return
            effect = replace(effect, bodies=told)
        super()._do(effect)


class OverlookingAgent(SimAgent):
    """Sounds the alarm for a key that somebody breaks out, and writes nothing down (I22)."""

    def _do(self, effect: Effect) -> None:
        if not (isinstance(effect, Append) and effect.bodies[0].kind == "key.removed_unauthorised"):
            super()._do(effect)
