#!/bin/sh
# Makes a virtual environment from the lock and puts the project into it, editable.
# Needs Python 3.11 or later with pip, and nothing else.    usage: tools/setup.sh PYTHON VENV
set -eu
python=${1:-}
venv=${2:-.venv}
cd "$(dirname "$0")/.."

if [ -z "$python" ] || ! "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then
  echo "setup: seen '${python:-no Python}'. Allowed: Python 3.11 or later." >&2
  echo "       Install it, or name one: make setup PYTHON=/path/to/python3.11" >&2
  exit 2
fi

# Some systems ship Python without ensurepip; the outer pip can then install into the environment.
[ -x "$venv/bin/python" ] ||
  "$python" -m venv "$venv" >/dev/null 2>&1 ||
  "$python" -m venv --clear --without-pip "$venv"
if "$venv/bin/python" -m pip --version >/dev/null 2>&1; then
  pip_install() { "$venv/bin/python" -m pip install --quiet --disable-pip-version-check "$@"; }
else
  pip_install() { "$python" -m pip --python "$venv/bin/python" install --quiet --disable-pip-version-check "$@"; }
fi

# uv installs the same locked files four times faster; where it cannot work (an index that only
# pip is configured for), pip does it.
alone=$venv/uv.lock.txt
awk '/^uv==/ {inside = 1} inside {print} inside && !/\\$/ {exit}' requirements.lock >"$alone"
if pip_install --require-hashes --requirement "$alone" &&
  "$venv/bin/uv" pip install --quiet --compile-bytecode --python "$venv/bin/python" --require-hashes --requirement requirements.lock; then
  :
else
  echo "setup: going on with pip, which takes about a minute" >&2
  pip_install --require-hashes --requirement requirements.lock
fi
# the build tool comes from the lock as well, so nothing is fetched here
PATH=$PWD/$venv/bin:$PATH pip_install --no-deps --no-build-isolation --editable .
