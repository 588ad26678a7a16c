"""How often somebody may ask."""

from sys import getsizeof

import pytest

from server.domain.errors import TooMany
from server.web.limits import Limit, Limits


def test_a_burst_is_allowed_and_then_one_request_each_interval() -> None:
    limit = Limit(3, 60)
    assert [limit.wait_s("a", 0) for _ in range(4)] == [0, 0, 0, 20]
    assert limit.wait_s("a", 19) == 1
    assert limit.wait_s("a", 20) == 0
    assert limit.wait_s("a", 20) == 20


def test_a_refused_request_does_not_make_the_wait_longer() -> None:
    limit = Limit(1, 60)
    limit.wait_s("a", 0)
    assert [limit.wait_s("a", at) for at in (10, 20, 59.5, 60)] == [50, 40, 1, 0]


def test_askers_do_not_meet_each_others_limits() -> None:
    limit = Limit(1, 60)
    assert (limit.wait_s("a", 0), limit.wait_s("b", 0)) == (0, 0)


def test_a_count_of_nought_is_no_limit() -> None:
    limit = Limit(0, 60)
    assert {limit.wait_s("a", 0) for _ in range(100)} == {0}


def test_a_flood_of_askers_does_not_fill_the_memory() -> None:
    limit = Limit(1, 60, askers_max=10)
    for at in range(1000):
        assert limit.wait_s(f"asker {at}", 0) == 0
    assert len(limit._whole_at) == 10


def test_askers_with_long_names_take_no_more_memory_than_others() -> None:
    limit = Limit(1, 60)
    limit.wait_s("x" * 1_000_000, 0)
    assert sum(getsizeof(name) for name in limit._whole_at) < 100
    assert limit.wait_s("x" * 1_000_000, 1) == 59


def test_a_mailbox_is_the_same_however_its_address_is_written() -> None:
    limits = Limits(pages_per_minute=0, changes_per_hour=0, mails_per_recipient_per_day=1)
    limits.count_recipient("Gus@Example.net", 0)
    with pytest.raises(TooMany) as refused:
        limits.count_recipient(" gus+again@ｅxam\u00adple.NET ", 1)
    assert refused.value.retry_after_s == 86_399
