"""The pages of coverage: which body owes a report for which year, whether it is held, and when it was published."""
