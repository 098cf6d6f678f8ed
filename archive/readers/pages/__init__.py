"""Drawn pages, of PDF, OFD and pictures alike: from glyphs and lines to tables, paragraphs and furniture."""
