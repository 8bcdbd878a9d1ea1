"""What a report is made of: sections, tables, and the chunks that are indexed."""
