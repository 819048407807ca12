"""What Home Assistant is told that there is: one device-based discovery message a controller. Pure.

Source: Home Assistant, MQTT integration, "Device discovery payload" and "Using Availability topics"; the keys are the
documented long ones. A component says where its state is published and never where it could be commanded. All of it is
unavailable while the centre is down (its status is also its last will) or the controller is away, but for the one
component that says whether the controller is online.

States are to be subscribed at QoS 0: of thousands of retained ones a broker gives at once, at QoS 1, only what its
queue for one client holds (mosquitto 2.0, 1,500 by our settings), and drops the rest in silence.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from contract.topics import CENTRE
from domain.access.overrides import DoorMode
from gateway.home_assistant.topics import HomeTopics
from gateway.site.description import DeviceDescription, ReaderDescription, Site
from gateway.site.places import DoorDescription

Payload = dict[str, Any]

_CENTRE_IS_UP = {"topic": CENTRE, "value_template": "{{ 'online' if value_json.up else 'offline' }}"}


@dataclass(frozen=True, slots=True)
class Origin:
    """Who announces: the gateway's ``version`` and the address (``board_url``) of its door board for people."""

    version: str
    board_url: str


def announce_site(site: Site, topics: HomeTopics, origin: Origin, software: Mapping[str, str]) -> dict[str, Payload]:
    """Give each controller's announcement by its topic; ``software`` is what controllers say they run, by id."""
    return {
        topics.config(device.id): _Announcement(site, topics, device).payload(origin, software.get(device.id, ""))
        for device in site.devices
    }


def encode_payload(payload: Payload) -> bytes:
    """Give the bytes of an announcement or a state; equal ones have equal bytes."""
    return json.dumps(payload, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


@dataclass(frozen=True, slots=True)
class _Announcement:
    site: Site
    topics: HomeTopics
    device: DeviceDescription

    def payload(self, origin: Origin, software: str) -> Payload:
        return {
            "device": self._device(origin, software),
            "origin": {"name": "Sekisho", "sw_version": origin.version},
            "components": self._components(),
            "availability": [_CENTRE_IS_UP, {"topic": self.topics.online(self.device.id)}],
            "availability_mode": "all",
            "qos": 0,
        }

    def _device(self, origin: Origin, software: str) -> Payload:
        told = {"sw_version": software} if software else {}
        area = self._area()
        return {
            "identifiers": [f"{self.topics.node}-{self.device.id}"],
            "name": self.device.name,
            "manufacturer": "Sekisho",
            "model": "扉制御盤",
            "model_id": self.device.id,
            "configuration_url": origin.board_url,
            **told,
            **({"suggested_area": area} if area else {}),
        }

    def _area(self) -> str:
        """Name the first area inside the building into which one of its readers leads."""
        points = [self.site.access_point(reader.access_point) for reader in self.site.readers_of(self.device.id)]
        areas = [self.site.area(point.area_to) for point in points]
        return next((area.name for area in areas if not area.outside), "")

    def _components(self) -> Payload:
        components = self._online()
        for door in self.site.doors_of(self.device.id):
            components |= self._door(door)
        for reader in self.site.readers_of(self.device.id):
            components |= self._reader(reader)
        return components

    def _online(self) -> Payload:
        """Say whether the controller is online, also while it is not."""
        return self._component(
            f"controller-{self.device.id}",
            "online",
            platform="binary_sensor",
            name="接続",
            device_class="connectivity",
            entity_category="diagnostic",
            state_topic=self.topics.online(self.device.id),
            payload_on="online",
            payload_off="offline",
            availability=[_CENTRE_IS_UP],
        )

    def _door(self, door: DoorDescription) -> Payload:
        topic = self.topics.door(self.device.id, door.id)
        about = f"door-{door.id}"

        def binary(kind: str, name: str, device_class: str, **more: Any) -> Payload:
            return self._component(
                about,
                kind,
                platform="binary_sensor",
                name=f"{door.name} {name}",
                device_class=device_class,
                state_topic=topic,
                value_template=f"{{{{ value_json.{kind} }}}}",
                **more,
            )

        mode = self._component(
            about,
            "mode",
            platform="sensor",
            name=f"{door.name} モード",
            device_class="enum",
            options=[mode.value for mode in DoorMode],
            state_topic=topic,
            value_template="{{ value_json.mode }}",
        )
        troubles = {
            "json_attributes_topic": topic,
            "json_attributes_template": "{{ {'troubles': value_json.troubles} | tojson }}",
        }
        return (
            binary("contact", "開閉", "door")
            | binary("lock", "錠", "lock")
            | mode
            | binary("problem", "異常", "problem", **troubles)
        )

    def _reader(self, reader: ReaderDescription) -> Payload:
        topic = self.topics.reader(self.device.id, reader.id)
        return self._component(
            f"reader-{reader.id}",
            "problem",
            platform="binary_sensor",
            name=f"リーダー {reader.name}",
            device_class="problem",
            entity_category="diagnostic",
            state_topic=topic,
            value_template="{{ value_json.problem }}",
            json_attributes_topic=topic,
            json_attributes_template="{{ {'health': value_json.health} | tojson }}",
        )

    def _component(self, about: str, kind: str, **fields: Any) -> Payload:
        """Give a component under its own key; Japanese names make poor entity ids, so one is proposed."""
        unique_id = f"{self.topics.node}-{about}-{kind}"
        entity_id = f"{fields['platform']}.{unique_id.replace('-', '_')}"
        return {f"{about}-{kind}": {**fields, "unique_id": unique_id, "default_entity_id": entity_id}}
