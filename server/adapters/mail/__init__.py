"""The Mailer port over SMTP or a folder of files."""
