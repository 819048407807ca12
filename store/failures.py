"""Sorts what a database raises: worth waiting for, or wrong whatever one waits."""

import psycopg
from sqlalchemy import exc

_PASSING = (
    exc.OperationalError,  # the server is away, the file is locked, the disk is full, deadlock, serialisation
    exc.InterfaceError,
    exc.TimeoutError,  # no connection came free in time
    exc.ResourceClosedError,
    psycopg.OperationalError,  # the same from a raw cursor (store.bulk)
    psycopg.InterfaceError,
)


def is_passing(error: BaseException) -> bool:
    """Tell whether trying the same transaction again later can succeed without anybody changing the data."""
    if isinstance(error, _PASSING):
        return True
    return isinstance(error, exc.DBAPIError) and error.connection_invalidated
