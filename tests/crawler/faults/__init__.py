"""Answers as bad as servers give them: each ends in a named outcome, within bounds, and nothing is lost."""
