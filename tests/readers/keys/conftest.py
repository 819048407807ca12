"""A private token store for each test; SoftHSM reads where it is whenever it is initialised."""

import pytest

from tests.softhsm import TokenStore


@pytest.fixture
def tokens(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> TokenStore:
    """A store with one token, ``desk``."""
    store = TokenStore.make(tmp_path_factory.mktemp("softhsm"))
    for name, value in store.environment.items():
        monkeypatch.setenv(name, value)
    store.new_token("desk")
    return store
