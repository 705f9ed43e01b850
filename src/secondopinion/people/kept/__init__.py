"""What is kept about a Member as a file: its kind told by its content, scanned, sealed with a key, opened again."""
