"""conversations.*"""
