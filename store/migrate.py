"""Brings a database to the schema of this version."""

from store.tables import metadata
from store.tx import Store


def migrate(url: str) -> None:
    """Create or upgrade the database at ``url``."""
    store = Store(url)
    metadata.create_all(store._engine)
    store.close()
