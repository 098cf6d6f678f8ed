"""OFD (GB/T 33190-2016): the elements of its pages and what is drawn on them."""
