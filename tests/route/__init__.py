"""Tests of the steps between the ledger and the archive: parsing and exports."""
