"""Messages outside of the pages: what is told, to whom, by which channel, and its fate."""
