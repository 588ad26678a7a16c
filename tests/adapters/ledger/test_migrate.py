"""The file of the ledger: made, upgraded, copied, refused."""

import sqlite3
import stat
from contextlib import closing
from pathlib import Path

import pytest

from server.adapters.ledger import SqliteLedger
from server.adapters.ledger.database import connect
from server.adapters.ledger.migrate import MIGRATIONS, LedgerRefused, prepare


@pytest.fixture
def migrations(tmp_path: Path) -> Path:
    folder = tmp_path / "migrations"
    folder.mkdir()
    (folder / "0001.sql").write_text("CREATE TABLE notes (id INTEGER PRIMARY KEY);")
    return folder


def rows(path: Path, statement: str) -> list[tuple[object, ...]]:
    with closing(connect(path)) as connection:
        return connection.execute(statement).fetchall()


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


async def test_a_new_ledger_can_be_read_by_its_owner_alone(path: Path) -> None:
    ledger = await SqliteLedger.open(path)
    await ledger.probe()
    assert {one.name: mode(one) for one in path.parent.iterdir()} == {
        "ledger.db": 0o600,
        "ledger.db-wal": 0o600,
        "ledger.db-shm": 0o600,
    }
    await ledger.close()


def test_a_ledger_that_others_could_read_is_closed_to_them(path: Path) -> None:
    prepare(path)
    path.chmod(0o644)
    prepare(path)
    assert mode(path) == 0o600


def test_a_new_ledger_has_the_newest_version_and_needs_no_copy(path: Path) -> None:
    prepare(path)
    assert rows(path, "PRAGMA user_version") == [(len(list(MIGRATIONS.glob("*.sql"))),)]
    assert [one.name for one in path.parent.iterdir()] == ["ledger.db"]


def test_migrations_are_numbered_without_a_gap() -> None:
    steps = sorted(int(step.stem) for step in MIGRATIONS.glob("*.sql"))
    assert steps == list(range(1, len(steps) + 1))


def test_a_ledger_is_copied_before_it_is_upgraded(path: Path, migrations: Path) -> None:
    prepare(path, migrations)
    with closing(connect(path)) as connection:
        connection.execute("INSERT INTO notes VALUES (7)")
    (migrations / "0002.sql").write_text("DELETE FROM notes; CREATE TABLE others (id INTEGER);")
    prepare(path, migrations)
    copy = path.with_name("ledger.db.version-1")
    assert (rows(path, "SELECT * FROM notes"), rows(path, "PRAGMA user_version")) == ([], [(2,)])
    assert (rows(copy, "SELECT * FROM notes"), rows(copy, "PRAGMA user_version")) == ([(7,)], [(1,)])
    assert mode(copy) == 0o600


def test_a_ledger_of_the_first_release_keeps_what_it_knows(path: Path, tmp_path: Path) -> None:
    (first := tmp_path / "first").mkdir()
    (first / "0001.sql").write_bytes((MIGRATIONS / "0001.sql").read_bytes())
    prepare(path, first)
    with closing(connect(path)) as connection:
        connection.execute("INSERT INTO accounts (login, password_hash) VALUES ('alice', 'hash')")
    prepare(path)
    assert rows(path, "SELECT login, password_hash, disabled FROM accounts") == [("alice", "hash", 0)]
    assert rows(path, "SELECT * FROM app_passwords") == []
    assert rows(path.with_name("ledger.db.version-1"), "SELECT login FROM accounts") == [("alice",)]


def test_an_upgrade_runs_only_what_is_new(path: Path, migrations: Path) -> None:
    prepare(path, migrations)
    prepare(path, migrations)
    assert rows(path, "PRAGMA user_version") == [(1,)]
    assert not path.with_name("ledger.db.version-1").exists()


