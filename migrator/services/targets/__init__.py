"""Looking at a target before anything is restored into it, and what a person chose about it."""
