"""Calendar feeds: open slots, free/busy, bookings."""
