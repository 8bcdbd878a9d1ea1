"""Stand-ins for the parts that a test does not need for real."""
