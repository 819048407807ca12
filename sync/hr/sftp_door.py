"""HR's file by SFTP: the server is known by one key, we by ours; a file that changes while it comes is not taken."""

import asyncio
import logging

from sync.hr.fetched import SECONDS_MAX, Fetched, FetchError, demand_size
from sync.hr.source_settings import SftpSource


def fetch_by_sftp(source: SftpSource, mark: str, *, deadline_seconds: float = SECONDS_MAX) -> Fetched | None:
    """Fetch the file; None when its size and time are still those of ``mark``.

    Raises:
        FetchError: it could not be had, or it was being written.
    """
    import asyncssh

    logging.getLogger("asyncssh").setLevel(logging.WARNING)  # it would log hosts and users
    try:
        return asyncio.run(_fetch(source, mark, deadline_seconds))
    except asyncssh.HostKeyNotVerifiable:
        raise FetchError("サーバーの鍵が host_key と違います / the server's key is not the host_key given") from None
    except asyncssh.PermissionDenied:
        raise FetchError("鍵が受け付けられません / the server does not accept our key") from None
    except asyncssh.SFTPNoSuchFile:
        raise FetchError("ファイルがありません / there is no such file") from None
    except (OSError, TimeoutError, asyncssh.Error, asyncssh.KeyImportError) as error:
        raise FetchError(f"SFTP で取れません / not reached or not given ({type(error).__name__})") from None


async def _fetch(source: SftpSource, mark: str, deadline_seconds: float) -> Fetched | None:
    import asyncssh

    host_key = asyncssh.import_public_key(source.host_key)
    async with (
        asyncio.timeout(deadline_seconds),
        asyncssh.connect(
            source.host,
            source.port,
            username=source.user,
            client_keys=[str(source.key_file)],
            known_hosts=([host_key], [], []),
            server_host_key_algs=_algorithms(source.host_key),
            preferred_auth="publickey",
            config=None,
            agent_path=None,
        ) as connection,
        connection.start_sftp_client() as sftp,
    ):
        before = await sftp.stat(source.path)
        size, found = before.size or 0, f"{before.size}:{before.mtime}"
        if found == mark:
            return None
        demand_size(size)
        async with sftp.open(source.path, "rb") as remote:
            data: bytes = await remote.read(size + 1)
        after = await sftp.stat(source.path)
    if (after.size, after.mtime) != (before.size, before.mtime) or len(data) != size:
        raise FetchError("書き込み中です。次回取り直します / it is being written; the next look takes it")
    return Fetched(data, found)


def _algorithms(host_key: str) -> list[str]:
    kind = host_key.split(" ", 1)[0]
    return ["rsa-sha2-512", "rsa-sha2-256"] if kind == "ssh-rsa" else [kind]
