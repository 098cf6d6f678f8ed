"""The search page and its data: what a reader wishes, what is found, and how it is handed out."""
