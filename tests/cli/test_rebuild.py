"""`daybook rebuild`, as it is typed and read."""

from tests.cli.conftest import Shell


def test_the_command_asks_first_and_tells_what_it_could_not_bring_back(shell: Shell) -> None:
    shell.run("host", "add", "alice", "--email", "alice@example.org", "--zone", "UTC")
    shell.run("app-password", "create", "alice", "--name", "phone")
    assert shell.attempt("rebuild", given="n\n")[0] == 1
    text = shell.run("rebuild", "--yes")
    said = ("0 bookings of 1 hosts", "daybook host password alice", "“phone” of alice", "before-rebuild")
    assert [words for words in said if words not in text] == []


def test_there_is_nothing_to_rebuild_where_there_is_no_data(shell: Shell) -> None:
    shell.data.rmdir()
    code, text = shell.attempt("rebuild", "--yes")
    assert (code, "There is no data directory" in text, shell.data.exists()) == (1, True, False)
