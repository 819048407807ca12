"""``sekisho config show``: a description of the site as the database keeps it, to look at or to go back to."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from gateway.settings import SettingsError, load_gateway_settings
from sekisho.config_refusal import refuse
from store.migrate import SchemaError, require_schema
from store.rollouts import load_settled_rollout
from store.site_revisions import load_site_revision
from store.tx import Store


def show(
    settings_file: Annotated[Path, typer.Argument(help="gateway.toml")],
    revision: Annotated[str, typer.Argument(help="版の番号 · the revision's id; without it the one that holds")] = "",
) -> None:
    """保存された庁舎の設定を出す · Print a kept site file as it was; apply it to go back to it."""
    try:
        settings = load_gateway_settings(settings_file)
    except SettingsError as error:
        refuse(str(error))
    store = Store(settings.database_url)
    try:
        with store.reading(datetime.now(UTC)) as tx:
            require_schema(tx)
            settled = load_settled_rollout(tx)
            wanted = revision or ("" if settled is None else settled.proposal.revision_id)
            stored = load_site_revision(tx, wanted)
    except SchemaError as error:
        refuse(str(error))
    finally:
        store.close()
    if stored is None:
        refuse(
            f"{wanted or 'revision'}: その版はありません / no such revision: sekisho config status names those in use"
        )
    typer.echo(stored.content, nl=False)
