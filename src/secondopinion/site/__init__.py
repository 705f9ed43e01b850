"""The way in: settings, addresses, the command line, the database, the worker, base templates."""
