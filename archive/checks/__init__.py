"""Do the numbers add up? Rules are data; a check explains itself and never changes a value."""
