"""What the reader saw of a capture, and the process that reads it."""
