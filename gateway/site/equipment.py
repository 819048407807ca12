"""A site's equipment files: ``equipment/<device>.toml`` beside ``site.yaml``, one a box, what is wired to it.

Their words are the controller's own (``readers.equipment``) and are passed on as they stand, behind what follows from
the site's description; ``{{ state }}`` in them becomes the folder in which the box keeps its state.
"""

from collections.abc import Mapping
from pathlib import Path

from gateway.site.description import Site
from gateway.site.source import Problem, SiteError

FOLDER = "equipment"
STATE = "{{ state }}"

EquipmentTexts = Mapping[str, str]
"""The text of each device's file, by the device's id; a device without a file has nothing wired to it."""


def read_equipment(site_file: Path, site: Site) -> EquipmentTexts:
    """Read the files beside a site's description.

    Raises:
        SiteError: a file is named for no device of the site, or is no text.
    """
    texts: dict[str, str] = {}
    known = {device.id for device in site.devices}
    for path in sorted((site_file.parent / FOLDER).glob("*.toml")):
        if path.stem not in known:
            expected = ", ".join(sorted(known))
            raise SiteError(
                path, (Problem("", 0, f"装置の名前にしてください: {expected} / expected one of: {expected}"),)
            )
        try:
            texts[path.stem] = path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise SiteError(path, (Problem("", 0, f"読めません / cannot be read: {error}"),)) from None
    return texts


def place_equipment(text: str, state: Path) -> str:
    """Give a device's text with its state folder filled in."""
    return text.replace(STATE, str(state))
