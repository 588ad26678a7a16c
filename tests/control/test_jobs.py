"""What operators see of jobs and of what waits."""

from dataclasses import replace

import pytest

from server.adapters.memory import memory_ports
from server.control import jobs
from server.domain.booking import Actor
from server.domain.reminders import parse
from server.ports import JobRun, Ports
from server.usecases.booking.create import NewBooking, create
from tests.builders import BERLIN, DAY, NOW, at, event_type, host, settle_in


@pytest.fixture
async def ports() -> Ports:
    """Return ports with a booking at ten whose guest is reminded an hour before."""
    made = memory_ports(NOW)
    await settle_in(made, host(), replace(event_type(), reminders=(parse("1h guest"),)))
    start = at(f"{DAY} 10:00")
    wish = NewBooking(home="alice", slug="intro", start=start, name="Gus", email="gus@x.example", zone=BERLIN)
    await create(made, wish, Actor.GUEST, NOW)
    return made


async def test_what_waits_is_shown_as_it_will_leave(ports: Ports) -> None:
    shown = await jobs.show_jobs(ports, jobs.ShowJobs())
    assert [(one.kind, one.channel, one.offset_min, one.due) for one in shown.waiting] == [
        ("confirmed", "mail", None, "2026-03-02T07:00:00Z"),
        ("confirmed", "mail", None, "2026-03-02T07:00:00Z"),
        ("reminder", "mail", 60, "2026-03-02T08:00:00Z"),
    ]
    assert len((await jobs.show_jobs(ports, jobs.ShowJobs(limit=1))).waiting) == 1


async def test_a_job_is_shown_with_its_latest_turn_and_its_next(ports: Ports) -> None:
    ports.jobs.note(JobRun("deliver", 30, NOW, NOW, "OSError"))
    ports.jobs.note(JobRun("complete", 30, NOW))
    shown = await jobs.show_jobs(ports, jobs.ShowJobs())
    assert [(one.name, one.error, one.ended, one.next) for one in shown.jobs] == [
        ("deliver", "OSError", "2026-03-02T07:00:00Z", "2026-03-02T07:00:30Z"),
        ("complete", None, None, None),
    ]
