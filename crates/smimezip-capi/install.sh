#!/usr/bin/env bash
# Builds libsmimezip and installs it on Linux: shared library with its links, static library, headers,
# pkg-config and CMake files, licences.
#
#   crates/smimezip-capi/install.sh [--prefix /usr/local] [--libdir lib] [--destdir DIR] [--debug]
#
# DESTDIR in the environment counts as --destdir: a folder that stands for the root, for packagers.
#
# What was built for another platform is installed with BUILT=folder of the libraries, SYSTEM=linux, windows
# or macos, and BINUTILS=prefix of ld, objcopy, ar and strip; with --relocatable, pkg-config takes the
# prefix from where its file is.
set -euo pipefail

usage() { sed -n '2,11s/^# \{0,1\}//p' "$0"; }
wrong() {
  echo "install.sh: $1" >&2
  usage >&2
  exit 1
}

prefix=/usr/local
libdir=lib
destdir=${DESTDIR:-}
profile=release
relocatable=false
system=${SYSTEM:-linux}
binutils=${BINUTILS:-}
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
    --relocatable) relocatable=true; shift ;;
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

if [ -n "${BUILT:-}" ]; then
  built=$BUILT
else
  # Cargo and this script must look at the same place.
  target=${CARGO_TARGET_DIR:-target}
  flags=(--locked -p smimezip-capi)
  [ $profile = debug ] || flags+=(--release)
  cargo build "${flags[@]}"
  built=$target/$profile
fi

lib=$destdir$prefix/$libdir
install -d "$lib/pkgconfig" "$lib/cmake/smimezip" \
  "$destdir$prefix/include/smimezip" "$destdir$prefix/share/doc/smimezip"

case "$system" in
  linux)
    shared=$libdir/libsmimezip.so.$version
    # What a program needs that links the static library; a test compares it with what rustc says. That also
    # names -lgcc_s, which does not exist for `cc -static`: the compiler adds it, or -lgcc_eh then.
    native="-lutil -lrt -lpthread -lm -ldl -lc"
    install -m 755 "$built/libsmimezip.so" "$lib/libsmimezip.so.$version"
    [ $profile = debug ] || "${binutils}strip" --strip-unneeded "$lib/libsmimezip.so.$version"
    ln -sf "libsmimezip.so.$version" "$lib/libsmimezip.so.$number"
    ln -sf "libsmimezip.so.$number" "$lib/libsmimezip.so"
    ;;
  macos)
    shared=$libdir/libsmimezip.$number.dylib
    native="-liconv -lSystem -lc -lm"
    install -m 755 "$built/libsmimezip.dylib" "$lib/libsmimezip.$number.dylib"
    ln -sf "libsmimezip.$number.dylib" "$lib/libsmimezip.dylib"
    ;;
  windows)
    shared=bin/smimezip.dll
    native="-lkernel32 -lntdll -luserenv -lws2_32 -ldbghelp"
    install -d "$destdir$prefix/bin"
    install -m 755 "$built/smimezip.dll" "$destdir$prefix/bin/smimezip.dll"
    install -m 644 "$built/libsmimezip.dll.a" "$lib/libsmimezip.dll.a"
    ;;
  *) wrong "unknown system: $system" ;;
esac

if [ "$system" = linux ]; then
  # Two static libraries that were made by different Rust compilers cannot be linked into one program
  # unless each keeps its own symbols to itself.
  work=$(mktemp -d)
  trap 'rm -rf "$work"' EXIT
  "${binutils}ld" -r --whole-archive "$built/libsmimezip.a" -o "$work/smimezip.o"
  # Nor does anybody need the LLVM bitcode of Rust's own library: binutils with the plugin of an older LLVM
  # (nm, ranlib, clang -flto) end at it. A table of addresses that LLVM's linker would take for its own is
  # wrong since the line above.
  "${binutils}objcopy" -w --keep-global-symbol='smz_*' --keep-global-symbol=DW.ref.rust_eh_personality \
    --remove-section='.llvm*' "$work/smimezip.o"
  [ $profile = debug ] || "${binutils}strip" --strip-debug "$work/smimezip.o"
  rm -f "$lib/libsmimezip.a"
  # `D`: neither time nor owner, so that the same library is the same file.
  "${binutils}ar" rcsD "$lib/libsmimezip.a" "$work/smimezip.o"
else
  install -m 644 "$built/libsmimezip.a" "$lib/libsmimezip.a"
fi
chmod 644 "$lib/libsmimezip.a"

install -m 644 include/smimezip.h include/smimezip.hpp "$destdir$prefix/include/"
install -m 644 include/smimezip/*.hpp "$destdir$prefix/include/smimezip/"
install -m 644 LICENSE-APACHE LICENSE-MIT include/README.md "$destdir$prefix/share/doc/smimezip/"

up=$(printf '%s/cmake/smimezip' "$libdir" | sed 's|[^/][^/]*|..|g')
# A program for Windows is linked against a second file; elsewhere the library's own name is in it.
case "$system" in
  linux) shared_more="IMPORTED_SONAME \"libsmimezip.so.$number\"" ;;
  macos) shared_more="IMPORTED_SONAME \"@rpath/libsmimezip.$number.dylib\"" ;;
  windows) shared_more="IMPORTED_IMPLIB \"\${_smimezip_prefix}/$libdir/libsmimezip.dll.a\"" ;;
esac
pc_prefix=$prefix
$relocatable && pc_prefix="\${pcfiledir}/$(printf '%s/pkgconfig' "$libdir" | sed 's|[^/][^/]*|..|g')"
fill() {
  sed -e "s|@PREFIX@|$pc_prefix|; s|@SHARED@|$shared|; s|@SHARED_MORE@|$shared_more|; s|@LIBDIR@|$libdir|; s|@VERSION@|$version|; s|@SONUMBER@|$number|" \
    -e "s|@NATIVE@|$native|; s|@NATIVE_CMAKE@|${native// /;}|; s|@UP@|$up|" "$1" >"$2"
  chmod 644 "$2"
}
fill "$here/packaging/smimezip.pc.in" "$lib/pkgconfig/smimezip.pc"
fill "$here/packaging/smimezipConfig.cmake.in" "$lib/cmake/smimezip/smimezipConfig.cmake"
fill "$here/packaging/smimezipConfigVersion.cmake.in" \
  "$lib/cmake/smimezip/smimezipConfigVersion.cmake"
echo "installed smimezip $version to $destdir$prefix"
