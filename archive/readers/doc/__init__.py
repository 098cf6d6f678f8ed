"""Word 97–2003 and WPS documents (.doc, .wps): the compound file, its properties, styles and tables."""
