"""oversight.*: what owners and admins of an Enterprise organization look at and take out of sight, in all of it.

Source: the page on the Admin Oversight API. Where it has no example, answers have the fields of its sister, the Discovery API.
"""
