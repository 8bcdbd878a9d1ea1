"""The sample corpus: sources, and the command that builds the reports from them."""
