"""A local stand-in for Knowledge Studio and the services beside it; see README.md here."""
