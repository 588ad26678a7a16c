"""How reminders are written, and which an event type may have."""

import pytest

from server.domain.reminders import (
    MINUTES_MAX,
    MINUTES_MIN,
    REMINDERS_MAX,
    Channel,
    Reminder,
    asks_for_phone,
    fault,
    ordered,
    parse,
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("24h guest", Reminder(minutes_before=1440)),
        ("1h guest,host", Reminder(minutes_before=60, to_host=True)),
        ("1h30m Hosts", Reminder(minutes_before=90, to_guests=False, to_host=True)),
        ("2h guest sms", Reminder(minutes_before=120, channel=Channel.SMS)),
        ("2d guests mail", Reminder(minutes_before=2880)),
    ],
)
def test_a_reminder_is_written_as_duration_people_and_way(text: str, expected: Reminder) -> None:
    """S3.43."""
    assert parse(text) == expected
    assert parse(str(expected)) == expected


@pytest.mark.parametrize(
    "text", ["", "24h", "guest 24h", "24h nobody", "24h guest pigeon", "24x guest", "1h guest sms now"]
)
def test_what_is_no_reminder_is_told_with_an_example(text: str) -> None:
    with pytest.raises(ValueError, match="24h guest"):
        parse(text)


def test_a_reminder_is_shown_as_it_is_written() -> None:
    assert str(parse("1500m guests,host")) == "1d1h guest,host"


def test_the_earliest_comes_first_and_none_twice() -> None:
    given = [parse("1h guest"), parse("24h guest"), parse("60m guest")]
    assert ordered(given) == (parse("24h guest"), parse("1h guest"))


@pytest.mark.parametrize(
    "one",
    [
        Reminder(minutes_before=MINUTES_MIN - 1),
        Reminder(minutes_before=MINUTES_MAX + 1),
        Reminder(minutes_before=60, to_guests=False),
        Reminder(minutes_before=60, to_host=True, channel=Channel.SMS),
    ],
    ids=["too near", "too far", "to nobody", "host by sms"],
)
def test_a_reminder_out_of_bounds_is_refused(one: Reminder) -> None:
    assert fault([one]) is not None


def test_there_are_ten_reminders_at_most() -> None:
    many = [Reminder(minutes_before=MINUTES_MIN + at) for at in range(REMINDERS_MAX + 1)]
    assert fault(many) is not None
    assert fault(many[1:]) is None


def test_only_text_messages_to_guests_need_a_number() -> None:
    assert asks_for_phone([parse("24h guest"), parse("1h guest sms")])
    assert not asks_for_phone([parse("24h guest,host")])
