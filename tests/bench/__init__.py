"""The benchmarks that judge must be able to say no."""
