"""The charts of the site."""
