"""The `daybook` command: one module per command."""
