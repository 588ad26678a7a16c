"""What people do with Daybook, one verb per module: gather, decide, commit."""
