"""What REPORT answers from the index, and what it leaves to Radicale."""

from xml.etree.ElementTree import fromstring

import pytest

from tests.radicale_plugin.asking import QUERY, Dav, meeting

CALENDAR = "/alice/calendar/"
EXPANDED = QUERY.replace(
    "<C:calendar-data/>",
    '<C:calendar-data><C:expand start="20261207T000000Z" end="20261210T000000Z"/></C:calendar-data>',
)
WEEK = '<C:time-range start="20261207T000000Z" end="20261210T000000Z"/>'
TITLE = '<C:prop-filter name="SUMMARY"><C:text-match>plan</C:text-match></C:prop-filter>'


@pytest.mark.parametrize("match", [WEEK, TITLE, WEEK + TITLE])
def test_a_series_is_expanded_whatever_else_is_asked_of_it(dav: Dav, match: str) -> None:
    """Etag and text are asked for at once by most clients; Radicale expands an object once for each."""
    dav.put(f"{CALENDAR}series.ics", meeting("series", "RRULE:FREQ=WEEKLY"))
    answer = dav.ask("REPORT", CALENDAR, EXPANDED.format(match))
    assert answer.status == 207
    assert answer.text.count("BEGIN:VEVENT") == 1
    assert "RECURRENCE-ID:20261208T100000Z" in answer.text


def test_a_report_over_all_of_a_kind_reads_no_text_with_a_parser(dav: Dav) -> None:
    dav.put(f"{CALENDAR}one.ics", meeting("one"))
    dav.put(f"{CALENDAR}task.ics", meeting("task").replace("VEVENT", "VTODO").replace("DTEND", "DUE"))
    filters = fromstring(QUERY.format("")).findall("{urn:ietf:params:xml:ns:caldav}filter")
    found = list(dav.collection(CALENDAR).get_filtered(filters))
    assert [(item.href, is_certain) for item, is_certain in found] == [("one.ics", True)]
