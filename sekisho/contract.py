"""``sekisho contract``: publish the wire contract's documents from the code that speaks it."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

import contract
from contract.asyncapi import asyncapi_document
from contract.schemas import message_schemas
from gateway.citizens.api.app import openapi_document
from gateway.radius import agent_door

app = typer.Typer(no_args_is_help=True)

PUBLISHED = Path(contract.__path__[0]) / "published"


@app.callback()
def wire_contract() -> None:
    """電文の公開文書 · The wire contract's documents."""


@app.command()
def publish(
    check: Annotated[bool, typer.Option("--check", help="書かずに比べる · compare instead of writing")] = False,
) -> None:
    """AsyncAPI・OpenAPI 文書と JSON Schema を書く · Write what is published of messages and of the HTTP API."""
    files = published_files()
    found = {str(path.relative_to(PUBLISHED)): path.read_text(encoding="utf-8") for path in PUBLISHED.rglob("*.json")}
    if check:
        if differing := sorted(name for name in files.keys() | found.keys() if files.get(name) != found.get(name)):
            typer.echo(f"古くなっています / out of date: {', '.join(differing)}: sekisho contract publish", err=True)
            raise typer.Exit(1)
        return
    for name in found.keys() - files.keys():
        (PUBLISHED / name).unlink()
    for name, text in files.items():
        path = PUBLISHED / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    print(f"{PUBLISHED.name}: {len(files)} ファイル / files")


def published_files() -> Mapping[str, str]:
    """Give what ``contract/published`` holds: text by file name."""
    schemas = {f"schemas/{name}.schema.json": _text(schema) for name, schema in message_schemas().items()}
    return {
        "asyncapi.json": _text(asyncapi_document()),
        "network-tiers.openapi.json": _text(agent_door.openapi_document()),
        "openapi.json": _text(openapi_document()),
        **schemas,
    }


def _text(document: Mapping[str, Any]) -> str:
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"
