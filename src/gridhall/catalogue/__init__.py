"""The one truth of every method: what it takes, who may call it, how often, and what it answers."""
