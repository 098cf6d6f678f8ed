"""Tests of the pages that show evidence: findings, coverage, portals, questions, data and method."""
