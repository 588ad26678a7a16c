"""Daybook: a scheduling server that keeps its bookings in calendars."""
