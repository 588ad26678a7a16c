"""The tester's word is heard anew: nothing got worse than stock, nor than the page tells."""

import pytest

from tests.conformance.page import PAGE, rows
from tests.conformance.servers import LEVELS, Feature, compare

pytestmark = [pytest.mark.interop, pytest.mark.slow]


@pytest.fixture(scope="module")
def features() -> list[Feature]:
    return compare()


def test_no_feature_is_worse_than_in_stock_radicale(features: list[Feature]) -> None:
    assert [feature for feature in features if feature.rank < 0] == []


def test_the_page_promises_no_more_than_there_is(features: list[Feature]) -> None:
    told = {row["name"]: row["ours"] for row in rows(PAGE.read_text(encoding="utf-8"))}
    levels = {one.name: one.ours.level for one in features if one.ours.level in LEVELS}
    less = [name for name, level in levels.items() if LEVELS.index(level) < LEVELS.index(told[name])]
    assert less == []
