"""Who may reach the served pages: signing in, limits, and what every request is held against."""
