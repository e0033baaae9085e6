"""Archives in the age format (https://age-encryption.org/v1), which the ordinary `age` opens.

To recipients by pyrage, which streams; with a passphrase by `passphrases`, since pyrage holds a
whole file in memory there. No Django, no network.
"""
