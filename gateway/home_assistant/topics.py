"""The topics by which Home Assistant learns of doors and readers; none of them asks anything of a device.

==================================================  =======================  ==========================================
topic                                               said by                  payload
==================================================  =======================  ==========================================
``<prefix>/device/sekisho-<site>/<device>/config``  the centre, retained     :mod:`gateway.home_assistant.announcement`
``sekisho/1/home-assistant/<device>/online``        the centre, retained     ``online`` or ``offline``
``sekisho/1/home-assistant/<device>/door/<door>``   the centre, retained     :mod:`gateway.home_assistant.states`
``sekisho/1/home-assistant/<device>/reader/<id>``   the centre, retained     the same
``<prefix>/status``                                 Home Assistant           ``online`` when it has started
==================================================  =======================  ==========================================

The level ``sekisho-<site>`` is what the documentation calls the node id: one filter finds all that this site announced.
"""

from dataclasses import dataclass
from typing import Annotated

from pydantic import AfterValidator, StringConstraints

from contract.topics import CENTRE

STATES = "sekisho/1/home-assistant"
"""What stands above every state of ours; what lies elsewhere is not ours to remove."""


def _not_ours(prefix: str) -> str:
    if prefix == STATES.partition("/")[0]:
        raise ValueError(f"expected another word than {prefix}, under which devices speak")
    return prefix


DiscoveryPrefix = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,64}$"), AfterValidator(_not_ours)]
"""The first level of what Home Assistant discovers, as its own settings have it."""


@dataclass(frozen=True, slots=True)
class HomeTopics:
    """The topics of one site (``site``: its id) under Home Assistant's discovery ``prefix``."""

    prefix: str
    site: str

    @property
    def node(self) -> str:
        """The site's name among whatever else Home Assistant discovers; unique ids begin with it, too."""
        return f"sekisho-{self.site}"

    @property
    def birth(self) -> str:
        """Where Home Assistant says that it has started; all that it may say."""
        return f"{self.prefix}/status"

    @property
    def config_filter(self) -> str:
        """Every announcement of this site."""
        return self.config("+")

    @property
    def states(self) -> tuple[str, ...]:
        """Filters of every state."""
        return self.online("+"), self.door("+", "+"), self.reader("+", "+")

    @property
    def shown(self) -> tuple[str, ...]:
        """Filters of all that Home Assistant may hear: the above, and whether the centre is up."""
        return self.config_filter, *self.states, CENTRE

    def config(self, device: str) -> str:
        """Give the topic that announces a device."""
        return f"{self.prefix}/device/{self.node}/{device}/config"

    def is_config(self, topic: str) -> bool:
        """Tell whether the topic announces a device of this site."""
        before, _, after = self.config_filter.partition("+")
        device = topic.removeprefix(before).removesuffix(after)
        return topic == self.config(device) and "/" not in device

    def online(self, device: str) -> str:
        """Give the topic that says whether a device is online."""
        return f"{STATES}/{device}/online"

    def door(self, device: str, door: str) -> str:
        """Give the topic that says how a door of the device stands."""
        return f"{STATES}/{device}/door/{door}"

    def reader(self, device: str, reader: str) -> str:
        """Give the topic that says how a reader of the device is."""
        return f"{STATES}/{device}/reader/{reader}"
