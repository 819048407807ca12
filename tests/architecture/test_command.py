"""The console command: every group exists, says what it does, and help imports none of them."""

import subprocess
import sys
from importlib import import_module

import pytest

from sekisho.command import GROUPS


@pytest.mark.parametrize("name", sorted(GROUPS))
def test_group_has_an_app(name: str) -> None:
    assert import_module(GROUPS[name][0]).app is not None


def test_help_is_light() -> None:
    program = """
import sys
sys.argv = ["sekisho", "--help"]
from sekisho.command import main
try:
    main()
except SystemExit:
    pass
print(sorted(sys.modules))
"""
    told = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    for name in GROUPS:
        assert name in told.stdout
    for heavy in ("'sqlalchemy'", "'fastapi'", "'paho'", "'apsw'"):
        assert heavy not in told.stdout.splitlines()[-1]
