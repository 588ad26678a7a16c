"""Calendars that others subscribe to: open slots, free/busy, bookings."""
