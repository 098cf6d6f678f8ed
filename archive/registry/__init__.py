"""Who owes a report and where it is published: portals, agencies and divisions, as CSV with a strict loader."""
