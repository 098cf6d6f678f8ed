"""Everything that touches the network: registry in, captures and outcomes out."""
