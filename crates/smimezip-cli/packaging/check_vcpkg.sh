# Tries the port for vcpkg that dist.sh made. To be sourced by check.sh, whose functions it uses.
#
# vcpkg itself is in no registry that Debian's or Python's tools reach, so the port is run without it, with stand-ins
# for vcpkg's functions, and programs are built against what comes of it. Where there is a `vcpkg`, it installs the
# port, too.

unpack "$dist/smimezip-vcpkg-port-$version.tar.gz" .
ports=$PWD/smimezip-vcpkg-port-$version
sums=$ports/smimezip/SHA512SUMS
(cd "$dist" && sha512sum --quiet -c "$sums")
# It has the sums of all archives.
diff <(cut -d ' ' -f 3 "$sums") \
  <(cut -d ' ' -f 3 "$dist/SHA256SUMS" | grep -E "^libsmimezip-$version-.*\.(tar\.gz|zip)$")

wrong() {
  echo "the port for vcpkg: $*"
  exit 1
}

# looks_right FOLDER TRIPLET: what vcpkg asks of a package, as far as its files show it.
looks_right() {
  local part prefix found
  for part in include/smimezip.h {.,debug}/lib/pkgconfig/smimezip.pc \
    share/smimezip/{smimezipConfig.cmake,smimezipConfigVersion.cmake,copyright,usage}; do
    [ -s "$1/$part" ] || wrong "$2 has no $part"
  done
  for part in {.,debug}/lib/cmake debug/include debug/share share/doc; do
    [ ! -e "$1/$part" ] || wrong "$2 has $part"
  done
  part=$(find "$1" -empty -o -xtype l)
  [ -z "$part" ] || wrong "$2: empty, or a link to nothing: $part"
  for prefix in "$1" "$1/debug"; do
    found=$(cd "$prefix" && shopt -s nullglob && echo bin/* lib/*.a lib/*.so lib/*.dylib)
    case "$2:$found" in
      *-mingw-dynamic:"bin/smimezip.dll lib/libsmimezip.dll.a" | *-linux*-dynamic:lib/libsmimezip.so) ;;
      *-osx-dynamic:lib/libsmimezip.*.dylib\ lib/libsmimezip.dylib) ;;
      *-dynamic:*) wrong "$2 has $found" ;;
      *:lib/libsmimezip.a) ;;
      *) wrong "$2 has $found" ;;
    esac
  done
  if grep -F "$PWD" "$1"/share/smimezip/{*.cmake,usage} "$1"/{.,debug}/lib/pkgconfig/*.pc; then
    wrong "$2 knows where it was made"
  fi
}

# runs_from FOLDER TRIPLET: programs that CMake and pkg-config build against it.
runs_from() {
  local project=$root/crates/smimezip-capi/packaging/conan/test_package
  local compiler=cc system=Linux program=version runner=() kind prefix said
  case "$2" in
    arm64-linux*)
      compiler=aarch64-linux-gnu-gcc runner=("${qemu[@]}")
      has qemu-aarch64 "$compiler" || return 0
      ;;
    *-musl*)
      compiler=musl-gcc
      has "$compiler" || return 0
      ;;
    x64-mingw*)
      compiler=x86_64-w64-mingw32-gcc system=Windows program=version.exe runner=("$root/.ci/wine")
      has wine "$compiler" && [ -x "${runner[0]}" ] || return 0
      ;;
  esac
  for kind in Release Debug; do
    case $kind in Release) prefix=$1 ;; Debug) prefix=$1/debug ;; esac
    rm -rf built
    cmake -S "$project" -B built -DCMAKE_BUILD_TYPE=$kind -DCMAKE_PREFIX_PATH="$1" -DCMAKE_C_COMPILER=$compiler \
      -DCMAKE_SYSTEM_NAME=$system >cmake.log
    cmake --build built >>cmake.log || { cat cmake.log; exit 1; }
    mkdir built/pkg-config
    $compiler "$project/version.c" -o "built/pkg-config/$program" -Wl,-rpath,"$prefix/lib" \
      $(PKG_CONFIG_PATH=$prefix/lib/pkgconfig pkg-config --cflags --libs smimezip)
    for program in built/$program built/pkg-config/$program; do
      [ ! -e "$1/bin" ] || cp "$prefix/bin/smimezip.dll" "$(dirname "$program")/"
      said=$("${runner[@]}" "$program" | tr -d '\r')
      [ "$said" = "$version" ] || wrong "$2, $kind: $program says $said"
    done
    program=$(basename "$program")
  done
  echo "$2: programs that are built against it run"
}

for pair in linux-x86_64:x64-linux linux-x86_64:x64-linux-dynamic linux-aarch64:arm64-linux \
  linux-aarch64:arm64-linux-dynamic linux-x86_64-musl:x64-linux-musl \
  linux-x86_64-musl:x64-linux-musl-dynamic windows-x86_64:x64-mingw-static \
  windows-x86_64:x64-mingw-dynamic osx-x86_64:x64-osx osx-aarch64:arm64-osx osx-aarch64:arm64-osx-dynamic; do
  triplet=${pair#*:}
  grep -q -E "  libsmimezip-$version-${pair%:*}\.(tar\.gz|zip)$" "$sums" || continue
  cmake -DPORT_DIR="$ports/smimezip" -DTARGET_TRIPLET="$triplet" -DDIST="$dist" -DINSTALLED="$PWD/vcpkg/$triplet" \
    -P "$root/crates/smimezip-capi/packaging/vcpkg/without_vcpkg.cmake" >cmake.log || { cat cmake.log; exit 1; }
  looks_right "$PWD/vcpkg/$triplet" "$triplet"
  case "$triplet" in
    # For the static one of musl, see the C library's check: Debian's compiler cannot link it.
    *-osx* | *-musl) echo "$triplet: its files are where they should be" ;;
    *) runs_from "$PWD/vcpkg/$triplet" "$triplet" ;;
  esac
done

if has vcpkg; then
  mkdir downloads
  cp "$dist/libsmimezip-$version-linux-x86_64.tar.gz" downloads/
  for triplet in x64-linux x64-linux-dynamic; do
    vcpkg install "smimezip:$triplet" --overlay-ports="$ports" --downloads-root="$PWD/downloads" \
      --x-install-root="$PWD/installed" --x-buildtrees-root="$PWD/buildtrees" \
      --x-packages-root="$PWD/packages" --binarysource=clear
    looks_right "$PWD/installed/$triplet" "$triplet"
    runs_from "$PWD/installed/$triplet" "$triplet"
  done
fi
