"""How a series repeats, in its reader's words."""

from server.domain.booking import Booking
from server.domain.series import Frequency, Recurrence
from server.i18n.translator import Translator


def rhythm(recurrence: Recurrence, speaks: Translator) -> str:
    """Return "every week", "every 3 months"."""
    number = recurrence.interval
    match recurrence.frequency:
        case Frequency.WEEKLY:
            return speaks.count("every week", "every %(num)d weeks", number)
        case Frequency.MONTHLY:
            return speaks.count("every month", "every %(num)d months", number)
        case Frequency.YEARLY:
            return speaks.count("every year", "every %(num)d years", number)


def repetition(booking: Booking, speaks: Translator, zone: str) -> str:
    """Return "every week, 12 times, from Tue, 1 Dec 2026 to Tue, 16 Feb 2027", "" for what is no series.

    Only meetings that take place are counted; of a rule that a calendar program made, the rhythm is not said.
    """
    series, meetings = booking.series, sorted(one.start for one in booking.meetings)
    if series is None or not meetings:
        return ""
    times = speaks.count("%(num)d time", "%(num)d times", len(meetings))
    first, last = (speaks.short_day(at, zone) for at in (meetings[0], meetings[-1]))
    if series.listed is not None:
        return speaks.text("%(times)s, from %(first)s to %(last)s", times=times, first=first, last=last)
    return speaks.text(
        "%(rhythm)s, %(times)s, from %(first)s to %(last)s",
        rhythm=rhythm(series.recurrence, speaks),
        times=times,
        first=first,
        last=last,
    )
