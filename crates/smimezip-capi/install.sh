#!/usr/bin/env bash
# Builds libsmimezip and installs it on Linux: shared library with its links, static library, headers,
# pkg-config and CMake files, licences.
#
#   crates/smimezip-capi/install.sh [--prefix /usr/local] [--libdir lib] [--destdir DIR] [--debug]
#
# DESTDIR in the environment counts as --destdir: a folder that stands for the root, for packagers.
set -euo pipefail

usage() { sed -n '2,7s/^# \{0,1\}//p' "$0"; }
wrong() {
  echo "install.sh: $1" >&2
  usage >&2
  exit 1
}

prefix=/usr/local
libdir=lib
destdir=${DESTDIR:-}
profile=release
while [ $# -gt 0 ]; do
  case "$1" in
    --prefix | --libdir | --destdir)
      [ $# -ge 2 ] || wrong "$1 needs a value"
      declare "${1#--}=$2"
      shift 2
      ;;
    --prefix=* | --libdir=* | --destdir=*)
      option=${1%%=*}
      declare "${option#--}=${1#*=}"
      shift
      ;;
    --debug) profile=debug; shift ;;
    -h | --help) usage; exit 0 ;;
    *) wrong "unknown option: $1" ;;
  esac
done
[ -n "$prefix" ] && [ -n "$libdir" ] || wrong "--prefix and --libdir must not be empty"
case "$prefix" in /*) ;; *) prefix=$PWD/$prefix ;; esac
case "$destdir" in "" | /*) ;; *) destdir=$PWD/$destdir ;; esac

here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
cd "$root"
version=$(sed -n '/^\[workspace.package\]/,/^\[/s/^version = "\(.*\)"/\1/p' Cargo.toml)
case "$version" in 0.*) number=${version%.*} ;; *) number=${version%%.*} ;; esac

# Cargo and this script must look at the same place.
target=${CARGO_TARGET_DIR:-target}
flags=(--locked -p smimezip-capi)
[ $profile = debug ] || flags+=(--release)
cargo build "${flags[@]}"
built=$target/$profile

lib=$destdir$prefix/$libdir
install -d "$lib/pkgconfig" "$lib/cmake/smimezip" \
  "$destdir$prefix/include/smimezip" "$destdir$prefix/share/doc/smimezip"

install -m 755 "$built/libsmimezip.so" "$lib/libsmimezip.so.$version"
[ $profile = debug ] || strip --strip-unneeded "$lib/libsmimezip.so.$version"
ln -sf "libsmimezip.so.$version" "$lib/libsmimezip.so.$number"
ln -sf "libsmimezip.so.$number" "$lib/libsmimezip.so"

# Two static libraries that were made by different Rust compilers cannot be linked into one program
# unless each keeps its own symbols to itself.
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
ld -r --whole-archive "$built/libsmimezip.a" -o "$work/smimezip.o"
# Nor does anybody need the LLVM bitcode of Rust's own library: binutils with the plugin of an older LLVM
# (nm, ranlib, clang -flto) end at it. A table of addresses that LLVM's linker would take for its own is
# wrong since the line above.
objcopy -w --keep-global-symbol='smz_*' --keep-global-symbol=DW.ref.rust_eh_personality \
  --remove-section='.llvm*' "$work/smimezip.o"
[ $profile = debug ] || strip --strip-debug "$work/smimezip.o"
rm -f "$lib/libsmimezip.a"
ar rcs "$lib/libsmimezip.a" "$work/smimezip.o"
chmod 644 "$lib/libsmimezip.a"

install -m 644 include/smimezip.h include/smimezip.hpp "$destdir$prefix/include/"
install -m 644 include/smimezip/*.hpp "$destdir$prefix/include/smimezip/"
install -m 644 LICENSE-APACHE LICENSE-MIT include/README.md "$destdir$prefix/share/doc/smimezip/"

# What a program needs that links the static library; a test compares it with what rustc says. That also
# names -lgcc_s, which does not exist for `cc -static`: the compiler adds it, or -lgcc_eh then.
native="-lutil -lrt -lpthread -lm -ldl -lc"
up=$(printf '%s/cmake/smimezip' "$libdir" | sed 's|[^/][^/]*|..|g')
fill() {
  sed -e "s|@PREFIX@|$prefix|; s|@LIBDIR@|$libdir|; s|@VERSION@|$version|; s|@SONUMBER@|$number|" \
    -e "s|@NATIVE@|$native|; s|@NATIVE_CMAKE@|${native// /;}|; s|@UP@|$up|" "$1" >"$2"
  chmod 644 "$2"
}
fill "$here/packaging/smimezip.pc.in" "$lib/pkgconfig/smimezip.pc"
fill "$here/packaging/smimezipConfig.cmake.in" "$lib/cmake/smimezip/smimezipConfig.cmake"
fill "$here/packaging/smimezipConfigVersion.cmake.in" \
  "$lib/cmake/smimezip/smimezipConfigVersion.cmake"
echo "installed smimezip $version to $destdir$prefix"
