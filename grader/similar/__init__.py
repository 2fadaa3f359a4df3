"""Submissions that are more alike than the class at large, shown side by side.

Nothing is run, and no text of a student's is parsed on this side: the far side
makes tokens of it (`reading`). They become fingerprints (`fingerprints`), without
those of what everybody was given (`given`); who shares more of the rare ones than
is usual in this class stands in the report (`comparing`), which says where to look
and nothing about why. Its readers are staff.
"""
