"""The Datasette plugin: routes, templates, static files and the search hook."""
