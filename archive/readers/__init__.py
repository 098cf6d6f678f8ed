"""One module per file format: bytes in, `Document` out. Readers never know what an annual report is."""
