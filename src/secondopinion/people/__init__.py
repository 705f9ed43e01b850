"""WHO. The plan, its Health Networks, delegation by date, Members, representatives, staff and roles."""
