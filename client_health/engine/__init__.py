"""The straight line of every score: read → score → store → alert.

Plain classes that take an environment and a company; no models. ``night.py`` is the
line itself, the other files are one step of it each.
"""
