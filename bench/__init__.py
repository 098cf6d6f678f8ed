"""Benchmarks: each prints a ratio against a named peer that ran in the same minute on the same machine."""
