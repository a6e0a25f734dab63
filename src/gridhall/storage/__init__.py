"""Where the nouns are kept: tables, statements, one module a noun, and the two engines under them."""
