"""Who looks for principals finds themselves, by name or by address, and learns of nobody else."""

import pytest

from tests.radicale_plugin.asking import Dav

SEARCH = (
    '<principal-property-search xmlns="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav"{}>{}'
    "<prop><displayname/><C:calendar-home-set/></prop></principal-property-search>"
)
HOME = "<C:calendar-home-set><href>/dav/alice/</href></C:calendar-home-set>"


def looking(*searches: tuple[str, str], test: str = "") -> str:
    parts = (
        f"<property-search><prop><{name}/></prop><match>{text}</match></property-search>"
        for name, text in searches
    )
    return SEARCH.format(test, "".join(parts))


ADDRESS = "C:calendar-user-address-set"


@pytest.mark.parametrize("path", ["/", "/alice/"])
@pytest.mark.parametrize(
    "searches", [(), (("displayname", "ALI"),), ((ADDRESS, "alice@work.example"), ("displayname", "alice"))]
)
def test_one_finds_oneself_by_part_of_the_name_or_an_address(
    dav: Dav, path: str, searches: tuple[tuple[str, str], ...]
) -> None:
    answer = dav.ask("REPORT", path, looking(*searches))
    assert answer.status == 207
    assert answer.text.count("<response>") == 1
    assert HOME in answer.text


@pytest.mark.parametrize("searched", ["bob", "bob@example.org", "mailto:bob", "nobody"])
@pytest.mark.parametrize("name", ["displayname", ADDRESS, "getetag"])
def test_nobody_else_is_found_there_or_not(dav: Dav, searched: str, name: str) -> None:
    answer = dav.ask("REPORT", "/", looking((name, searched)))
    assert (answer.status, "response" in answer.text, "bob" in answer.text) == (207, False, False)


def test_all_texts_must_be_found_unless_any_will_do(dav: Dav) -> None:
    both = (("displayname", "alice"), ("displayname", "bob"))
    assert "<response>" not in dav.ask("REPORT", "/", looking(*both)).text
    assert "<response>" in dav.ask("REPORT", "/", looking(*both, test=' test="anyof"')).text


def test_a_client_that_names_what_it_asks_beside_the_list_is_understood(dav: Dav) -> None:
    """python-caldav 3.6 does."""
    asked = SEARCH.format("", "").replace("<prop>", "<prop/>").replace("</prop>", "")
    assert HOME in dav.ask("REPORT", "/", asked).text


def test_what_can_be_searched_is_told(dav: Dav) -> None:
    answer = dav.ask("REPORT", "/", '<principal-search-property-set xmlns="DAV:"/>')
    assert answer.status == 200
    assert "<displayname />" in answer.text
    assert ADDRESS in answer.text


def test_a_stranger_searches_nothing(dav: Dav) -> None:
    assert dav.ask("REPORT", "/", looking(), user="").status == 401
    assert dav.ask("REPORT", "/bob/", looking()).status == 403
