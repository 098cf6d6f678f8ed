"""Starts the module of a CMS that none reads yet: signs to know it by, recorded pages, expected entries beside them."""
