"""iCalendar text to domain values and back: pure, no clock and no I/O."""
