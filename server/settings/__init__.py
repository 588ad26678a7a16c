"""What an operator can set, read once at start from a file and the environment."""
