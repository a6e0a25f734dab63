"""admin.users.*"""
