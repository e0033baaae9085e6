"""HTTP out: the tool by a profile file, tokens, deployed models. Knows no Django.

Every answer becomes a value, a `TransientError`, a `ServiceError` or a `SessionLost`, each with
sentences for the person and the other side's transaction id, and none with a secret.
"""
