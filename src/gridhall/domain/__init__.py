"""The nouns and their rules. Knows neither bytes nor tables; storage is reached through the Protocols declared here."""
