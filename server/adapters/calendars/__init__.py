"""The Calendars port over Radicale's storage, in process."""
