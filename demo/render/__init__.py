"""Turns a true report into documents: HTML as several editors leave it, DOCX, and text as converters leave it."""
