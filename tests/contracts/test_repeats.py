"""What every ledger promises of requests that are made again."""

from server.ports import Ledger, Remembered

DAY_S = 86_400


async def test_the_first_request_with_a_key_is_new_and_the_second_is_not(ledger: Ledger) -> None:
    assert await ledger.begin_request("k1", "digest", 100) is None
    assert await ledger.begin_request("k1", "other", 101) == Remembered("digest", None)
    assert await ledger.begin_request("k2", "other", 101) is None


async def test_what_came_of_a_request_is_remembered(ledger: Ledger) -> None:
    await ledger.begin_request("k1", "digest", 100)
    await ledger.end_request("k1", "bk_1")
    assert await ledger.begin_request("k1", "digest", 101) == Remembered("digest", "bk_1")


async def test_a_request_that_came_to_nothing_can_be_made_again(ledger: Ledger) -> None:
    await ledger.begin_request("k1", "digest", 100)
    await ledger.forget_request("k1")
    await ledger.end_request("k1", "bk_1")
    assert await ledger.begin_request("k1", "other", 101) is None


async def test_requests_are_forgotten_after_a_day(ledger: Ledger) -> None:
    await ledger.begin_request("k1", "digest", 100)
    await ledger.begin_request("k2", "digest", 200)
    await ledger.prune(101 + DAY_S)
    assert await ledger.begin_request("k1", "other", 101 + DAY_S) is None
    assert await ledger.begin_request("k2", "digest", 101 + DAY_S) is not None
