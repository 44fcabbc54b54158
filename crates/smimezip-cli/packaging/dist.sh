#!/usr/bin/env bash
# Makes everything that a release hands out, for every platform, into target/dist:
#
#   crates/smimezip-cli/packaging/dist.sh [--out DIR] [PLATFORM …]
#
#   smimezip-VERSION-PLATFORM.tar.gz (.zip for Windows)     the program, manual pages, completions, licences
#   libsmimezip-VERSION-PLATFORM.tar.gz (.zip for Windows)  the C library: shared, static, headers, pkg-config, CMake
#   smimezip-vcpkg-port-VERSION.tar.gz                      a port for vcpkg, which takes these archives
#   smimezip-VERSION.jar, -sources.jar, -javadoc.jar, .pom  for Java, with the libraries of all platforms inside
#   smimezip.html                                           a page that opens exports, without a server
#   smimezip_*.deb, libsmimezip*.deb                        the same program and library for Debian
#   smimezip-VERSION.cdx.json …                             what each is made of (CycloneDX)
#   SHA256SUMS
#
# Platforms, all by default: linux-x86_64, linux-aarch64, linux-x86_64-musl, linux-aarch64-musl,
# windows-x86_64, osx-x86_64, osx-aarch64. On Linux all of it needs glibc 2.17 or, with `musl` in its name, the
# library musl and the program nothing at all; that one decrypts more slowly, as musl copies memory so.
#
# Needs Rust with rustup, a JDK of version 17 or later, Python with venv, and of Debian: mingw-w64, zip,
# dpkg-dev, binutils-aarch64-linux-gnu. Fetches ziglang and cargo-zigbuild from PyPI, cargo-auditable and
# cargo-cyclonedx from crates.io.
#
# Times are the commit's, and paths are left out, so that the same commit gives the same bytes whatever the
# folder. Two builds in two folders showed it of the program and the libraries for linux-x86_64.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../../.." && pwd)

out=$root/target/dist
platforms=()
while [ $# -gt 0 ]; do
  case "$1" in
    --out) [ $# -ge 2 ] || { echo "dist.sh: --out needs a folder" >&2; exit 1; }; out=$2; shift 2 ;;
    -h | --help) sed -n '2,/^set/{/^set/d;s/^# \{0,1\}//p}' "$0"; exit 0 ;;
    -*) echo "dist.sh: unknown option: $1" >&2; exit 1 ;;
    *) platforms+=("$1"); shift ;;
  esac
done
all=(linux-x86_64 linux-aarch64 linux-x86_64-musl linux-aarch64-musl windows-x86_64 osx-x86_64 osx-aarch64)
[ ${#platforms[@]} -gt 0 ] || platforms=("${all[@]}")
for platform in "${platforms[@]}"; do
  case " ${all[*]} " in
    *" $platform "*) ;;
    *) echo "dist.sh: unknown platform $platform; there are ${all[*]}" >&2; exit 1 ;;
  esac
done

# shellcheck source=tools.sh
. "$here/tools.sh"
mkdir -p "$out"
out=$(cd "$out" && pwd)
cd "$root"
rm -rf "$work"
# Nothing of an earlier run, nor what else is in the folder, is among the checksums.
made=$work/made
mkdir -p "$made"

install_tools
for platform in "${platforms[@]}"; do
  step "$platform"
  build "$platform"
  bash "$here/program.sh" "$platform" "$made"
  bash "$here/library.sh" "$platform" "$made"
  bash "$here/debian.sh" "$platform" "$made"
done
step "the port for vcpkg"
bash "$here/vcpkg.sh" "$made"
step "Java"
LIBRARIES=$work/jni PREBUILT=1 "$root/crates/smimezip-jni/build-jar.sh" "$made"
step "the page for a browser"
"$root/crates/smimezip-wasm/build.sh" "$made/smimezip.html"
step "what each is made of"
bash "$here/components.sh" "$made"
(cd "$made" && sha256sum -- *smimezip* >SHA256SUMS)
cp "$made"/* "$out"/
step "done"
cat "$out/SHA256SUMS"
