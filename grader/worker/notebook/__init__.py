"""Notebooks: hostile text that is read, never trusted, and never run as it stands.

`reading` takes the file apart into numbered cells, `cleaning` makes Python of
what IPython alone understands, `naming` tells what a statement binds and uses,
`selecting` finds the statements that the entry points need, and `running`
carries them out, or all cells one by one where that is not enough.
"""
