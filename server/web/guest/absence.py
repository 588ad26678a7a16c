"""What guests read while a host is away."""

from collections.abc import Iterable
from dataclasses import dataclass

from server.domain.away import Away
from server.domain.host import Host
from server.i18n.translator import Translator
from server.ports import Ports
from server.usecases.host.stand_in import stand_in
from server.web.reading import wording


@dataclass(frozen=True, slots=True, kw_only=True)
class Absence:
    """Who is away and when, the word they left, and the way to their deputy; "" where there is none."""

    heading: str
    message: str
    deputy: str
    deputy_href: str


def absences(
    ports: Ports, host: Host, ranges: Iterable[Away], reader: Translator, slug: str | None = None
) -> tuple[Absence, ...]:
    """Return the ranges in words; their deputies lead to the event type named `slug` where they have one."""
    return tuple(_absence(ports, host, one, reader, slug) for one in ranges)


def _absence(ports: Ports, host: Host, away: Away, reader: Translator, slug: str | None) -> Absence:
    found = stand_in(ports, away, slug)
    if away.first == away.last:
        when = wording.full_day(away.first, reader)
        heading = reader.text("%(host)s is away on %(day)s.", host=host.name, day=when)
    else:
        when = wording.days(away.first, away.last, reader)
        heading = reader.text("%(host)s is away: %(days)s.", host=host.name, days=when)
    href = ""
    if found is not None:
        href = f"/u/{found.host.home}" + (f"/{found.event_type.slug}" if found.event_type else "")
    return Absence(
        heading=heading,
        message=away.message,
        deputy="" if found is None else found.host.name,
        deputy_href=href,
    )
