"""Tests of what is kept in a bucket, on a real S3 server on loopback."""
