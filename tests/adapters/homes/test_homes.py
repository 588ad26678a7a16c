"""What only homes on disk can show: files that people can read, copy, break and mend."""

import json
import shutil
import stat
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from server.adapters.homes import FileHomes
from server.adapters.homes import files as home_files
from server.adapters.homes.files import HomesRefused
from server.domain.away import Away
from server.domain.errors import Conflict, Unavailable
from server.domain.event_type import EventType, Location, LocationType, View, Visibility
from server.domain.host import Host
from server.domain.hours import NEVER, DateOverride
from server.domain.identity import Home
from server.domain.limits import Caps
from server.domain.series import Frequency, SeriesRules
from server.domain.team import Member, Role
from server.ports import RevisionMismatch
from tests.builders import event_type, host, hours, override, team

ALICE = Home("alice")

FULL_HOST = replace(
    host(weekly="mon-fri 09:00-12:00,13:00-17:00; sat 10:00-12:00"),
    other_addresses=("alice@example.net",),
    language="de",
    about="Grüße\nand more",
    overrides=(
        override("2026-12-24"),
        DateOverride(date(2026, 12, 25), (), "Noël"),
        override("2026-12-31", "09:00-12:00"),
    ),
    away=(Away(first=date(2026, 8, 1), last=date(2026, 8, 14), message="À la mer", deputy=Home("bob")),),
    blocking=("calendar", "work"),
    receiving="work",
    attendees_in_calendar=False,
    freebusy_public=False,
    disabled=True,
)
FULL_EVENT_TYPE = replace(
    event_type("review", minutes=45, step=15, buffers=(10, 15), notice_min=120, horizon_days=30),
    description="What we did",
    hours=NEVER,
    overrides=(override("2026-12-24"),),
    location=Location(type=LocationType.LINK, value="https://meet.example/a"),
    blocking=(),
    receiving="work",
    zone="America/New_York",
    zone_locked=True,
    view=View.LIST,
    enabled=False,
    visibility=Visibility.INTERNAL,
    caps=Caps(per_day=2, total=50),
    guest_caps=Caps(per_month=1),
    first_slot_only=True,
    series=SeriesRules(frequencies=(Frequency.WEEKLY, Frequency.YEARLY), count_max=9),
    away=(Away(first=date(2026, 8, 1), last=date(2026, 8, 1)),),
)


FULL_TEAM = replace(
    team(
        "sales",
        Member(home=Home("alice"), weight=50, role=Role.MANAGER, priority=3),
        Member(home=Home("bob"), weight=0, active=False),
        private=True,
        disabled=True,
    ),
    language="de",
    about="Wir alle",
    hours=hours("mon-fri 09:00-17:00"),
)


@pytest.fixture
async def homes(tmp_path: Path) -> AsyncIterator[FileHomes]:
    opened = await FileHomes.open(tmp_path)
    yield opened
    opened.close()


@pytest.fixture
def own(tmp_path: Path) -> Path:
    return tmp_path / "collection-root" / "alice" / ".Daybook"


async def fill(
    folder: Path, person: Host = FULL_HOST, kinds: Sequence[EventType] = (FULL_EVENT_TYPE,)
) -> None:
    homes = await FileHomes.open(folder)
    await homes.save_host(person)
    for kind in kinds:
        await homes.save_event_type(kind)
    homes.close()


async def reopened(folder: Path) -> FileHomes:
    homes = await FileHomes.open(folder)
    homes.close()
    return homes


def change(path: Path, **fields: object) -> None:
    path.write_text(json.dumps({**json.loads(path.read_text()), **fields}))


def all_modes(folder: Path) -> set[int]:
    return {stat.S_IMODE(path.stat().st_mode) for path in folder.rglob("*")}


async def test_everything_is_as_it_was_after_a_restart(tmp_path: Path) -> None:
    await fill(tmp_path)
    homes = await reopened(tmp_path)
    assert homes.faults == ()
    assert homes.host("alice") == replace(FULL_HOST, revision=1)
    assert homes.event_type("alice", "review") == replace(FULL_EVENT_TYPE, revision=1)


async def test_a_team_is_as_it_was_after_a_restart(tmp_path: Path) -> None:
    homes = await FileHomes.open(tmp_path)
    await homes.save_team(FULL_TEAM)
    await homes.save_event_type(event_type("demo", home="sales"))
    homes.close()
    homes = await reopened(tmp_path)
    assert homes.faults == ()
    assert homes.team("sales") == replace(FULL_TEAM, revision=1)
    assert homes.event_type("sales", "demo") is not None
    assert homes.next_number() == FULL_TEAM.number + 1


