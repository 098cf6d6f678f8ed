"""The parts of a report: headings found by words and order, where the report ends, and what is left over."""
