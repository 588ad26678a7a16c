"""From settings to a running Daybook: the only module that names both the adapters and what stands on them.

What is opened first is closed last: data directory, ledger, homes, calendars, tasks; then, in a server, jobs, the control
socket and the web. Nothing answers before what a crash left behind is resolved.
"""

import asyncio
import gc
import logging
import signal
import socket
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

from aiohttp import web

import radicale_plugin
from server.adapters.accounts import ArgonAccounts
from server.adapters.backups import DataBackups
from server.adapters.backups import restore as put_in_place
from server.adapters.calendars import RadicaleCalendars, RadicaleTransfers
from server.adapters.catalogue import Catalogue
from server.adapters.clock import SystemClock
from server.adapters.data_dir import DataDir
from server.adapters.homes import FileHomes
from server.adapters.homes.files import Layout
from server.adapters.homes.load import load
from server.adapters.ids import RandomIds
from server.adapters.job_runs import JobRuns
from server.adapters.ledger import SqliteLedger
from server.adapters.ledger import replace as replace_ledger
from server.adapters.ledger.migrate import LedgerRefused
from server.adapters.ledger.snapshot import examine, snapshot
from server.adapters.mail.absent import NoMailer
from server.adapters.mail.folder import FolderMailer
from server.adapters.mail.maildir import MaildirInbox
from server.adapters.mail.no_inbox import NoInbox
from server.adapters.mail.smtp import Security, SmtpMailer, SmtpServer
from server.adapters.mail.stationery import TemplateStationery
from server.adapters.nudge import Bell
from server.adapters.outbound import Guard
from server.adapters.rooms import HttpRooms
from server.adapters.secret_key import secret_key
from server.adapters.sms.absent import NoTexter
from server.adapters.sms.gateway import Gateway, HttpTexter
from server.adapters.tasks import ApplicationTasks
from server.control.answers import Answer, answer
from server.control.commands import Request
from server.control.listen import listen
from server.domain.host import Host
from server.domain.site import Site
from server.jobs.bounces import bounces
from server.jobs.deliver import delivery
from server.jobs.follow import Follower
from server.jobs.loop import Job, repeat
from server.jobs.rooms import rooms
from server.jobs.schedule import housekeeping
from server.ports import Homes, Inbox, Mailer, Ports, Texter
from server.resources import templates_dir
from server.settings.model import InboundSettings, Listen, MailSettings, Settings, SmsSettings
from server.usecases.booking.rebuild import Rebuilt
from server.usecases.booking.rebuild import rebuild as rebuild_bookings
from server.usecases.booking.recover import recover_all
from server.usecases.host.furnish import furnish
from server.usecases.team.furnish import furnish as furnish_team
from server.web import demo as demo_face
from server.web.app import make_app
from server.web.dav import Mount
from server.web.loop import CourteousLoop
from server.web.options import WebOptions
from server.web.sockets import bind

STOP_S = 20
"""How long a stopping server waits for work that has begun; then the next start finishes it."""

MAIL_PAUSE_S = 0.25
"""How long a change waits with its mails for those that follow it: guests who are just booking are answered first."""

