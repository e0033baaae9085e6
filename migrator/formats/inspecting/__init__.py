"""The rules that an inspection checks, a module per subject. The way in is `formats.inspect`."""
