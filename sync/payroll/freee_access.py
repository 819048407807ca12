"""The way into freee: a token that holds, renewed by one process at a time before it ends or when it is refused.

The pair stands sealed in the database. Whoever renews claims it first; others wait for what comes of it. A refresh
token is good once, so a claim ends with the next pair, with a failure in passing, or with a refusal that stands until
somebody authorises us again.
"""

import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from contract.sealed_bytes import NONCE_BYTES, SealError
from store.payroll_access import (
    PayrollAccess,
    claim_renewal,
    load_payroll_access,
    save_not_renewed,
    save_payroll_access,
    save_renewed,
)
from store.tx import Store
from sync.payroll.delivery import PortClosedError
from sync.payroll.freee_settings import FreeeSettings
from sync.payroll.freee_tokens import (
    ClientRefusedError,
    Granted,
    GrantRefusedError,
    NoTokensError,
    exchange_code,
    renew_tokens,
)
from sync.payroll.token_pair import Brought, TokenPair, open_pair, seal_pair
from sync.payroll.wire import NotReachedError

SERVICE = "freee"
RENEW_BEFORE = timedelta(hours=3)
"""A token is renewed so long before it ends: half of its life, for freee wants it renewed while it holds."""
CLAIM_STALE_AFTER = timedelta(minutes=10)
"""Whoever renews for so long is thought dead; a request ends long before."""
OTHERS_SECONDS = 150
"""So long somebody waits for another's renewal, a second at a time."""

NOT_AUTHORISED = (
    "freee がまだ許可されていません。sekisho sync freee-authorise で許可してください / "
    "freee was never authorised: do so with sekisho sync freee-authorise"
)


@dataclass(frozen=True, slots=True)
class FreeeAccess:
    """What asking for a token takes: the database, the settings, the site's key, the time, a way to wait."""

    store: Store
    settings: FreeeSettings
    site_key: bytes
    clock: Callable[[], datetime]
    pause: Callable[[float], None] = time.sleep

    def token(self) -> str:
        """Give a token that holds now; it is renewed where it will not for long.

        Raises:
            PortClosedError: nobody authorised us, or the service ended it; the text says what to do.
            NotReachedError: it has ended and could not be renewed this time.
        """
        standing = self._load()
        if standing.ends_at - self.clock() > RENEW_BEFORE:
            return self._open(standing).access
        try:
            standing = self._renew(standing)
        except (NotReachedError, PortClosedError):
            if standing.ends_at <= self.clock():
                raise
        return self._open(standing).access

    def renew(self, refused: str) -> str:
        """Give another token than the one that was refused before its end.

        Raises:
            PortClosedError, NotReachedError: as ``token``.
        """
        standing = self._load()
        if self._open(standing).access != refused:
            return self._open(standing).access
        return self._open(self._renew(standing)).access

    def keep(self) -> bool:
        """Renew the tokens if it is time to; True when they are new. An unused way in would end with its 90 days.

        Raises:
            PortClosedError, NotReachedError: as ``token``, also while the old token holds.
        """
        standing = self._load()
        due = standing.ends_at - self.clock() <= RENEW_BEFORE
        return due and self._renew(standing).number != standing.number

    def authorise(self, brought: Brought) -> datetime:
        """Take what somebody brought from freee's page; gives the end of the first token.

        Raises:
            GrantRefusedError, ClientRefusedError, NoTokensError: there are no tokens for it; what stood before stands.
            OSError: the application's secret cannot be read.
        """
        ask = exchange_code if brought.is_code else renew_tokens
        granted = ask(self.settings, brought.secret, self.clock)
        with self.store.transaction(self.clock()) as tx:
            save_payroll_access(tx, SERVICE, self._seal(granted), granted.ends_at)
        return granted.ends_at

    def _renew(self, seen: PayrollAccess) -> PayrollAccess:
        for _ in range(OTHERS_SECONDS):
            if seen.refusal:
                raise PortClosedError(seen.refusal)
            now = self.clock()
            with self.store.transaction(now) as tx:
                claimed = claim_renewal(tx, seen, stale_before=now - CLAIM_STALE_AFTER)
            if claimed:
                self._replace(seen)
                return self._load()
            self.pause(1.0)
            standing = self._load()
            if standing.number != seen.number:
                return standing
            seen = standing
        raise NotReachedError("ほかの処理が更新中です / another process is renewing the tokens")

    def _replace(self, seen: PayrollAccess) -> None:
        refusal = ""
        try:
            granted = renew_tokens(self.settings, self._open(seen).refresh, self.clock)
            with self.store.transaction(self.clock()) as tx:
                save_renewed(tx, seen, self._seal(granted), granted.ends_at)
        except GrantRefusedError as error:
            refusal = str(error)
            raise PortClosedError(refusal) from None
        except ClientRefusedError as error:
            raise PortClosedError(str(error)) from None
        except NoTokensError as error:
            raise NotReachedError(str(error), error.pause_seconds) from None
        except OSError as error:
            raise PortClosedError(_unreadable(error)) from None
        finally:  # of a pair that was renewed nothing stands here any more
            with self.store.transaction(self.clock()) as tx:
                save_not_renewed(tx, seen, refusal=refusal)

    def _load(self) -> PayrollAccess:
        with self.store.reading(self.clock()) as tx:
            standing = load_payroll_access(tx, SERVICE)
        if standing is None:
            raise PortClosedError(NOT_AUTHORISED)
        return standing

    def _open(self, standing: PayrollAccess) -> TokenPair:
        try:
            return open_pair(self.site_key, standing.sealed)
        except SealError as error:
            raise PortClosedError(str(error)) from None

    def _seal(self, granted: Granted) -> bytes:
        return seal_pair(self.site_key, granted.pair, os.urandom(NONCE_BYTES))


def _unreadable(error: OSError) -> str:
    return f"client_secret_file を読めません / client_secret_file cannot be read ({error.strerror})"
