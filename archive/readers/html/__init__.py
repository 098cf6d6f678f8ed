"""HTML as editors leave it: cleaned, walked as a tree, tables with their spans, the main text of a page."""
