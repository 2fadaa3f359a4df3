"""A batch over many machines, with dask's scheduler between the driver and the nodes.

The driver packs the course (`parcel`) and sends it with the jobs; each dask
worker is a node, which unpacks it to a private folder and judges in warm slots
of its own (`node`), after it has shown that it is like the others (`alike`).
`engine` is the driver's side. The journal, the marks and the reports stay with
the driver. Needs the extra `grader[cluster]`.
"""
