"""A notebook with a bit of everything, for warming up."""

import json

_PICTURE = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR4nGNgYGBgAAAABQABh6FO1AAAAABJRU5ErkJggg=="

_TEXT = """\
# A heading

Some *text* with `code`, $x^2$, <b>HTML</b> and a [link](https://example.org).

| a | b |
|---|---|
| 1 | 2 |

1. one
   - two

```python
print("three")
```

$$y = x$$
"""

_OUTPUTS = [
    {"output_type": "stream", "name": "stdout", "text": "some \x1b[1;31mred\x1b[0m text\n"},
    {"output_type": "stream", "name": "stderr", "text": "a warning\n"},
    {"output_type": "display_data", "data": {"image/png": _PICTURE, "text/plain": "a picture"}},
    {"output_type": "error", "ename": "E", "evalue": "e", "traceback": ["\x1b[0;31mE\x1b[0m: e"]},
]

SAMPLE = json.dumps(
    {
        "cells": [
            {"cell_type": "markdown", "metadata": {}, "source": _TEXT},
            {
                "cell_type": "code",
                "metadata": {},
                "source": "def f(x):\n    return x + 1",
                "outputs": _OUTPUTS,
            },
            {"cell_type": "raw", "metadata": {}, "source": "raw"},
        ],
        "metadata": {},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
).encode()
"""Its bytes."""
