"""What `daybook check` tries out itself, in the world around the installation."""

import asyncio
import ctypes
import os
import secrets
from dataclasses import replace
from urllib.parse import urlsplit

import aiohttp

from server.adapters.mail.smtp import SmtpMailer
from server.bootstrap import smtp_server, texter_of
from server.control.findings import Finding, Verdict
from server.domain.phones import e164
from server.ports import MailError, TextError
from server.settings.model import MailSettings, SmsSettings

PROBE_S = 10
SIGN_IN_CODES = {"454", "530", "534", "535", "538"}
_TIME_ERROR = 5
_TIMEX_BYTES = 512


async def probe_mail(mail: MailSettings) -> Finding | None:
    """Return whether the SMTP server lets Daybook in; None when none is set. Sends nothing."""
    if not mail.host:
        return None
    name = f"{mail.host}:{mail.port}"
    server = replace(smtp_server(mail), timeout_s=min(mail.timeout_s, PROBE_S))
    try:
        await SmtpMailer(server).probe()
    except MailError as error:
        return Finding(
            Verdict.FAULT, "SMTP", f"{name} does not let Daybook in: {error.code}", _cure(mail, error.code)
        )
    return Finding(Verdict.OK, "SMTP", f"{name} lets Daybook in")


def _cure(mail: MailSettings, code: str) -> str:
    if code in SIGN_IN_CODES:
        return "Look at mail.user and mail.password."
    return f"Look at mail.host, mail.port and mail.security (now “{mail.security}”), and whether a firewall is between."


async def probe_sms(sms: SmsSettings, to: str | None) -> Finding | None:
    """Return whether the SMS gateway is there, or whether it took a message to `to`; None when none is set."""
    if not sms.url:
        cure = "Set sms.url, sms.headers and sms.body: docs/sms.md."
        return None if to is None else Finding(Verdict.FAULT, "SMS", "no gateway is set", cure)
    host = urlsplit(sms.url).hostname or ""
    if to is None:
        return await _reach(sms.url, host)
    number = e164(to)
    if number is None:
        return Finding(
            Verdict.FAULT,
            "SMS",
            f"“{to}” is no number with a country code",
            "Write it like +49 151 12345678.",
        )
    try:
        await texter_of(sms).send(number, "Daybook sends text messages.", f"check-{secrets.token_hex(8)}")
    except TextError as error:
        cure = f"Look at sms.url, sms.headers, sms.body and sms.token: {host} answered, or failed to, with “{error.code}”."
        return Finding(Verdict.FAULT, "SMS", f"{host} did not take the message: {error.code}", cure)
    return Finding(Verdict.OK, "SMS", f"{host} took a message to {number}")


async def _reach(url: str, host: str) -> Finding:
    """Return whether a connection can be had; no request is sent, as each might cost money."""
    parts = urlsplit(url)
    is_tls = parts.scheme == "https"
    port = parts.port or (443 if is_tls else 80)
    try:
        async with asyncio.timeout(PROBE_S):
            _, writer = await asyncio.open_connection(host, port, ssl=is_tls or None)
    except (TimeoutError, OSError) as error:
        cure = "Look at sms.url, and whether a firewall is between."
        return Finding(Verdict.FAULT, "SMS", f"{host}:{port} cannot be reached: {type(error).__name__}", cure)
    writer.close()
    cure = "`daybook check --sms-to NUMBER` sends a message."
    return Finding(Verdict.OK, "SMS", f"{host}:{port} can be reached", cure)


def probe_clock() -> Finding:
    """Return whether the kernel says that its clock follows a time server."""
    # The kernel writes a struct timex, 208 bytes on 64-bit machines; all zero it asks and sets nothing.
    state = ctypes.CDLL(None, use_errno=True).adjtimex(ctypes.create_string_buffer(_TIMEX_BYTES))
    if state == -1:
        reason = os.strerror(ctypes.get_errno())
        return Finding(Verdict.WARNING, "clock", f"the kernel does not tell about it: {reason}")
    if state == _TIME_ERROR:
        cure = "Install systemd-timesyncd or chrony. A wrong clock offers wrong slots."
        return Finding(Verdict.WARNING, "clock", "does not follow a time server", cure)
    return Finding(Verdict.OK, "clock", "follows a time server")


async def probe_base_url(base_url: str | None) -> Finding | None:
    """Return whether Daybook answers at its public address; None when none is set."""
    if base_url is None:
        return None
    cure = "Look at DNS, at the reverse proxy (config/deploy/), and whether `daybook serve` runs."
    try:
        timeout = aiohttp.ClientTimeout(total=PROBE_S)
        async with (
            aiohttp.ClientSession(timeout=timeout) as session,
            session.get(f"{base_url}/healthz", allow_redirects=False) as response,
        ):
            status = response.status
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        return Finding(Verdict.WARNING, "base URL", f"{base_url} cannot be reached from here: {error}", cure)
    if status != 200:
        return Finding(Verdict.WARNING, "base URL", f"{base_url}/healthz answers {status}", cure)
    return Finding(Verdict.OK, "base URL", f"{base_url} reaches Daybook")
