"""Why an update does not go on, sorted by what to do about it."""


class UpdateError(Exception):
    """An update is hindered; the text says what to do, Japanese first."""


class UpdateUnreachableError(UpdateError):
    """The repository does not answer now; the same command again may do."""


class UpdateRefusedError(UpdateError):
    """What was offered is not to be trusted or not fit; trying again changes nothing until somebody offers another."""
