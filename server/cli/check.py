"""`daybook check`: what is wrong with an installation, and what to do about it."""

import asyncio
from collections.abc import Sequence

import click

from server.cli.installation import Installation, on_installation
from server.cli.refusals import Failed
from server.control.answers import Refused
from server.control.check import Check
from server.control.findings import Finding, Verdict
from server.settings.model import Settings

MARKS = {Verdict.OK: "ok     ", Verdict.WARNING: "warning", Verdict.FAULT: "FAULT  "}


@click.command()
@click.option(
    "--sms-to", metavar="NUMBER", help="Send a text message to this number, to see that they arrive."
)
@on_installation
def check(installation: Installation, sms_to: str | None) -> None:
    """Look at settings, storage, mail, clock and bookings; end with 1 when something does not work."""
    findings = _findings(installation, sms_to)
    installation.show(findings, lambda: _text(findings))
    if any(finding.verdict is Verdict.FAULT for finding in findings):
        raise SystemExit(1)


def _findings(installation: Installation, sms_to: str | None) -> Sequence[Finding]:
    try:
        settings = installation.settings()
    except Failed as failed:
        cure = "Mend the setting; config/daybook.toml explains each."
        return [Finding(Verdict.FAULT, "settings", fault, cure) for fault in failed.details]
    return [
        Finding(Verdict.OK, "settings", "can be used"),
        *_inside(installation),
        *asyncio.run(_outside(settings, sms_to)),
    ]


def _inside(installation: Installation) -> Sequence[Finding]:
    """Return what the installation says of itself."""
    try:
        found = installation.try_ask(Check())
    except Failed as failed:
        return [Finding(Verdict.FAULT, "data directory", failed.message, "\n".join(failed.details))]
    if isinstance(found, Refused):
        return [Finding(Verdict.FAULT, "data directory", found.refusal.message)]
    return installation.convert(found, list[Finding])


async def _outside(settings: Settings, sms_to: str | None) -> Sequence[Finding]:
    """Return what the world around it says."""
    from server.cli.probes import probe_base_url, probe_clock, probe_mail, probe_sms

    found = [
        await probe_mail(settings.mail),
        await probe_sms(settings.sms, sms_to),
        probe_clock(),
        await probe_base_url(settings.base_url),
    ]
    return [finding for finding in found if finding is not None]


def _text(findings: Sequence[Finding]) -> str:
    lines = []
    for finding in findings:
        lines.append(f"{MARKS[finding.verdict]}  {finding.about}: {finding.text}")
        if finding.cure and finding.verdict is not Verdict.OK:
            lines.append(f"{' ' * 9}→ {finding.cure}")
    return "\n".join(lines)
