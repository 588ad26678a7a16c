-- Whose a booking was from then on: another host may have taken it over, and its earlier revisions stand with the former one.
ALTER TABLE trail ADD COLUMN home TEXT NOT NULL DEFAULT '';

UPDATE trail SET home = coalesce((SELECT bookings.home FROM bookings WHERE bookings.id = trail.booking), '');

-- The home of the team whose meeting a booking is.
ALTER TABLE bookings ADD COLUMN team TEXT;

-- Whose turn it was, for each event type of a team: the present cursor of a host is the last of their rows. A change that is
-- released takes its row along, so the row before stays until the change is settled. `mileage` is how far all of a host's turns
-- carried them by weight, `cost` how far this one did.
CREATE TABLE turns (
    event_type TEXT NOT NULL,
    turn INTEGER NOT NULL,
    home TEXT NOT NULL,
    mileage INTEGER NOT NULL,
    cost INTEGER NOT NULL,
    intent TEXT NOT NULL,
    PRIMARY KEY (event_type, turn)
) STRICT, WITHOUT ROWID;

-- Keys of programs: a digest that is keyed with the server's secret, and what each may do, by blanks. Without a home it is
-- a key of the site.
CREATE TABLE api_keys (
    id TEXT PRIMARY KEY,
    home TEXT,
    digest TEXT NOT NULL UNIQUE,
    permissions TEXT NOT NULL,
    is_test INTEGER NOT NULL CHECK (is_test IN (0, 1)),
    made_at INTEGER NOT NULL,
    used_at INTEGER
) STRICT;

-- Where each guest books a seat of their own, a key and the use of an invite are one person's.
ALTER TABLE keys ADD COLUMN person INTEGER NOT NULL DEFAULT 1;

CREATE TABLE uses_of_people (
    invite TEXT NOT NULL,
    booking TEXT NOT NULL,
    person INTEGER NOT NULL,
    PRIMARY KEY (invite, booking, person),
    UNIQUE (booking, person)
) STRICT, WITHOUT ROWID;

INSERT INTO uses_of_people (invite, booking, person) SELECT invite, booking, 1 FROM invite_uses;

DROP TABLE invite_uses;

ALTER TABLE uses_of_people RENAME TO invite_uses;

-- Requests of programs by their Idempotency-Key, for a day: the digest of all that was said, and what it was about in the end.
CREATE TABLE requests (
    key TEXT PRIMARY KEY,
    digest TEXT NOT NULL,
    subject TEXT,
    made_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- What is to come of series, and what has taken its time: `original` is the start that the rule has for a meeting.
CREATE TABLE meetings (
    booking TEXT NOT NULL,
    original INTEGER NOT NULL,
    ends INTEGER NOT NULL,
    completed_at INTEGER,
    PRIMARY KEY (booking, original)
) STRICT, WITHOUT ROWID;

CREATE INDEX meetings_ending ON meetings (ends) WHERE completed_at IS NULL;

-- The original start of the one meeting of a series that an entry is about.
ALTER TABLE trail ADD COLUMN concerns INTEGER;

-- Who came, as the host said afterwards: JSON pairs of a person's number and a word.
ALTER TABLE bookings ADD COLUMN attendance TEXT NOT NULL DEFAULT '[]';
