"""Organization files into the tables and back."""
