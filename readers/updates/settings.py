"""``[updates]`` of ``edge.toml``: where the slots are, whom a release must be signed by, where releases come from.

Nothing of it is opened when the agent starts: a door opens also where no update is possible.
"""

from pydantic import BaseModel, ConfigDict

from readers.setting_paths import BesidePath


class UpdateSettings(BaseModel):
    """``[updates]``: ``repository`` is a folder; without it the centre of ``[https]`` is asked."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    folder: BesidePath
    root_file: BesidePath
    repository: BesidePath | None = None
