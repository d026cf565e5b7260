#!/bin/bash
# Copies commands and folders into a root filesystem of their own: root.sh ROOT PATH...
# With each command come the libraries that it is linked to. Everything keeps its path, and links stay links.
set -euo pipefail
root=$1; shift
for folder in bin sbin lib lib64; do # as Debian has them since bookworm
  mkdir -p "$root/usr/$folder"
  [ -e "$root/$folder" ] || ln -s "usr/$folder" "$root/$folder"
done

place() { # place PATH: copies it, and the file that it is a link to
  local path; path=$(realpath "$(dirname "$1")")/$(basename "$1")
  mkdir -p "$root$(dirname "$path")"
  cp -a --no-clobber "$path" "$root$(dirname "$path")"
  [ ! -L "$path" ] || place "$(realpath "$path")"
}

for path; do
  place "$path"
  if [ -f "$path" ]; then
    { ldd "$path" 2>/dev/null || true; } | { grep -o '/[^ ]*' || true; } | while read -r library; do place "$library"; done
  fi
done
