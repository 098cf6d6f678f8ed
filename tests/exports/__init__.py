"""Tests of archive.exports."""