async def test_a_home_is_a_hosts_or_a_teams_and_two_files_are_a_fault(tmp_path: Path, own: Path) -> None:
    await fill(tmp_path)
    homes = await FileHomes.open(tmp_path)
    await homes.save_team(FULL_TEAM)
    homes.close()
    shutil.copy(own.parent.with_name("sales") / ".Daybook" / "team.json", own / "team.json")
    homes = await reopened(tmp_path)
    assert homes.host("alice") is not None
    assert homes.team("alice") is None
    assert [one.path for one in homes.faults] == [own / "team.json"]
    assert "delete one of the two" in homes.faults[0].message


async def test_a_home_whose_file_cannot_be_read_is_nobody_elses(tmp_path: Path, own: Path) -> None:
    await fill(tmp_path)
    (own / "profile.json").write_text("{}")
    homes = await FileHomes.open(tmp_path)
    with pytest.raises(Conflict):
        await homes.save_team(team("alice"))
    (own / "profile.json").rename(own / "team.json")
    with pytest.raises(Conflict):
        await homes.save_host(host("alice"))
    homes.close()


async def test_a_broken_team_names_itself_and_is_no_team(tmp_path: Path) -> None:
    homes = await FileHomes.open(tmp_path)
    await homes.save_team(FULL_TEAM)
    homes.close()
    path = tmp_path / "collection-root" / "sales" / ".Daybook" / "team.json"
    change(path, members=[{"home": "alice", "weight": -1}])
    homes = await reopened(tmp_path)
    assert homes.team("sales") is None
    assert [one.path for one in homes.faults] == [path]


async def test_the_files_are_json_that_a_person_can_read_and_no_one_else_may(
    tmp_path: Path, own: Path
) -> None:
    await fill(tmp_path)
    profile = json.loads((own / "profile.json").read_text())
    kind = json.loads((own / "event-types" / f"{FULL_EVENT_TYPE.id}.json").read_text())
    assert (profile["format"], profile["revision"], profile["name"]) == (1, 1, "Alice Example")
    assert (kind["format"], kind["slug"], kind["zone"]) == (1, "review", "America/New_York")
    assert '\n  "name": "Alice Example"' in (own / "profile.json").read_text()
    assert all_modes(tmp_path) == {0o600, 0o700}


async def test_a_home_that_is_copied_under_another_name_is_that_host(tmp_path: Path, own: Path) -> None:
    await fill(tmp_path)
    shutil.copytree(own.parent, own.parent.with_name("alina"))
    shutil.rmtree(own.parent)
    homes = await reopened(tmp_path)
    assert [one.home for one in homes.hosts()] == ["alina"]
    assert [one.home for one in homes.event_types(Home("alina"))] == ["alina"]
    assert homes.faults == ()


async def test_a_number_outlives_the_event_type_and_the_process(tmp_path: Path) -> None:
    homes = await FileHomes.open(tmp_path)
    saved = await homes.save_event_type(event_type(number=41))
    await homes.delete_event_type(saved)
    homes.close()
    assert (await reopened(tmp_path)).next_number() == 42


async def test_a_file_that_was_mended_by_hand_meanwhile_is_not_overwritten_by_an_older_revision(
    homes: FileHomes, own: Path
) -> None:
    saved = await homes.save_host(host())
    change(own / "profile.json", revision=8, name="Alice By Hand")
    with pytest.raises(RevisionMismatch):
        await homes.save_host(replace(saved, name="Alice Lost"))
    assert json.loads((own / "profile.json").read_text())["name"] == "Alice By Hand"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "cannot be understood"),
        ("[]", "cannot be understood"),
        ('{"format": 1, "name": "A"', "cannot be understood"),
        ('{"format": 1}', "missing required field"),
        ("{}", 'no "format"'),
    ],
)
async def test_a_broken_profile_names_itself_and_the_cure_and_stops_no_other(
    tmp_path: Path, own: Path, text: str, said: str
) -> None:
    await fill(tmp_path)
    bob = own.parent.with_name("bob") / ".Daybook"
    bob.mkdir(parents=True)
    (bob / "profile.json").write_text(text)
    homes = await reopened(tmp_path)
    assert [one.home for one in homes.hosts()] == ["alice"]
    assert [one.path for one in homes.faults] == [bob / "profile.json"]
    assert said in homes.faults[0].message
    assert str(homes.faults[0]).startswith(f"{bob / 'profile.json'}: ")


@pytest.mark.parametrize(
    "name", ["profile.json", "team.json", "event-types/evt_x.json", "../../../.Daybook/numbers.json"]
)
async def test_homes_that_a_newer_daybook_wrote_are_refused_with_the_way_out(
    tmp_path: Path, own: Path, name: str
) -> None:
    await fill(tmp_path)
    (own / name).write_text('{"format": 99, "last": 7}')
    with pytest.raises(
        HomesRefused, match=r"newer Daybook \(format 99; this one knows 1\): install that release"
    ):
        await reopened(tmp_path)


