"""Sends what is due in the outbox: when a change rings the bell, and every half minute."""

import logging
from collections.abc import Awaitable, Callable

from server.jobs.loop import Job
from server.ports import MailState, Ports, QueuedMail, Stationery
from server.usecases.delivery.deliver import BATCH_MAX, Outcome, deliver, due, postpone

log = logging.getLogger(__name__)

EVERY_S = 30


def delivery(ports: Ports, stationery: Stationery, bell: Callable[[float], Awaitable[object]]) -> Job:
    """Return the job that empties the outbox; `bell` waits for the outbox's bell, for so many seconds at most."""
    return Job("deliver", EVERY_S, lambda: deliver_due(ports, stationery), bell)


async def deliver_due(ports: Ports, stationery: Stationery) -> None:
    """Try every mail that is due; one that cannot even be written is postponed and does not hold up the others."""
    while True:
        mails = await due(ports, ports.clock.now())
        for mail in mails:
            _report(await _deliver(ports, stationery, mail))
        if len(mails) < BATCH_MAX:
            return


async def _deliver(ports: Ports, stationery: Stationery, mail: QueuedMail) -> Outcome:
    try:
        return await deliver(ports, stationery, mail, ports.clock.now())
    except Exception as error:
        # The message of a foreign exception may quote what it could not digest: an address, a name.
        fields = {"mail": mail.id, "booking": mail.booking, "fault": type(error).__name__}
        log.error("a mail could not be written", extra=fields)
        log.debug("a mail could not be written", extra=fields, exc_info=True)
        return await postpone(ports, mail, ports.clock.now(), "internal")


def _report(outcome: Outcome) -> None:
    level = logging.WARNING if outcome.state is MailState.FAILED else logging.INFO
    mail = outcome.mail
    fields = {
        "mail": mail.id,
        "booking": mail.booking,
        "invite": mail.invite,
        "kind": mail.kind.value,
        "recipient_number": mail.recipient,
        "state": outcome.state.value,
        "error": outcome.error,
        "attempt": mail.attempts + 1,
    }
    log.log(level, "mail handled", extra=fields)
