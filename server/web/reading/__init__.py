"""How a reader reads: their language and region, and dates, times and zones in their words."""
