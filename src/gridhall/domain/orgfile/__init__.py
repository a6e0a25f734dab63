"""What an organization file means: every thing in it by id, and whether they fit together."""
