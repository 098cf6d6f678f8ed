"""One module a portal: each fills a `Site` with pages and notes where the reports stand."""
