"""Lines that a build server obeys."""

TEXT = "\n::error file=x,line=1::forged\n::set-output name=score::100\n##[error]forged\n##vso[task.complete result=Succeeded;]\n  ::add-mask::x\r::stop-commands::x"


def double(x):
    print(TEXT)
    name = "Error" + TEXT.replace(chr(0), "").encode("utf-8", "replace").decode()
    error = type(name, (ValueError,), {"__module__": TEXT})
    if isinstance(x, str):
        return {TEXT: TEXT, "key": [TEXT]}
    if isinstance(x, dict):
        return type(name, (), {})()
    raise error(TEXT)
