"""Which jobs a running server has, and how often."""

from server.jobs.loop import Job
from server.ports import Ports
from server.usecases.booking import accept, complete, expire, recover, seats
from server.usecases.invite.change import prune

COMPLETE_S = 30
EXPIRE_S = 60
SEATS_S = 30
RECOVER_S = 60
RECONCILE_S = 600
PRUNE_S = 3600


def housekeeping(ports: Ports) -> tuple[Job, ...]:
    """Return the jobs that keep calendars and ledger in agreement; delivery of mail is a job of its own."""
    clock = ports.clock
    return (
        Job("complete", COMPLETE_S, lambda: complete.complete_ended(ports, clock.now())),
        Job("expire", EXPIRE_S, lambda: expire.expire_due(ports, clock.now())),
        Job("seats", SEATS_S, lambda: seats.turn_all(ports, clock.now())),
        Job("recover", RECOVER_S, lambda: recover.recover_stale(ports, clock.now())),
        Job("reconcile", RECONCILE_S, lambda: accept.heed_all(ports, clock.now())),
        Job("prune", PRUNE_S, lambda: ports.ledger.prune(int(clock.now().timestamp()))),
        Job("prune invites", PRUNE_S, lambda: prune(ports, clock.now())),
    )
