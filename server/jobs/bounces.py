"""Reads the mails that came back."""

import logging

from server.jobs.loop import Job
from server.ports import Ports
from server.usecases.delivery.bounce import take_in

log = logging.getLogger(__name__)

EVERY_S = 60


def bounces(ports: Ports) -> tuple[Job, ...]:
    """Return the job that reads incoming mail, where there is any."""
    return (Job("bounces", EVERY_S, lambda: read_mail(ports)),) if ports.inbox.is_configured else ()


async def read_mail(ports: Ports) -> None:
    """Record every mail that came back."""
    for bounced in await take_in(ports, ports.clock.now()):
        mail = bounced.mail
        fields = {
            "mail": mail.id,
            "booking": mail.booking,
            "invite": mail.invite,
            "kind": mail.kind.value,
            "recipient_number": mail.recipient,
            "error": bounced.code,
        }
        log.warning("a mail came back", extra=fields)
