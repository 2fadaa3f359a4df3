"""What student code may do to the machine it runs on: policy, enforcement, and what is missing.

`policy` is plain data and `layers` the words for what is on and what is not.
`grounds` prepares once, `survey` finds out what can be had, and `confine` puts
up the layers in a worker, one step each: `cgroups`, `namespaces`, `root`,
`limits`, `identity`, `landlock`, `seccomp`, over the system calls in
`syscalls`. `probes` and `attempts` try to get through, and `remains` is what a
run that was killed leaves. Far side: standard library only.
"""
