"""Health Networks kept apart, proved on every route, every table and every step, for everybody who may come in."""
