"""OpenDocument texts (.odt): styles, nodes and the reader."""
