"""What goes wrong at import is told in full."""

TEXT = "\x1b]52;c;aGk=\x07\n::error::forged\n\u202e<script>=1+1\ud800" + "x" * 19
code = compile("raise type(TEXT[:-20], (ValueError,), {})(TEXT)", "double.py" + TEXT.replace("\ud800", ""), "exec")
print(TEXT)
exec(code)
