"""Transactions: whole, in order, and not undone by a caller who leaves."""

import asyncio
import sqlite3
import threading
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from server.adapters.ledger.database import Database
from server.adapters.ledger.migrate import prepare
from server.domain.errors import Unavailable


@pytest.fixture
async def database(path: Path) -> AsyncIterator[Database]:
    prepare(path)
    opened = await Database.open(path)
    yield opened
    await opened.close()


def insert(connection: sqlite3.Connection, key: str = "k") -> None:
    connection.execute("INSERT INTO keys (key, booking, made_at) VALUES (:key, 'bk_x', 1)", {"key": key})


def count(connection: sqlite3.Connection) -> int:
    return int(connection.execute("SELECT count(*) FROM keys").fetchone()[0])


async def test_a_whole_function_runs_in_the_writing_thread(database: Database) -> None:
    threads = {await database.write(lambda _: threading.get_ident()) for _ in range(2)}
    assert len(threads) == 1
    assert threading.get_ident() not in threads


async def test_what_is_written_is_read_at_once(database: Database) -> None:
    await database.write(insert)
    assert await database.read(count) == 1


async def test_an_error_undoes_the_whole_function(database: Database) -> None:
    def work(connection: sqlite3.Connection) -> None:
        insert(connection)
        raise ValueError

    with pytest.raises(ValueError):  # noqa: PT011
        await database.write(work)
    assert await database.read(count) == 0
    await database.write(insert)


async def test_what_follows_a_commit_does_not_follow_an_undone_function(database: Database) -> None:
    await database.write(insert)
    heard: list[None] = []
    with pytest.raises(sqlite3.IntegrityError):
        await database.write(insert, heard.append)
    assert heard == []


async def test_a_caller_who_leaves_does_not_undo_what_is_under_way(database: Database) -> None:
    started, go_on, heard = threading.Event(), threading.Event(), threading.Event()

    def work(connection: sqlite3.Connection) -> None:
        started.set()
        go_on.wait()
        insert(connection)

    caller = asyncio.create_task(database.write(work, lambda _: heard.set()))
    await asyncio.to_thread(started.wait)
    caller.cancel()
    with pytest.raises(asyncio.CancelledError):
        await caller
    go_on.set()
    assert await asyncio.to_thread(heard.wait, 5)
    assert await database.read(count) == 1


async def test_reading_does_not_wait_for_a_writer(database: Database) -> None:
    started, go_on = threading.Event(), threading.Event()

    def work(connection: sqlite3.Connection) -> None:
        insert(connection)
        started.set()
        go_on.wait()

    writing = asyncio.create_task(database.write(work))
    await asyncio.to_thread(started.wait)
    assert await asyncio.wait_for(database.read(count), 5) == 0
    go_on.set()
    await writing


async def test_the_reading_connection_cannot_write(database: Database) -> None:
    with pytest.raises(Unavailable):
        await database.read(insert)


async def test_a_disk_that_refuses_is_unavailable_and_nothing_is_kept(database: Database) -> None:
    def fill(connection: sqlite3.Connection) -> None:
        for number in range(10_000):
            insert(connection, f"{number:0100}")

    def limit(connection: sqlite3.Connection) -> None:
        (pages,) = connection.execute("PRAGMA page_count").fetchone()
        connection.execute(f"PRAGMA max_page_count = {pages + 4}")

    await database.write(limit)
    with pytest.raises(Unavailable):
        await database.write(fill)
    assert await database.read(count) == 0
    await database.write(insert)


async def test_a_closed_database_is_unavailable(path: Path) -> None:
    prepare(path)
    database = await Database.open(path)
    await database.close()
    with pytest.raises(Unavailable):
        await database.write(insert)
