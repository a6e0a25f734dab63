"""What holds for every method alike: its documented codes, who may call it, and how it behaves on the wire."""
