"""Loaded by itself, if anything is."""

open("@@folder@@/loaded", "w").close()
