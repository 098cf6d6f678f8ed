"""archive.db: the published database, built whole from the holdings. Its tables are described in `schema.yaml`."""
