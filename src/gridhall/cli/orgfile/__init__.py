"""Organization files as text: YAML to documents, and every mistake to the line that holds it."""
