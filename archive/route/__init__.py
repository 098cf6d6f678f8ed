"""The steps after the crawl, each from one part of DATA to the next.

`reading` reads the captures, `building` builds and publishes, `exporting` hands out what was published, `exchanging`
takes captures in from other archive tools and gives them out to them. A command imports the step that it takes, and
waits for nothing that only another one needs.
"""
