-- What Daybook must remember beside the calendars: states, numbers and hashes. No text that a person typed, no address.
-- Instants are epoch seconds. The vocabulary of `status`, `state`, `kind`, `action` and `actor` is the enums' in Python.

-- Each index is a page that every booking writes and syncs: only what guests and deliveries ask for all day has one.

CREATE TABLE bookings (
    number INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    home TEXT NOT NULL,
    uid TEXT NOT NULL UNIQUE,
    event_type TEXT NOT NULL,
    calendar TEXT NOT NULL,
    href TEXT NOT NULL,
    etag TEXT,
    status TEXT NOT NULL,
    revision INTEGER NOT NULL,
    sent_sequence INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    missing_since INTEGER,
    generations TEXT NOT NULL DEFAULT '{}'  -- JSON: a person's number → how often their links were replaced
) STRICT;

CREATE INDEX bookings_of_home ON bookings (home, number);

CREATE TABLE trail (
    booking TEXT NOT NULL,
    entry INTEGER NOT NULL,
    revision INTEGER NOT NULL,
    action TEXT NOT NULL,
    actor TEXT NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (booking, entry)
) STRICT, WITHOUT ROWID;

-- Changes that have begun and are not settled: one at a time for each booking.
CREATE TABLE intents (
    booking TEXT PRIMARY KEY,
    id TEXT NOT NULL,
    home TEXT NOT NULL,
    expected_revision INTEGER,
    key TEXT,
    begun_at INTEGER NOT NULL,
    writes TEXT NOT NULL,
    settlement TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE keys (
    key TEXT PRIMARY KEY,
    booking TEXT NOT NULL,
    made_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- `intent` names the change that a claim belongs to; a claim without one follows what the host did in the calendar.
-- What a guest chose is bounded: 24 hours and a buffer of 24 hours on each side.
CREATE TABLE claims (
    id INTEGER PRIMARY KEY,
    booking TEXT NOT NULL,
    revision INTEGER NOT NULL,
    home TEXT NOT NULL,
    starts INTEGER NOT NULL,
    ends INTEGER NOT NULL,
    held_from INTEGER NOT NULL,
    held_to INTEGER NOT NULL,
    by_guest INTEGER NOT NULL CHECK (by_guest IN (0, 1)),
    guards_start INTEGER NOT NULL CHECK (guards_start IN (0, 1)),
    intent TEXT,
    CHECK (
        by_guest = 0
        OR (held_from <= starts AND starts < ends AND ends <= held_to AND held_to - held_from <= 259200)
    )
) STRICT;

CREATE INDEX claims_held ON claims (home, held_from);

CREATE INDEX claims_of_booking ON claims (booking);

CREATE INDEX claims_long ON claims (home) WHERE held_to - held_from > 259200;

-- A booking that keeps its start while it changes holds it twice for a moment; the first of the two guards it.
CREATE UNIQUE INDEX claims_start ON claims (home, starts) WHERE guards_start = 1;

-- A buffer may overlap a buffer, never a meeting. The range on held_from bounds the search by the longest claim of a
-- guest; what a host stretched beyond that is looked up by itself. An empty span overlaps nothing.
CREATE TRIGGER claims_overlap BEFORE INSERT ON claims
WHEN NEW.by_guest = 1
BEGIN
    SELECT RAISE(ABORT, 'taken')
    WHERE EXISTS (
        SELECT 1 FROM claims AS other
        WHERE other.home = NEW.home
            AND other.held_from < NEW.held_to AND other.held_from > NEW.held_from - 259200
            AND other.booking <> NEW.booking
            AND (
                (NEW.held_from < other.ends AND other.starts < NEW.held_to AND other.starts < other.ends)
                OR (NEW.starts < other.held_to AND other.held_from < NEW.ends AND other.held_from < other.held_to)
            )
    )
    OR EXISTS (
        SELECT 1 FROM claims AS other
        WHERE other.home = NEW.home AND other.held_to - other.held_from > 259200
            AND other.booking <> NEW.booking
            AND (
                (NEW.held_from < other.ends AND other.starts < NEW.held_to AND other.starts < other.ends)
                OR (NEW.starts < other.held_to AND other.held_from < NEW.ends AND other.held_from < other.held_to)
            )
    );
END;

CREATE TABLE outbox (
    id INTEGER PRIMARY KEY,
    booking TEXT NOT NULL,
    revision INTEGER NOT NULL,
    kind TEXT NOT NULL,
    recipient INTEGER NOT NULL,
    state TEXT NOT NULL DEFAULT 'queued',
    attempts INTEGER NOT NULL DEFAULT 0,
    due_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    error TEXT,
    finished_at INTEGER
) STRICT;

CREATE INDEX outbox_due ON outbox (due_at, id) WHERE state = 'queued';

CREATE INDEX outbox_of_booking ON outbox (booking, id);

CREATE TABLE feeds (
    home TEXT PRIMARY KEY,
    generation INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE accounts (
    login TEXT PRIMARY KEY,
    password_hash TEXT NOT NULL,
    disabled INTEGER NOT NULL DEFAULT 0 CHECK (disabled IN (0, 1))
) STRICT, WITHOUT ROWID;

CREATE TABLE probe (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    count INTEGER NOT NULL
) STRICT;

INSERT INTO probe (id, count) VALUES (1, 0);
