"""Test queries, metrics, significance and reports of how well questions are answered."""
