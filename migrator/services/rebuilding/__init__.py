"""Making unfinished annotation tasks again after a restore: the kit, its choices, the step."""