IDLE_S = 180
"""How long a connection may lie idle, or take over the head of a request; proxies keep theirs for two minutes."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Opened:
    """An installation whose parts are open: the ports, and what a server needs beside them."""

    ports: Ports
    dav: radicale_plugin.Application
    bell: Bell


@asynccontextmanager
async def answering(settings: Settings) -> AsyncIterator[Callable[[Request], Coroutine[None, None, Answer]]]:
    """Open the data directory to answer requests without a server; raises `Held` while another process owns it."""
    with DataDir.own(settings.data) as data:
        async with opened(settings, data, site_of(settings), mailer_of(settings.mail)) as parts:
            yield partial(answer, parts.ports)


def restore(backup: Path, settings: Settings) -> str:
    """Put a backup into the data directory of the settings, which holds nothing yet; return when it was made.

    Raises `Unavailable` with what to do, and leaves the directory unused.
    """

    def examined(folder: DataDir) -> None:
        examine(folder.ledger)
        load(Layout(folder.collections), Catalogue())

    with DataDir.own(settings.data, to_restore=True) as data:
        return put_in_place(backup, data, examined).made_at


@dataclass(frozen=True, slots=True)
class RebuiltLedger:
    """What a rebuild did: where the ledger before it is, None when there was none, and what it leaves to the operator."""

    found: Rebuilt
    aside: Path | None
    has_new_key: bool
    hosts: Sequence[Host]


async def rebuild(settings: Settings) -> RebuiltLedger:
    """Fill a new ledger from the homes alone and put it in the place of the present one.

    What a crash left is resolved first, as far as the present ledger can be read. Raises `Unavailable` or `Conflict`, and
    leaves everything as it was.
    """
    site, mailer = site_of(settings), NoMailer()
    with DataDir.own(settings.data) as data:
        has_new_key = settings.secret_key is None and not data.secret_key.exists()
        if data.ledger.exists():
            with suppress(LedgerRefused):
                async with opened(settings, data, site, mailer):
                    pass
        fresh = data.ledger.with_name("ledger.db.rebuilding")
        replace_ledger.remove(fresh)
        async with opened(settings, data, site, mailer, ledger_at=fresh) as parts:
            now = parts.ports.clock.now()
            found = await rebuild_bookings(parts.ports, now)
            hosts = parts.ports.homes.hosts()
        aside = data.ledger.with_name(f"ledger.db.before-rebuild-{now:%Y%m%dT%H%M%SZ}")
        was_there = replace_ledger.put_in_place(fresh, data.ledger, aside)
        return RebuiltLedger(found, aside if was_there else None, has_new_key, hosts)


async def serve(settings: Settings, *, demo: bool, announce: Callable[[str, int], None]) -> None:
    """Serve until `SIGTERM` or `SIGINT`; `announce` is told the address, once it answers, and how many hosts there are.

    Raises `Held` when another process owns the data directory, `CannotListen` when the address cannot be had.
    """
    async with AsyncExitStack() as stack:
        data = stack.enter_context(DataDir.own(settings.data))
        sockets = bind(settings.listen.host, settings.listen.port)
        url = f"http://{Listen(settings.listen.host, sockets[0].getsockname()[1])}"
        site = site_of(settings, url if demo else None)
        mailer = FolderMailer(data.mail) if demo else mailer_of(settings.mail)
        if demo:
            settings = replace(settings, sms=SmsSettings())
        parts = await stack.enter_async_context(opened(settings, data, site, mailer))
        if demo:
            await furnish(parts.ports, parts.ports.clock.now())
            await furnish_team(parts.ports)
        await _start_jobs(stack, parts)
        await stack.enter_async_context(listen(parts.ports, data.control_socket))
        await _start_web(stack, settings, parts, sockets, data.mail if demo else None)
        announce(url, len(parts.ports.homes.hosts()))
        # What stands now stands for years: no collection need ever look at the index of all calendars again.
        gc.collect()
        gc.freeze()
        await _until_stopped()
        log.info("stopping")


@asynccontextmanager
async def opened(
    settings: Settings, data: DataDir, site: Site, mailer: Mailer, *, ledger_at: Path | None = None
) -> AsyncIterator[Opened]:
    """Open every part of an installation and resolve what a crash left behind; close the parts in reverse order."""
    async with AsyncExitStack() as stack:
        ledger = await SqliteLedger.open(ledger_at or data.ledger)
        stack.push_async_callback(ledger.close)
        homes = await FileHomes.open(data.collections)
        stack.callback(homes.close)
        dav = _dav(settings, data, homes)
        calendars = RadicaleCalendars(dav.storage)
        stack.callback(calendars.close)
        transfers = RadicaleTransfers(dav)
        stack.callback(transfers.close)
        accounts = ArgonAccounts(ledger)
        stack.callback(accounts.close)
        backups = DataBackups(data, lambda: dav.storage.acquire_lock("r"), lambda: snapshot(data.ledger))
        stack.callback(backups.close)
        if isinstance(mailer, SmtpMailer):
            stack.push_async_callback(mailer.close)
        tasks, bell = ApplicationTasks(), Bell(MAIL_PAUSE_S)
        stack.push_async_callback(_finish, tasks)
        ports = Ports(
            calendars=calendars,
            transfers=transfers,
            homes=homes,
            ledger=ledger,
            accounts=accounts,
            backups=backups,
            mailer=mailer,
            inbox=inbox_of(settings.inbound),
            texter=texter_of(settings.sms),
            clock=SystemClock(),
            ids=RandomIds(),
            tasks=tasks,
            outbox=bell,
            rooms=HttpRooms(Guard(settings.webhooks.private_networks)),
            jobs=JobRuns(),
            site=site,
            secret_key=settings.secret_key or secret_key(data.secret_key),
            guards=settings.abuse.guards,
        )
        resolved = await recover_all(ports, ports.clock.now())
        if resolved:
            log.warning("resolved changes that a crash had left", extra={"count": resolved})
        yield Opened(ports, dav, bell)


def _dav(settings: Settings, data: DataDir, homes: Homes) -> radicale_plugin.Application:
    return radicale_plugin.make(
        data.collections,
        lambda home: host.zone if (host := homes.host(home)) else "UTC",
        lambda home: host.addresses if (host := homes.host(home)) else (),
        _receives_bookings(homes),
        _dav_limits(settings),
        _courtesy(),
    )


def _dav_limits(settings: Settings) -> radicale_plugin.Limits:
    limits = settings.limits
    return radicale_plugin.Limits(
        object_bytes=limits.dav_object_bytes,
        attendees=limits.dav_attendees,
        occurrences=limits.dav_occurrences,
    )


def _courtesy() -> Callable[[], None]:
    """Return what gives way to the running loop; where no pages are served nobody need."""
    loop = asyncio.get_running_loop()
    return loop.give_way if isinstance(loop, CourteousLoop) else lambda: None


def site_of(settings: Settings, base_url: str | None = None) -> Site:
    """Return what the installation is called; `base_url` stands in where none is set."""
    url = settings.base_url or base_url
    host = (urlsplit(url).hostname if url else None) or "localhost"
    # A number is no domain of mail.
    domain = host if host.rpartition(".")[2].isalpha() else "localhost"
    return Site(
        name=settings.site_name,
        base_url=url,
        mail_address=settings.mail.sender or f"daybook@{domain}",
        language=settings.language,
        bounce_address="" if settings.inbound.maildir is None else settings.inbound.address,
    )


def mailer_of(mail: MailSettings) -> Mailer:
    """Return the way out for mail that is set."""
    return SmtpMailer(smtp_server(mail)) if mail.host else NoMailer()


def inbox_of(inbound: InboundSettings) -> Inbox:
    """Return the way in for mail that is set."""
    return NoInbox() if inbound.maildir is None else MaildirInbox(inbound.maildir)


def texter_of(sms: SmsSettings) -> Texter:
    """Return the way out for text messages that is set."""
    if not sms.url:
        return NoTexter()
    return HttpTexter(
        Gateway(
            url=sms.url,
            method=sms.method.value.upper(),
            headers=sms.headers,
            body=sms.body,
            sender=sms.sender,
            token=sms.token,
            timeout_s=sms.timeout_s,
        )
    )


def smtp_server(mail: MailSettings) -> SmtpServer:
    """Return the SMTP server that is set."""
    return SmtpServer(
        host=mail.host,
        port=mail.port,
        security=Security(mail.security.value),
        user=mail.user,
        password=mail.password,
        timeout_s=mail.timeout_s,
    )


async def _start_jobs(stack: AsyncExitStack, parts: Opened) -> None:
    """Start what happens by itself; a job that is cut short by the end of the server is finished by `tasks`."""
    ports = parts.ports
    follower = Follower(ports)
    stationery = TemplateStationery(ports.site, templates_dir())
    jobs = (*housekeeping(ports), delivery(ports, stationery, parts.bell.wait), rooms(ports), *bounces(ports))
    running = [asyncio.create_task(follower.run())]
    running += [asyncio.create_task(repeat(_kept(ports, job), ports.jobs, ports.clock)) for job in jobs]
    stack.push_async_callback(_cancel, running)


def _kept(ports: Ports, job: Job) -> Job:
    """Return a job whose turns belong to the application, so that no mail is torn from its server's answer."""
    return replace(job, work=lambda: ports.tasks.run(f"job {job.name}", job.work))


