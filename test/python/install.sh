#!/usr/bin/env bash
# Makes a Python for tests where it is missing or wants other packages, and prints its path: install.sh test|peers [FOLDER]
set -euo pipefail
packages=$(dirname "$(realpath "$0")")/$1.txt
folder=${2:-${XDG_CACHE_HOME:-$HOME/.cache}/retrial/$1-python}
if ! cmp -s "$packages" "$folder/packages.txt"; then
  rm -rf "$folder"
  python3 -m venv "$folder" >&2
  "$folder/bin/pip" install --quiet --disable-pip-version-check -r "$packages" >&2
  cp "$packages" "$folder/packages.txt" # last: what is half-made is made again
fi
echo "$folder/bin/python"
