"""The nightly feed: read a file, check every row, compare with what is known, apply all of it or nothing.

`layouts` says what the files look like (docs/feeds.md), `reading` reads them, one module per kind of file applies it.
"""
