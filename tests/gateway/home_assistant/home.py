"""What Home Assistant makes of messages, after its documentation: components, their states, what makes them go away.

Documentation: https://www.home-assistant.io/integrations/mqtt/ ("Device discovery payload", "Using Availability
topics"), …/binary_sensor.mqtt/ and …/sensor.mqtt/ (configuration variables), and …/binary_sensor/#device-class.
"""

import json
from dataclasses import dataclass, field
from typing import Any

from jinja2 import Environment

AVAILABILITY = {"availability", "availability_mode", "availability_template", "availability_topic"}
AVAILABILITY |= {"payload_available", "payload_not_available"}
ROOT_KEYS = {"device", "origin", "components", "state_topic", "qos", "encoding"} | AVAILABILITY
ROOT_KEYS_OF_COMMANDS = {"command_topic"}
"""Documented too; what only watches has none of them."""

DEVICE_KEYS = {"configuration_url", "connections", "hw_version", "identifiers", "manufacturer", "model", "model_id"}
DEVICE_KEYS |= {"name", "serial_number", "suggested_area", "sw_version", "via_device"}
ORIGIN_KEYS = {"name", "sw_version", "support_url"}
AVAILABILITY_TOPIC_KEYS = {"topic", "payload_available", "payload_not_available", "value_template"}

ENTITY_KEYS = {"platform", "name", "unique_id", "default_entity_id", "device_class", "entity_category", "icon"}
ENTITY_KEYS |= {"enabled_by_default", "entity_picture", "json_attributes_topic", "json_attributes_template", "qos"}
ENTITY_KEYS |= {"encoding", "expire_after", "force_update", "state_topic", "value_template"} | AVAILABILITY
COMPONENT_KEYS = {
    "binary_sensor": ENTITY_KEYS | {"off_delay", "payload_on", "payload_off"},
    "sensor": ENTITY_KEYS
    | {"options", "state_class", "unit_of_measurement", "suggested_display_precision", "last_reset_value_template"},
}
"""Neither platform has a topic by which anything could be commanded."""

DEVICE_CLASSES = {"binary_sensor": {"connectivity", "door", "lock", "problem"}, "sensor": {"enum"}}
"""Those in use, of the documented ones."""

_TEMPLATES = Environment(autoescape=False)


@dataclass
class Home:
    """Takes messages in the order in which they come; retained or not is one to it."""

    prefix: str = "homeassistant"
    components: dict[str, dict[str, dict[str, Any]]] = field(default_factory=dict)
    heard: dict[str, bytes] = field(default_factory=dict)
    configs: int = 0

    def take(self, topic: str, payload: bytes) -> None:
        """Take a message: a discovery payload, or a state."""
        if not topic.startswith(f"{self.prefix}/"):
            self.heard[topic] = payload
        elif not payload:
            self.components.pop(topic, None)
        else:
            self.configs += 1
            told = json.loads(payload)
            known = self.components.setdefault(topic, {})
            shared = {key: told[key] for key in ROOT_KEYS - {"components", "origin"} if key in told}
            for key, component in told["components"].items():
                if set(component) == {"platform"}:
                    known.pop(key, None)
                else:
                    known[key] = shared | component  # one that is not named any more stays

    def entity(self, unique_id: str) -> dict[str, Any] | None:
        """Give a component by its unique id."""
        found = [
            each for known in self.components.values() for each in known.values() if each["unique_id"] == unique_id
        ]
        assert len(found) <= 1, "a unique id is one entity's"
        return found[0] if found else None

    def state(self, unique_id: str) -> str:
        """Give what a person sees of an entity."""
        entity = self.entity(unique_id)
        if entity is None:
            return "no such entity"
        if not all(self._is_available(each) for each in entity["availability"]):
            return "unavailable"
        payload = self.heard.get(entity["state_topic"])
        if not payload:
            return "unknown"
        value = _render(entity.get("value_template"), payload)
        if value == "None":
            return "unknown"
        if entity["platform"] == "sensor":
            assert value in entity["options"]
            return value
        on, off = entity.get("payload_on", "ON"), entity.get("payload_off", "OFF")
        assert value in (on, off)
        return "on" if value == on else "off"

    def attributes(self, unique_id: str) -> Any:
        """Give an entity's attributes."""
        entity = self.entity(unique_id)
        assert entity is not None
        return json.loads(_render(entity["json_attributes_template"], self.heard[entity["json_attributes_topic"]]))

    def _is_available(self, option: dict[str, str]) -> bool:
        payload = self.heard.get(option["topic"])
        return bool(payload) and _render(option.get("value_template"), payload) == "online"


def _render(template: str | None, payload: bytes) -> str:
    if template is None:
        return payload.decode()
    return _TEMPLATES.from_string(template).render(value=payload.decode(), value_json=json.loads(payload))
