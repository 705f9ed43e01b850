"""THE LAW. Pure Python: no Django, no clock, no input or output but its own data files."""
