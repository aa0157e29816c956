"""Families of rows and columns, a module a subject."""
