"""Ask regulatory reports in several languages, and prove every word of the answer."""
