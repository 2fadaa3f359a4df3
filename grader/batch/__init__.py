"""Many submissions: slots that judge in parallel, and the batch over them.

Trusted side, no torch in the driver: each slot is a process of its own with a
judge in it, and each judge has a zygote of its own on the far side.
"""
