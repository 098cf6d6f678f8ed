"""Tests of archive/generations."""
