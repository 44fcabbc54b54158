#!/usr/bin/env bash
# The archive of the program: program.sh PLATFORM OUT, after dist.sh has built it.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../../.." && pwd)
# shellcheck source=tools.sh
. "$here/tools.sh"
platform=$1 out=$2

name=smimezip-$version-$platform
folder=$work/$name
rm -rf "$folder"
mkdir -p "$folder"
built=$target/$(triple "$platform")/release
case "$platform" in
  windows-*) install -m 755 "$built/smimezip.exe" "$folder/" ;;
  *) install -m 755 "$built/smimezip" "$folder/" ;;
esac
install -m 644 "$root/LICENSE-APACHE" "$root/LICENSE-MIT" "$root/README.md" "$root/CHANGELOG.md" "$folder/"

# Whatever the platform, the pages are those of this source: a program that runs here writes them.
pages=$work/pages
if [ ! -d "$pages" ]; then
  if [ "$platform" = "linux-$(uname -m)" ]; then
    writer=$built/smimezip
  else
    cargo build --quiet --locked -p smimezip-cli
    writer=$target/debug/smimezip
  fi
  mkdir -p "$pages/man" "$pages/completions"
  "$writer" man "$pages/man" >/dev/null
  for shell in bash zsh fish powershell elvish; do
    "$writer" completions "$shell" >"$pages/completions/smimezip.$shell"
  done
fi
cp -r "$pages/completions" "$folder/"
case "$platform" in windows-*) ;; *) cp -r "$pages/man" "$folder/" ;; esac
pack "$name" "$out"
