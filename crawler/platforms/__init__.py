"""One module per CMS dialect, pure: a fetched page in, entries and next requests out."""
