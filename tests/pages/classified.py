"""A city that has classified its information and its files, as the shipped examples do."""

from pathlib import Path

from contract.information_file import read_information_toml
from gateway.operations.zones.keep_information_class import decide_information_class, keep_information_class
from gateway.site.description import Site, load_site
from store.information_classes import list_class_versions
from store.versions import VersionState
from tests.pages.city import SITE_FILE, City

CLASSES = Path(__file__).parents[2] / "firmware_configs/tiers/information.toml"


def register_classes(city: City) -> None:
    """Let the shipped classes be in force."""
    tiers = {each.id for each in city.context.site.tiers}
    with city.store.transaction(city.clock()) as tx:
        for each in read_information_toml(CLASSES.read_bytes()):
            keep_information_class(tx, each, by="one", tiers=tiers)
        for version in list_class_versions(tx, state=VersionState.waiting):
            decide_information_class(tx, version.standing.id, VersionState.approved, by="another")


def classify_exports(city: City, **rows: dict[str, str]) -> None:
    """Let the demo's rows of exports hold, some of them changed."""
    content = load_site(SITE_FILE).model_dump(mode="json")
    content["exports"] = [each | rows.get(each["id"], {}) for each in content["exports"]]
    object.__setattr__(city.context, "site", Site.model_validate(content))
