"""The site in a real browser: every page, the ways through it, and what a validator and axe-core say of them."""
