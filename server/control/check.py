"""The command that looks at everything an operator can mend, and says how."""

from collections.abc import Sequence
from urllib.parse import urlsplit

from server.control.check_teams import check_teams
from server.control.command import Command
from server.control.findings import Finding, Verdict
from server.control.views import instant
from server.domain.errors import Unavailable
from server.domain.identity import Href, calendar_path
from server.domain.reminders import Channel
from server.ports import MailState, ObjectWrite, Ports
from server.usecases.booking.drift import Drift, Drifted, drifted
from server.usecases.booking.verify import can_ask
from server.usecases.team.find import every_home

INTENT_OLD_S = 120
SHOWN_MAX = 20
LOOPBACK = {"localhost", "127.0.0.1", "::1"}
DRIFT_CURE = "A calendar client did this, and the guest was not told: tell them, or put the entry back."


class Check(Command, tag="check"):
    """Look at storage, ledger, homes, mails and bookings."""


async def check(ports: Ports, _asked: Check) -> list[Finding]:
    """Return what was found, in the order of what depends on what."""
    return [
        *await _storage(ports),
        await _intents(ports),
        _base_url(ports),
        *_hosts(ports),
        *check_teams(ports),
        *_unproven(ports),
        await _mails(ports),
        *await _inbox(ports),
        *_texts(ports),
        *_jobs(ports),
        *await _bookings(ports),
    ]


async def _storage(ports: Ports) -> Sequence[Finding]:
    found = []
    for name, probe in (("ledger", ports.ledger.probe), ("calendars", lambda: _stage(ports))):
        try:
            await probe()
        except Unavailable as error:
            cure = "Look at disk space, and at the owner and the rights of the data directory."
            found.append(Finding(Verdict.FAULT, name, error.message, cure))
        else:
            found.append(Finding(Verdict.OK, name, "can be written"))
    return found


async def _stage(ports: Ports) -> None:
    """Write and remove a staged file, which no client sees; without a host there is nowhere to write."""
    for host in ports.homes.hosts()[:1]:
        wish = ObjectWrite(calendar_path(host.home, host.receiving), Href("check.ics"), None, "")
        await ports.calendars.discard(host.home, await ports.calendars.stage(host.home, [wish]))


async def _intents(ports: Ports) -> Finding:
    now = int(ports.clock.now().timestamp())
    stuck = [one for one in await ports.ledger.intents(now - INTENT_OLD_S) if not ports.tasks.holds(one.id)]
    if not stuck:
        return Finding(Verdict.OK, "changes under way", "none is stuck")
    names = _some([f"{one.settlement.booking} ({one.settlement.action})" for one in stuck])
    return Finding(
        Verdict.FAULT,
        "changes under way",
        f"{len(stuck)} began more than {INTENT_OLD_S} s ago and have not ended: {names}",
        "A running server resolves them every minute; if they stay, its log says why.",
    )


def _base_url(ports: Ports) -> Finding:
    url = ports.site.base_url
    if url is None:
        return Finding(
            Verdict.WARNING,
            "base URL",
            "is not set: mails carry no links to cancel or reschedule",
            "Set base_url to the address that guests reach.",
        )
    parts = urlsplit(url)
    if parts.scheme == "http" and parts.hostname not in LOOPBACK:
        return Finding(
            Verdict.WARNING,
            "base URL",
            f"{url} is not encrypted",
            "Put a reverse proxy with TLS in front (config/deploy/) and use https.",
        )
    return Finding(Verdict.OK, "base URL", url)


def _hosts(ports: Ports) -> Sequence[Finding]:
    hosts = [host for host in ports.homes.hosts() if not host.disabled]
    found = [Finding(Verdict.FAULT, str(fault.path), fault.message) for fault in ports.homes.faults]
    found += [
        Finding(
            Verdict.FAULT,
            f"host {host.home}",
            f"bookings shall go to the calendar “{name}”, which is not there",
            "Create it in a CalDAV client, or name another one with --receiving.",
        )
        for host in hosts
        for name in sorted(
            {host.receiving, *(one.receiving or host.receiving for one in ports.homes.event_types(host.home))}
            - set(ports.calendars.names(host.home))
        )
    ]
    if not hosts:
        cure = "Add one: daybook host add alice --email alice@example.org --zone Europe/Berlin"
        found.append(Finding(Verdict.WARNING, "hosts", "there is none", cure))
    return found or [Finding(Verdict.OK, "hosts", f"{len(hosts)} can be booked")]


