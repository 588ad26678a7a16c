-- What leaves a while before a meeting: `offset_min` minutes before its start, which is when it expires. `channel` is the
-- way it takes.
ALTER TABLE outbox ADD COLUMN channel TEXT NOT NULL DEFAULT 'mail';
ALTER TABLE outbox ADD COLUMN offset_min INTEGER;

-- When a booking ends as its calendar says it, and when that was recorded. What has ended before now is not told of.
ALTER TABLE bookings ADD COLUMN ends_at INTEGER;
ALTER TABLE bookings ADD COLUMN completed_at INTEGER;

UPDATE bookings SET ends_at = (SELECT max(claims.ends) FROM claims WHERE claims.booking = bookings.id);

CREATE INDEX bookings_ending ON bookings (ends_at) WHERE status = 'confirmed' AND completed_at IS NULL;

-- Which bookings an invite made. A cancelled booking gives its use not back. An invite's mail is about no booking, '' there.
CREATE TABLE invite_uses (
    invite TEXT NOT NULL,
    booking TEXT NOT NULL UNIQUE,
    PRIMARY KEY (invite, booking)
) STRICT, WITHOUT ROWID;

ALTER TABLE outbox ADD COLUMN invite TEXT;

-- Bookings that still wait for their video room: when it is asked for next, and how often it was in vain.
CREATE TABLE room_waits (
    booking TEXT PRIMARY KEY,
    due_at INTEGER NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;

-- The homes of the hosts beside the organizer, as a JSON list: what a calendar says of them, its owner may have written.
ALTER TABLE bookings ADD COLUMN co_hosts TEXT NOT NULL DEFAULT '[]';

-- Whether guests got no notice of a change beside their calendars, and what it is called outside, by blanks.
ALTER TABLE trail ADD COLUMN unannounced INTEGER NOT NULL DEFAULT 0 CHECK (unannounced IN (0, 1));
ALTER TABLE trail ADD COLUMN happenings TEXT NOT NULL DEFAULT '';
