"""WHERE. Professionals, specialties, sites and contracts by date; finding candidates."""
