"""``sekisho update repository``: make the folder that boxes fetch releases from, put releases in, keep it fresh."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

if TYPE_CHECKING:
    from sekisho.release_repository import ReleaseRepository

app = typer.Typer(no_args_is_help=True, help="更新の配布元 · the repository that releases come from")

FolderArgument = Annotated[Path, typer.Argument(help="配布元のフォルダ · the repository's folder", file_okay=False)]
KeysOption = Annotated[
    list[Path], typer.Option("--keys", help="鍵のフォルダ（複数可）· folders of keys, one or several")
]
Days = Annotated[float | None, typer.Option(help="有効日数 · days that it counts", min=0.01, max=3650)]


@app.callback()
def repository() -> None:
    """更新の配布元 · The repository that releases come from."""


@app.command()
def init(
    folder: FolderArgument,
    keys: Annotated[Path, typer.Option(help="鍵を作るフォルダ · the folder to make the keys in")],
    *,
    root_keys: Annotated[int, typer.Option(help="root の鍵の数 · root keys", min=1, max=16)] = 3,
    root_threshold: Annotated[int, typer.Option(help="署名に要る数 · of which so many sign", min=1, max=16)] = 2,
    targets_keys: Annotated[int, typer.Option(help="targets の鍵の数 · targets keys", min=1, max=16)] = 1,
    targets_threshold: Annotated[int, typer.Option(help="署名に要る数 · of which so many sign", min=1, max=16)] = 1,
    root_days: Days = None,
    targets_days: Days = None,
    snapshot_days: Days = None,
    timestamp_days: Days = None,
) -> None:
    """配布元と鍵を作る · Make a repository and all its keys; then part the keys among their keepers."""
    from sekisho.release_keys import KeyRing, make_keys
    from sekisho.release_repository import ReleaseRepository
    from sekisho.release_roles import DAYS, ROLES, Lifetimes

    for count, threshold, name in ((root_keys, root_threshold, "root"), (targets_keys, targets_threshold, "targets")):
        if threshold > count:
            typer.echo(f"--{name}-threshold: {count} 以下にしてください / expected at most {count}", err=True)
            raise typer.Exit(2)
    with _refusals():
        if (folder / "metadata").exists():
            _refuse(f"{folder}: 既にあります / there is a repository already")
        if keys.exists() and any(keys.glob("*.pem")):
            _refuse(f"--keys: {keys}: 鍵が既にあります / holds keys already; name an empty folder")
        ring = KeyRing(())
        for role in ROLES:
            ring = ring.with_others(make_keys(keys, role, {"root": root_keys, "targets": targets_keys}.get(role, 1)))
        asked = {"root": root_days, "targets": targets_days, "snapshot": snapshot_days, "timestamp": timestamp_days}
        days = {role: DAYS[role] if asked[role] is None else asked[role] for role in ROLES}
        ReleaseRepository(folder, ring, _now(), Lifetimes({role: days[role] or 0 for role in ROLES})).begin(
            thresholds={"root": root_threshold, "targets": targets_threshold}
        )
        print(f"{folder}/metadata/1.root.json: 箱に root.json として置く / lay it down on each box as root.json")
        print(f"{keys}: 鍵を分けて保管する / part these keys: root offline, in different hands")


@app.command()
def add(
    folder: FolderArgument,
    archive: Annotated[Path, typer.Argument(help="sekisho-edge-<版>.tar.gz", dir_okay=False)],
    version: Annotated[int, typer.Option(help="通し番号（増えるだけ）· serial; only grows", min=1)],
    keys: KeysOption,
    days: Days = None,
) -> None:
    """版を加える · Put a release in, sign the list, and publish it."""
    from sekisho.release_archive import describe_archive

    with _refusals():
        name, target = describe_archive(archive, version)
        _open(folder, keys, {"targets": days}).add(archive, name=name, target=target)
        print(f"{name} (#{version}): 配布元に加えました / published")


@app.command()
def timestamp(folder: FolderArgument, keys: KeysOption, days: Days = None) -> None:
    """新しさの署名を更新する · Sign that the repository is fresh; for a timer, more often than the days it counts."""
    with _refusals():
        _open(folder, keys, {"timestamp": days}).publish()
        print("署名しました / signed")


@app.command()
def rotate(
    folder: FolderArgument,
    role: Annotated[str, typer.Argument(help="root · targets · snapshot · timestamp")],
    keys: KeysOption,
    into: Annotated[Path, typer.Option(help="新しい鍵のフォルダ · the folder for the new keys")],
) -> None:
    """役割の鍵を替える · Replace all keys of a role; boxes follow by the chain of roots."""
    from sekisho.release_keys import make_keys
    from sekisho.release_roles import ROLES

    with _refusals():
        if role not in ROLES:
            _refuse(f"{role}: その役割はありません / expected one of {', '.join(ROLES)}")
        if into in keys or (into.exists() and any(into.glob("*.pem"))):
            _refuse(f"--into: {into}: 空のフォルダにしてください / expected an empty folder")
        there = _open(folder, keys, {})
        there.require_rotation(role)
        there.rotate(role, make_keys(into, role, len(there.root().roles[role].keyids)))
        print(f"{role}: 鍵を替えました。古い鍵は廃棄 / rotated; the former keys of {role} are worth nothing now")


@app.command()
def show(folder: FolderArgument) -> None:
    """役割・期限・版を見る · Show roles, expiries and releases."""
    from sekisho.release_keys import KeyRing
    from sekisho.release_repository import ReleaseRepository
    from sekisho.release_roles import ROLES

    with _refusals():
        there = ReleaseRepository(folder, KeyRing(()), _now())
        root = there.root()
        for role in ROLES:
            word = there.open(role)
            if word.signed.version == 0:
                _refuse(f"{folder}: {role} がありません / no repository, or not whole: there is no {role}")
            held = root.roles[role]
            over = " 期限切れ / EXPIRED" if word.signed.is_expired(_now()) else ""
            print(
                f"{role:10} v{word.signed.version}  {held.threshold}/{len(held.keyids)}  "
                f"{word.signed.expires.isoformat()}{over}"
            )
        for name, target in sorted(there.targets().targets.items()):
            print(f"{name}  #{target.custom['version'] if target.custom else '?'}  {target.length} bytes")


def _open(folder: Path, keys: list[Path], days: dict[str, float | None]) -> "ReleaseRepository":
    from sekisho.release_keys import KeyRing
    from sekisho.release_repository import ReleaseRepository, RepositoryRefusedError
    from sekisho.release_roles import DAYS, Lifetimes

    if not (folder / "metadata").is_dir():
        raise RepositoryRefusedError(f"{folder}: 配布元ではありません / no repository; make one by: init")
    lifetimes = Lifetimes({**DAYS, **{role: count for role, count in days.items() if count is not None}})
    return ReleaseRepository(folder, KeyRing.read(keys), _now(), lifetimes)


def _now() -> datetime:
    return datetime.now(UTC)


def _refuse(text: str) -> NoReturn:
    typer.echo(text, err=True)
    raise typer.Exit(2)


@contextmanager
def _refusals() -> Iterator[None]:
    from readers.updates.errors import UpdateError
    from sekisho.release_keys import KeyFileError, TooFewKeysError
    from sekisho.release_repository import RepositoryRefusedError

    try:
        yield
    except (RepositoryRefusedError, KeyFileError, TooFewKeysError, UpdateError, OSError) as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(2) from None