def _unproven(ports: Ports) -> Sequence[Finding]:
    """Return the event types that no guest can book, as no mail can ask for their address to be confirmed."""
    if can_ask(ports):
        return []
    cure = "Set mail.host and base_url, or let it be: --no-confirm-address."
    return [
        Finding(
            Verdict.FAULT,
            f"event type {home}/{one.slug}",
            "guests shall confirm their mail address, and no mail with a link can leave",
            cure,
        )
        for home in every_home(ports)
        for one in ports.homes.event_types(home)
        if one.confirm_address and one.enabled
    ]


async def _mails(ports: Ports) -> Finding:
    counts = {
        state: len(await ports.ledger.mails(state=state))
        for state in (MailState.QUEUED, MailState.FAILED, MailState.NOT_SENT)
    }
    text = ", ".join(f"{count} {state.value.replace('_', ' ')}" for state, count in counts.items())
    if counts[MailState.FAILED]:
        return Finding(
            Verdict.FAULT, "mails", text, "See `daybook mail list --state failed`, then `daybook mail send`."
        )
    if not ports.mailer.is_configured:
        return Finding(
            Verdict.WARNING, "mails", f"none can leave; {text}", "Set mail.host; then `daybook mail send`."
        )
    return Finding(Verdict.OK, "mails", text)


def _texts(ports: Ports) -> Sequence[Finding]:
    """Return the event types whose reminders by text message cannot leave."""
    mute = [
        f"{one.home}/{one.slug}"
        for home in every_home(ports)
        for one in ports.homes.event_types(home)
        if any(reminder.channel is Channel.SMS for reminder in one.reminders)
    ]
    if not mute or ports.texter.is_configured:
        return ()
    text = f"no text message can leave, and these remind by them: {_some(mute)}"
    return (Finding(Verdict.WARNING, "SMS", text, "Set sms.url and what goes with it: docs/sms.md."),)


def _jobs(ports: Ports) -> Sequence[Finding]:
    return [
        Finding(
            Verdict.FAULT,
            f"job {run.name}",
            f"ended with {run.error} at {instant(int(run.began_at.timestamp()))}",
            "The server's log says more; the job is tried again by itself.",
        )
        for run in ports.jobs.runs()
        if run.error is not None
    ]


async def _inbox(ports: Ports) -> Sequence[Finding]:
    """Return whether mail can come in, where that is set, and which mails came back that matter still."""
    if not ports.inbox.is_configured:
        return []
    try:
        await ports.inbox.probe()
    except Unavailable as error:
        cure = "Look at inbound.maildir: the folders new and cur must be there, and Daybook's to read and change."
        return [Finding(Verdict.FAULT, "incoming mail", error.message, cure)]
    now = int(ports.clock.now().timestamp())
    bounced = [mail for mail in await ports.ledger.mails(state=MailState.BOUNCED) if mail.expires_at > now]
    if bounced:
        names = _some(list(dict.fromkeys(mail.booking or mail.invite or "" for mail in bounced)))
        return [
            Finding(
                Verdict.WARNING,
                "incoming mail",
                f"{len(bounced)} mails about meetings to come were not delivered: {names}",
                "See `daybook mail list --state bounced`; their readers know nothing of it.",
            )
        ]
    return [Finding(Verdict.OK, "incoming mail", "can be read; no mail about a meeting to come was returned")]


async def _bookings(ports: Ports) -> Sequence[Finding]:
    """Return the bookings that a calendar client removed or moved, of which their guests know nothing."""
    found = [
        Finding(Verdict.WARNING, f"booking {one.record.id}", _drift_text(one), DRIFT_CURE)
        for one in await drifted(ports, ports.clock.now())
    ]
    return found[:SHOWN_MAX] or [Finding(Verdict.OK, "bookings", "all stand as their guests were told")]


def _drift_text(one: Drifted) -> str:
    calendar = one.record.calendar
    match one.drift:
        case Drift.REMOVED:
            since = one.record.missing_since
            return f"was removed from {calendar}" + ("" if since is None else f" at {instant(since)}")
        case Drift.CANCELLED:
            return f"was cancelled in {calendar}"
        case Drift.MOVED:
            assert one.start is not None
            assert one.told is not None
            return f"was moved in {calendar} from {one.told:%Y-%m-%d %H:%M} to {one.start:%Y-%m-%d %H:%M} UTC"


def _some(names: Sequence[str]) -> str:
    more = len(names) - SHOWN_MAX
    return ", ".join(names[:SHOWN_MAX]) + (f" and {more} more" if more > 0 else "")
