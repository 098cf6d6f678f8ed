"""Everything after the bytes: captures, readers, the report parser, checks, the database and its site. No network."""
