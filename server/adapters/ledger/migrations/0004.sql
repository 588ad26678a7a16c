-- Whose a booking was from then on: another host may have taken it over, and its earlier revisions stand with the former one.
ALTER TABLE trail ADD COLUMN home TEXT NOT NULL DEFAULT '';

UPDATE trail SET home = coalesce((SELECT bookings.home FROM bookings WHERE bookings.id = trail.booking), '');
