"""What the tests share: databases, live servers, and the check that every answer is one that its method declares."""
