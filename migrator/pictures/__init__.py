"""Pictures: plain data in, shapes and a table with the same figures out.

One picture is drawn alike on a page, on paper, in a PDF and in an archive's own page, so nothing
here knows Django, a browser or a colour. Same data, same picture, down to the last byte.
"""
