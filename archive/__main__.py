"""`python -m archive` is `gongkai`."""

from archive.cli import main

main()
