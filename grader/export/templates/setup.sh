#!/usr/bin/env bash
# Build the image, once and as root: a Python for the grader, with torch for the CPU.
# GRADER_AUTOGRADER is where all lies, and /autograder if it is not set.
set -euo pipefail

root="${GRADER_AUTOGRADER:-/autograder}"
source="$root/source"
python="$root/venv/bin/python"

if [ ! -f "$source/settings.json" ]; then
    echo "There is no autograder in $source; nothing was installed." >&2
    exit 2
fi
if [ ! -x "$python" ]; then
    export DEBIAN_FRONTEND=noninteractive PIP_BREAK_SYSTEM_PACKAGES=1
    # Not in root's home: student code runs as another user, and its Python must be in sight.
    export UV_PYTHON_INSTALL_DIR="$root/python"
    apt-get update
    apt-get install -y --no-install-recommends ca-certificates python3 python3-pip
    python3 -m pip install uv
    uv venv --python "$(cat "$source/python-version")" "$root/venv"
    uv pip install --python "$python" --index-url https://download.pytorch.org/whl/cpu \
        "$(grep '^torch==' "$source/requirements.txt")"
    uv pip install --python "$python" -r "$source/requirements.txt"
    uv pip install --python "$python" --no-deps "$source"/grader-*.whl
fi

# Hidden tests, references and the secret: student code, which runs as another user, may not read them.
chmod -R u=rwX,go= "$source"
"$python" -c "from grader.cli import main; main()" --version
