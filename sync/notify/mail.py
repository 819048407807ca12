"""Mail by SMTP: STARTTLS or TLS with the server's certificate checked; plain only on this machine."""

import smtplib
import ssl
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime

from sync.notify.settings import MailSettings
from sync.notify.way import SENT, Letter, Outcome, Told

OVERLOADED = frozenset({421, 450, 452})
"""Replies of a server that has too much to do just now (RFC 5321 4.2, RFC 3463 X.3.1, X.2.2)."""
OVERLOAD_PAUSE_SECONDS = 300.0


class MailWay:
    """A mail server; the connection is opened at the first letter and after each trouble."""

    def __init__(self, settings: MailSettings, *, timeout_seconds: float = 20.0) -> None:
        self._settings = settings
        self._timeout_seconds = timeout_seconds
        self._server: smtplib.SMTP | None = None

    def send(self, letter: Letter) -> Told:
        """Send a letter; its Message-ID is the same at every repetition."""
        try:
            if self._server is None:
                self._server = self._open()
            self._server.send_message(write_mail(letter, self._settings.sender))
        except smtplib.SMTPRecipientsRefused as error:
            code = next((code for code, _ in error.recipients.values()), 550)
            return self._end(_sort_reply(code, "recipient"))
        except (smtplib.SMTPAuthenticationError, smtplib.SMTPNotSupportedError, ssl.SSLCertVerificationError) as error:
            return self._end(Told(Outcome.closed, type(error).__name__))
        except smtplib.SMTPSenderRefused as error:
            told = _sort_reply(error.smtp_code, "sender")
            closed = told.outcome is Outcome.poison  # it takes nothing of this sender, whoever is written to
            return self._end(Told(Outcome.closed, told.fault) if closed else told)
        except smtplib.SMTPResponseException as error:
            return self._end(_sort_reply(error.smtp_code, "server"))
        except (smtplib.SMTPException, OSError) as error:
            return self._end(Told(Outcome.transient, type(error).__name__))
        except ValueError as error:  # a header that cannot be written
            return Told(Outcome.poison, type(error).__name__)
        return SENT

    def close(self) -> None:
        """Say goodbye to the server."""
        server, self._server = self._server, None
        if server is not None:
            try:
                server.quit()
            except (smtplib.SMTPException, OSError):
                server.close()

    def _open(self) -> smtplib.SMTP:
        settings = self._settings
        context = ssl.create_default_context(cafile=settings.ca_file)
        if settings.security == "tls":
            server: smtplib.SMTP = smtplib.SMTP_SSL(
                settings.host, settings.port, timeout=self._timeout_seconds, context=context
            )
        else:
            server = smtplib.SMTP(settings.host, settings.port, timeout=self._timeout_seconds)
        try:
            if settings.security == "starttls":
                server.starttls(context=context)
            if settings.user is not None:
                server.login(settings.user, settings.load_password())
        except BaseException:
            server.close()
            raise
        return server

    def _end(self, told: Told) -> Told:
        self.close()
        return told


def write_mail(letter: Letter, sender: str) -> EmailMessage:
    """Give the mail of a letter, marked as sent by a machine so that nothing answers it (RFC 3834).

    Raises:
        ValueError: an address or a title holds a line break.
    """
    mail = EmailMessage()
    mail["From"] = sender
    mail["To"] = letter.target
    mail["Subject"] = letter.title
    mail["Date"] = format_datetime(_whole_second(letter.created_at))
    mail["Message-ID"] = f"<{letter.id}@{sender.rpartition('@')[2]}>"
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(letter.text)
    return mail


def _whole_second(at: datetime) -> datetime:
    return at.replace(microsecond=0)


def _sort_reply(code: int, where: str) -> Told:
    fault = f"SMTP {code} {where}"
    if code in OVERLOADED:
        return Told(Outcome.overload, fault, OVERLOAD_PAUSE_SECONDS)
    return Told(Outcome.poison if code >= 500 else Outcome.transient, fault)
