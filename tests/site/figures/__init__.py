"""Pages that set figures and texts side by side, on an archive with measures and text in common."""
