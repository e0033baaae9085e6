"""The backup archive: one workspace in one BagIt 1.0 bag (RFC 8493), packed as one stored ZIP.

`write` makes and seals it, `read` takes files out of it, `check` proves it, `page` writes the
index.html that explains it to a person, `bag` and `zipped` know the two standards underneath.
"""
