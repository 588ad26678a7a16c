"""The Homes port over `.Daybook` files in the hosts' homes."""
