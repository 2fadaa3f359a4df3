"""The judge's end of the wall: start workers, call student code, survive what it does.

`launch` starts the zygote and has it fork and end workers, `line` speaks with
one worker under a deadline, `session` gives each request a worker and the time
that is left. `proxy` is the `student` that tests call: `calling` sends a call,
`answers` reads what comes back, `remote` stands for objects that stay on the far
side. `failures` turns every death into a finding. Everything that a worker sends is hostile until it has been
decoded into plain data; nothing here runs, imports or prints it.
"""
