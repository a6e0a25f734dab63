"""admin.*"""
