#!/usr/bin/env bash
# The vcpkg port of the C library: vcpkg.sh OUT, where library.sh has put the archives. The port has the sums
# of these archives, so that it fits this release alone.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../../.." && pwd)
# shellcheck source=tools.sh
. "$here/tools.sh"
out=$1

name=smimezip-vcpkg-port-$version
port=$work/$name/smimezip
rm -rf "${work:?}/$name"
mkdir -p "$work"
install -d "$work/$name" "$port"
source=$root/crates/smimezip-capi/packaging/vcpkg/ports/smimezip
cp "$source/portfile.cmake" "$source/usage" "$port/"
sed "s/@VERSION@/$version/" "$source/vcpkg.json.in" >"$port/vcpkg.json"
shopt -s nullglob
(cd "$out" && sha512sum -- "libsmimezip-$version"-*.tar.gz "libsmimezip-$version"-*.zip) >"$port/SHA512SUMS"
chmod 644 "$port"/*
pack "$name" "$out"
