"""Many submissions: slots that judge in parallel, and the batch over them.

Trusted side, no torch in the driver: each slot is a process of its own with a
judge in it, and each judge has a zygote of its own on the far side.

- The batch: `grade`, over any `engine`; `keys` and `results` say what is known already.
- The journal: `journal`, its `database`, its `lock`; for others `reading` it, and the `notice` beside it.
- Submissions that arrive: `glance`, `arrivals`, `intake`.
- Slots: `slots` hands jobs out to each `slot`, which is the driver's end of a process that
  runs `serving` on a `lifeline`; `pools`, `devices`, `merging` and `sleeping` see to it that
  none is idle.
- Many machines: `cluster`.
"""
