"""The pages that people see: signing in, and their own account. Plain HTML from templates, without any script."""
