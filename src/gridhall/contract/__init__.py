"""The wire's vocabulary: ids, scopes, token kinds, rate tiers, error codes, wire objects. It imports nothing of Gridhall."""
