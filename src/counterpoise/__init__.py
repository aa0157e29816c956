"""Counterpoise: an open planning workbench for the transatlantic defence-industrial system."""

__version__ = "0.1.0"