async def _start_web(
    stack: AsyncExitStack,
    settings: Settings,
    parts: Opened,
    sockets: Sequence[socket.socket],
    mails: Path | None,
) -> None:
    """Answer on `sockets`: pages, feeds, JSON and CalDAV; and the mails in a folder, in a demonstration."""
    limits = settings.limits
    mount = Mount(
        parts.dav,
        threads=limits.dav_threads,
        per_account=limits.dav_requests_per_account,
        body_bytes_max=limits.dav_body_bytes,
        sign_ins_per_minute=limits.sign_ins_per_minute,
    )
    stack.callback(mount.close)
    options = WebOptions(
        trusted_proxies=settings.trusted_proxies,
        pages_per_minute=limits.pages_per_minute,
        changes_per_hour=limits.changes_per_hour,
        mails_per_recipient_per_day=limits.mails_per_recipient_per_day,
        api_requests_per_minute=limits.api_requests_per_minute,
        proof_of_work_bits=settings.abuse.proof_of_work_bits,
    )
    app = make_app(parts.ports, options, [*mount.routes(), *(demo_face.routes() if mails else ())])
    if mails is not None:
        demo_face.furnish(app, mails)
    # Signals are ours, and the access log is a middleware that knows what not to log.
    runner = web.AppRunner(
        app, handle_signals=False, access_log=None, shutdown_timeout=STOP_S / 4, keepalive_timeout=IDLE_S
    )
    await runner.setup()
    stack.push_async_callback(runner.cleanup)
    for one in sockets:
        await web.SockSite(runner, one).start()


async def _until_stopped() -> None:
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, stopped.set)
    await stopped.wait()


async def _cancel(running: Sequence[asyncio.Task[None]]) -> None:
    for task in running:
        task.cancel()
    await asyncio.gather(*running, return_exceptions=True)


async def _finish(tasks: ApplicationTasks) -> None:
    try:
        async with asyncio.timeout(STOP_S):
            await tasks.close()
    except TimeoutError:
        log.warning("work was cut short; the next start finishes it")


def _receives_bookings(homes: Homes) -> Callable[[str], bool]:
    """Return whether a calendar, as "alice/calendar", is one that bookings are written to."""

    def receives_bookings(calendar: str) -> bool:
        home, _, name = calendar.partition("/")
        host = homes.host(home)
        if host is None:
            return False
        own = (one.receiving for one in homes.event_types(host.home))
        return name == host.receiving or name in own

    return receives_bookings
