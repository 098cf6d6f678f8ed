"""Tests of archive.webarchives."""