def test_an_upgrade_that_fails_leaves_the_ledger_as_it_was(path: Path, migrations: Path) -> None:
    prepare(path, migrations)
    (migrations / "0002.sql").write_text("CREATE TABLE others (id INTEGER); SELECT nonsense FROM nowhere;")
    with pytest.raises(LedgerRefused, match="unchanged"):
        prepare(path, migrations)
    assert rows(path, "PRAGMA user_version") == [(1,)]
    assert rows(path, "SELECT name FROM sqlite_schema") == [("notes",)]


def test_a_ledger_of_a_newer_daybook_is_refused_with_what_to_do(path: Path, migrations: Path) -> None:
    prepare(path, migrations)
    with closing(connect(path)) as connection:
        connection.execute("PRAGMA user_version = 9")
    with pytest.raises(
        LedgerRefused, match=r"newer Daybook \(ledger version 9; this one knows 1\)\. Install"
    ):
        prepare(path, migrations)


def test_a_file_that_is_no_database_is_refused_and_kept(path: Path) -> None:
    path.write_bytes(b"not a database " * 100)
    with pytest.raises(LedgerRefused, match="put a backup in its place"):
        prepare(path)
    assert path.read_bytes().startswith(b"not a database")


def test_what_is_committed_is_on_disk(path: Path) -> None:
    prepare(path)
    assert rows(path, "PRAGMA journal_mode") == [("wal",)]
    assert rows(path, "PRAGMA synchronous") == [(2,)]


def test_the_schema_asks_for_strict_types(path: Path) -> None:
    prepare(path)
    with closing(connect(path)) as connection, pytest.raises(sqlite3.IntegrityError):
        connection.execute("INSERT INTO keys (key, booking, made_at) VALUES ('k', 'bk_x', 'yesterday')")


def test_a_booking_from_before_ends_were_kept_ends_with_its_claim(path: Path, tmp_path: Path) -> None:
    """C5: what had ended before, of which no claim is left, is not told of."""
    (before := tmp_path / "before").mkdir()
    for step in ("0001.sql", "0002.sql"):
        (before / step).write_text((MIGRATIONS / step).read_text())
    prepare(path, before)
    with closing(connect(path)) as connection:
        for number in (1, 2):
            connection.execute(
                """
                INSERT INTO bookings
                    (number, id, home, uid, event_type, calendar, href, status, revision, sent_sequence, created_at)
                VALUES (:number, :number, 'alice', :number, 'evt', 'alice/calendar', 'x', 'confirmed', 0, 0, 0)
                """,
                {"number": number},
            )
        connection.execute(
            """
            INSERT INTO claims (booking, revision, home, starts, ends, held_from, held_to, by_guest, guards_start)
            VALUES (1, 0, 'alice', 1000, 2800, 1000, 2800, 1, 1)
            """
        )
    prepare(path)
    assert rows(path, "SELECT number, ends_at, completed_at FROM bookings ORDER BY number") == [
        (1, 2800, None),
        (2, None, None),
    ]


def test_a_trail_from_before_meetings_changed_hosts_names_the_one_there_was(
    path: Path, tmp_path: Path
) -> None:
    """S4.38"""
    (before := tmp_path / "before").mkdir()
    for step in ("0001.sql", "0002.sql", "0003.sql"):
        (before / step).write_text((MIGRATIONS / step).read_text())
    prepare(path, before)
    with closing(connect(path)) as connection:
        connection.execute(
            """
            INSERT INTO bookings
                (number, id, home, uid, event_type, calendar, href, status, revision, sent_sequence, created_at)
            VALUES (1, 'bk', 'alice', 'uid', 'evt', 'alice/calendar', 'x', 'confirmed', 0, 0, 0)
            """
        )
        connection.execute(
            """
            INSERT INTO trail (booking, entry, revision, action, actor, at)
            VALUES ('bk', 1, 0, 'create', 'guest', 0), ('gone', 1, 0, 'create', 'guest', 0)
            """
        )
    prepare(path)
    assert rows(path, "SELECT booking, home FROM trail ORDER BY booking") == [("bk", "alice"), ("gone", "")]