@pytest.mark.parametrize(
    "fields",
    [
        {"duration_min": 0},
        {"slug": "No Slug"},
        {"zone": "Europe/Atlantis"},
        {"location": {"type": "link", "value": "javascript:alert(1)"}},
        {"hours": {"days": [[{"start_min": 600, "end_min": 540}], [], [], [], [], [], []]}},
        {"overrides": [{"day": "2026-13-01", "windows": []}]},
    ],
)
async def test_an_event_type_that_the_rules_refuse_is_a_fault_and_not_offered(
    tmp_path: Path, own: Path, fields: dict[str, object]
) -> None:
    await fill(tmp_path, kinds=(FULL_EVENT_TYPE, event_type("intro", number=3)))
    change(own / "event-types" / f"{FULL_EVENT_TYPE.id}.json", **fields)
    homes = await reopened(tmp_path)
    assert [one.slug for one in homes.event_types(ALICE)] == ["intro"]
    assert [one.path.stem for one in homes.faults] == [FULL_EVENT_TYPE.id]


async def test_a_profile_in_an_unknown_zone_is_a_fault(tmp_path: Path, own: Path) -> None:
    await fill(tmp_path)
    change(own / "profile.json", zone="Europe/Atlantis")
    homes = await reopened(tmp_path)
    assert homes.hosts() == []
    assert "Europe/Atlantis" in homes.faults[0].message


async def test_an_event_type_copied_by_hand_is_a_fault_until_its_slug_and_number_are_changed(
    tmp_path: Path, own: Path
) -> None:
    await fill(tmp_path)
    original = own / "event-types" / f"{FULL_EVENT_TYPE.id}.json"
    copy = original.with_name("evt_zzzzzzzzzzzzzzzz.json")
    shutil.copy(original, copy)
    homes = await reopened(tmp_path)
    assert [(one.path, "slug" in one.message) for one in homes.faults] == [(copy, True)]
    change(copy, slug="other")
    homes = await reopened(tmp_path)
    assert len(homes.event_types(ALICE)) == 2
    assert ["number" in one.message for one in homes.faults] == [True]
    change(copy, number=99)
    assert (await reopened(tmp_path)).faults == ()


async def test_an_event_type_that_stands_in_two_homes_is_a_fault_of_the_second(
    tmp_path: Path, own: Path
) -> None:
    await fill(tmp_path)
    shutil.copytree(own.parent, own.parent.with_name("bob"))
    homes = await reopened(tmp_path)
    assert list(homes.event_types(Home("bob"))) == []
    assert any("same name" in one.message for one in homes.faults)


async def test_other_folders_and_files_in_the_storage_are_no_homes(tmp_path: Path, own: Path) -> None:
    await fill(tmp_path)
    (own.parent.with_name("stranger") / "calendar").mkdir(parents=True)
    (own.parent.with_name(".hidden") / ".Daybook").mkdir(parents=True)
    (own.parent.with_name("file")).write_text("")
    (own / "event-types" / ".evt_a.json.unfinished").write_text("{")
    (own / "event-types" / ".#evt_a.json").write_text("{")
    homes = await reopened(tmp_path)
    assert ([one.home for one in homes.hosts()], homes.faults) == (["alice"], ())


async def test_a_broken_file_is_not_overwritten(homes: FileHomes, own: Path) -> None:
    saved = await homes.save_host(host())
    (own / "profile.json").write_text("broken")
    with pytest.raises(Unavailable, match=r"profile\.json"):
        await homes.save_host(saved)
    assert (own / "profile.json").read_text() == "broken"


async def test_a_disk_that_refuses_is_unavailable_and_the_catalogue_stays_as_it_was(
    homes: FileHomes, own: Path
) -> None:
    saved = await homes.save_host(host())
    shutil.rmtree(own)
    shutil.copy(__file__, own)
    with pytest.raises(Unavailable):
        await homes.save_host(replace(saved, name="New"))
    assert homes.host("alice") == saved


async def test_an_old_format_is_read_through_the_chain_and_written_in_the_new_one(
    tmp_path: Path, own: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await fill(tmp_path)
    monkeypatch.setattr(
        home_files, "PROFILE", (lambda document: {**document, "name": f"{document['name']} II"},)
    )
    homes = await FileHomes.open(tmp_path)
    found = homes.host("alice")
    assert found is not None
    assert found.name == "Alice Example II"
    await homes.save_host(found)
    homes.close()
    written = json.loads((own / "profile.json").read_text())
    assert (written["format"], written["name"]) == (2, "Alice Example II")


async def test_hours_keep_their_windows_through_the_file(tmp_path: Path) -> None:
    await fill(tmp_path)
    found = (await reopened(tmp_path)).host("alice")
    assert found is not None
    assert found.hours == hours("mon-fri 09:00-12:00,13:00-17:00; sat 10:00-12:00")
