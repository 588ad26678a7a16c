"""Every port in memory, held to the same contracts as the real ones."""

from datetime import datetime

from server.adapters.job_runs import JobRuns
from server.adapters.memory.accounts import MemoryAccounts
from server.adapters.memory.backups import NoBackups
from server.adapters.memory.calendars import MemoryCalendars
from server.adapters.memory.clock import FixedClock
from server.adapters.memory.homes import MemoryHomes
from server.adapters.memory.ids import CountingIds
from server.adapters.memory.inbox import MemoryInbox
from server.adapters.memory.ledger import MemoryLedger
from server.adapters.memory.mailer import MemoryMailer
from server.adapters.memory.rooms import MemoryRooms
from server.adapters.memory.texter import MemoryTexter
from server.adapters.memory.transfers import MemoryTransfers
from server.adapters.nudge import Bell
from server.adapters.tasks import ApplicationTasks
from server.domain.guards import Guards
from server.domain.site import Site
from server.ports import Calendars, Clock, Homes, Inbox, Ledger, Mailer, Ports, Rooms, Texter

SITE = Site(name="Daybook", base_url="https://book.example", mail_address="daybook@book.example")


def memory_ports(
    now: datetime,
    *,
    calendars: Calendars | None = None,
    homes: Homes | None = None,
    ledger: Ledger | None = None,
    mailer: Mailer | None = None,
    inbox: Inbox | None = None,
    texter: Texter | None = None,
    clock: Clock | None = None,
    rooms: Rooms | None = None,
    site: Site = SITE,
    guards: Guards = Guards(),
) -> Ports:
    """Return ports that forget everything with the process; what is given stands in for what would be made.

    The clock stands at `now`. Tasks and the bell are the real ones: they have always lived in memory.
    """
    kept_in, shown = ledger or MemoryLedger(), calendars or MemoryCalendars()
    return Ports(
        calendars=shown,
        transfers=MemoryTransfers(shown),
        homes=homes or MemoryHomes(),
        ledger=kept_in,
        accounts=MemoryAccounts(kept_in),
        backups=NoBackups(),
        mailer=mailer or MemoryMailer(),
        inbox=inbox or MemoryInbox(is_configured=False),
        texter=texter or MemoryTexter(is_configured=False),
        clock=clock or FixedClock(now),
        ids=CountingIds(),
        tasks=ApplicationTasks(),
        outbox=Bell(),
        rooms=rooms or MemoryRooms(),
        jobs=JobRuns(),
        site=site,
        secret_key=b"a key for tests, of 32 bytes, ok",
        guards=guards,
    )
