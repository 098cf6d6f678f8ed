"""RTF: tokens, words, the flow of text, and the tree of paragraphs and tables."""
