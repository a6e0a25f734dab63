"""The rooms that a request walks through, one small module each."""
