"""What `daybook check` tries out itself, in the world around the installation."""

import ctypes
import os
from dataclasses import replace

import aiohttp

from server.adapters.mail.smtp import SmtpMailer
from server.bootstrap import smtp_server
from server.control.check import Finding, Verdict
from server.ports import MailError
from server.settings.model import MailSettings

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
