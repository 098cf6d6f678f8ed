"""Scripts that make committed data files from other people's data; nothing here runs in the product."""
