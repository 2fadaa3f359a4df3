"""What student code may do to the machine it runs on: policy, enforcement, and what is missing.

`policy` is plain data, `limits` applies it to the calling process, `layers`
says which layers of confinement this machine gives. In this version a worker
is confined by process limits alone; namespaces, Landlock and seccomp have
their place here.
"""
