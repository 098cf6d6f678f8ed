"""PDF: what pdfium says of a page, and the limits within which it is asked."""
