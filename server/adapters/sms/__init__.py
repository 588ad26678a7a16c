"""The Texter port over the HTTP gateway that the operator describes."""
