#!/usr/bin/env bash
# The archive of the C library: library.sh PLATFORM OUT, after dist.sh has built it. It can be unpacked
# anywhere: pkg-config and CMake find the rest from where their files are.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../../.." && pwd)
# shellcheck source=tools.sh
. "$here/tools.sh"
platform=$1 out=$2

name=libsmimezip-$version-$platform
folder=$work/$name
rm -rf "$folder"
case "$platform" in *aarch64*) tools=aarch64-linux-gnu- ;; *) tools= ;; esac
case "$platform" in
  linux-*) system=linux ;;
  windows-*) system=windows ;;
  osx-*) system=macos ;;
esac
BUILT=$(libraries "$platform") SYSTEM=$system BINUTILS=$tools \
  "$root/crates/smimezip-capi/install.sh" --prefix / --destdir "$folder" --relocatable
pack "$name" "$out"
