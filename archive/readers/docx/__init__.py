"""Word documents (.docx): the package, its styles, numbering and revisions."""
