"""Mail over SMTP. One connection is kept for the mails of a batch and closed when nothing follows."""

import asyncio
import contextlib
from dataclasses import dataclass, field
from enum import StrEnum

import aiosmtplib

from server.ports import MailError

IDLE_S = 15
"""How long a connection is kept after a mail; servers close idle ones after minutes."""

# What these codes complain of is the configuration and not the mail: it leaves once the operator has mended it.
ACCESS_CODES = frozenset({421, 454, 530, 534, 535, 538})


class Security(StrEnum):
    """How the connection is kept private; the values are those of the settings."""

    STARTTLS = "starttls"
    TLS = "tls"
    NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class SmtpServer:
    """Where the SMTP server is and how to sign in; without a user nobody signs in."""

    host: str
    port: int
    security: Security = Security.STARTTLS
    user: str = ""
    password: str = field(default="", repr=False)
    timeout_s: float = 30


class SmtpMailer:
    """Hands mails to one server, one after the other."""

    is_configured = True

    def __init__(self, server: SmtpServer) -> None:
        self._server = server
        self._client: aiosmtplib.SMTP | None = None
        self._turn = asyncio.Lock()
        self._closing: asyncio.TimerHandle | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    async def send(self, message: bytes, sender: str, recipient: str) -> None:
        """Hand over one message; raises `MailError`, permanent when the server refused it for good (5xx)."""
        async with self._turn:
            self._stay_open()
            try:
                client = await self._connected()
                options = [] if recipient.isascii() and sender.isascii() else ["SMTPUTF8"]
                await client.sendmail(sender, [recipient], message, mail_options=options)
            except (aiosmtplib.SMTPException, OSError) as error:
                await self._drop()
                raise _understood(error) from error
            except ValueError as error:  # aiosmtplib's word for an address that no server would take
                await self._drop()
                raise MailError("address", permanent=True) from error
            self._close_later()

    async def probe(self) -> None:
        """Connect and sign in without sending anything; raises `MailError`."""
        async with self._turn:
            self._stay_open()
            try:
                await self._connected()
            except (aiosmtplib.SMTPException, OSError) as error:
                raise _understood(error) from error
            finally:
                await self._drop()

    async def close(self) -> None:
        """Take leave of the server."""
        async with self._turn:
            self._stay_open()
            await self._drop()

    async def _connected(self) -> aiosmtplib.SMTP:
        if self._client is not None and self._client.is_connected:
            try:
                await self._client.rset()
            except (aiosmtplib.SMTPException, OSError):
                await self._drop()
            else:
                return self._client
        self._client = await self._opened()
        return self._client

    async def _opened(self) -> aiosmtplib.SMTP:
        server = self._server
        client = aiosmtplib.SMTP(
            hostname=server.host,
            port=server.port,
            timeout=server.timeout_s,
            use_tls=server.security is Security.TLS,
            start_tls=server.security is Security.STARTTLS,
        )
        try:
            await client.connect()
            if server.user:
                await client.login(server.user, server.password)
        except BaseException:
            client.close()
            raise
        return client

    async def _drop(self) -> None:
        client, self._client = self._client, None
        if client is None:
            return
        if client.is_connected:
            with contextlib.suppress(aiosmtplib.SMTPException, OSError):
                await client.quit()
        client.close()

    def _close_later(self) -> None:
        self._closing = asyncio.get_running_loop().call_later(IDLE_S, self._close_now)

    def _close_now(self) -> None:
        task = asyncio.get_running_loop().create_task(self.close())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _stay_open(self) -> None:
        if self._closing is not None:
            self._closing.cancel()
            self._closing = None


def _understood(error: aiosmtplib.SMTPException | OSError) -> MailError:
    match error:
        case aiosmtplib.SMTPRecipientsRefused():
            return _answered(max(refused.code for refused in error.recipients))
        case aiosmtplib.SMTPResponseException():
            return _answered(error.code)
        case aiosmtplib.SMTPNotSupported():
            # A server without SMTPUTF8 will not learn it for this mail; one without STARTTLS is misconfigured.
            return MailError("not supported", permanent="SMTPUTF8" in str(error))
        case aiosmtplib.SMTPConnectError() | aiosmtplib.SMTPConnectTimeoutError():
            return MailError("connect", permanent=False)
        case aiosmtplib.SMTPTimeoutError() | TimeoutError():
            return MailError("timeout", permanent=False)
        case aiosmtplib.SMTPServerDisconnected():
            return MailError("disconnected", permanent=False)
        case _:
            return MailError("connect", permanent=False)


def _answered(code: int) -> MailError:
    return MailError(str(code), permanent=code >= 500 and code not in ACCESS_CODES)
