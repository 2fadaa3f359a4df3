"""Puts feedback into notebooks and lays them out, on the far side: a notebook is hostile text.

A zygote that is started for this loads nbconvert in the place of torch, and
each of its workers is confined as any other, though none runs a student's
code. One notebook comes in with feedback for its cells; what leaves is the
notebook with nothing in it that acts, and one piece of HTML for each cell.
"""
