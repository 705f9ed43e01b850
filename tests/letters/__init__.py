"""What we owe in writing: frozen, printed, sealed, mailed once."""
