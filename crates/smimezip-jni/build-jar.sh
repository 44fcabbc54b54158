#!/usr/bin/env bash
# Makes the jar with the library of this platform inside, and the jars of sources and Javadoc:
#   build-jar.sh [--debug] [--no-docs] OUT
# Needs a JDK of version 11 or later and cargo. The library is built by the command in CARGO_BUILD,
# by default `cargo build`; a library for an older glibc comes from cargo-zigbuild, whose target
# names it:
#   CARGO_BUILD="cargo-zigbuild zigbuild" TARGET=x86_64-unknown-linux-gnu.2.17 build-jar.sh OUT
# For further platforms, build there (or by TARGET), and put each library beside the first before
# the jar is made: LIBRARIES=folder that has <os>-<arch>/<library>, as
# linux-aarch64/libsmimezip_jni.so; on Linux with musl, as Alpine has it, linux-aarch64-musl. With
# PREBUILT=1 only these go in, and nothing is built.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
profile=release
docs=true
while [ "${1#--}" != "$1" ]; do
  case $1 in
    --debug) profile=debug ;;
    --no-docs) docs=false ;;
    *) echo "unknown option: $1" >&2; exit 1 ;;
  esac
  shift
done
mkdir -p "$1"
out=$(cd "$1" && pwd)
version=$(sed -n 's/^version = "\(.*\)"$/\1/p' "$root/Cargo.toml" | head -n 1)

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/classes/META-INF/native"
if [ -z "${PREBUILT:-}" ]; then
  read -r -a build <<<"${CARGO_BUILD:-cargo build}"
  options=(--quiet --locked -p smimezip-jni)
  [ "$profile" = debug ] || options+=(--release)
  [ -z "${TARGET:-}" ] || options+=(--target "$TARGET")
  (cd "$root" && "${build[@]}" "${options[@]}")
  target=${CARGO_TARGET_DIR:-$root/target}
  # zigbuild's glibc version is no part of the target's name.
  built=$target/${TARGET:+$(sed 's/\.[0-9.]*$//' <<<"$TARGET")/}$profile

  case $(uname -s) in
    Linux) os=linux library=libsmimezip_jni.so ;;
    Darwin) os=osx library=libsmimezip_jni.dylib ;;
    *) os=windows library=smimezip_jni.dll ;;
  esac
  arch=$(uname -m)
  [ "$arch" != arm64 ] || arch=aarch64
  native=$work/classes/META-INF/native/$os-$arch
  mkdir -p "$native"
  cp "$built/$library" "$native/"
  ! command -v strip >/dev/null || strip --strip-unneeded "$native/$library"
fi
[ -z "${LIBRARIES:-}" ] || cp -r "$LIBRARIES"/* "$work/classes/META-INF/native/"
# What NativeLoader names where a platform is missing.
(cd "$work/classes/META-INF/native" && ls -d -- */ | tr -d / >platforms)

# With a time in SOURCE_DATE_EPOCH the same commit gives the same jar; the JDK's `jar` can since version 17.
times=()
if [ -n "${SOURCE_DATE_EPOCH:-}" ]; then
  times=(--date "$(date -u -d "@$SOURCE_DATE_EPOCH" +%Y-%m-%dT%H:%M:%SZ)")
fi
# make_jar JAR FOLDER [OPTION ...]: all files of the folder, in the order of their names.
make_jar() {
  local jar=$1 folder=$2
  shift 2
  (cd "$folder" && find . -type f | LC_ALL=C sort | sed "s|.*|-C \"$folder\" \"&\"|") >"$work/files"
  jar --create "${times[@]}" --file "$jar" "$@" "@$work/files"
}
mapfile -t sources < <(find "$here/java/src/main/java" -name '*.java' | sort)
javac --release 11 -Xlint:all -Werror -d "$work/classes" "${sources[@]}"
cp "$root/LICENSE-MIT" "$root/LICENSE-APACHE" "$work/classes/META-INF/"
cat >"$work/manifest" <<EOF
Implementation-Title: smimezip
Implementation-Version: $version
Enable-Native-Access: ALL-UNNAMED
Bundle-ManifestVersion: 2
Bundle-SymbolicName: io.github.smimezip
Bundle-Name: smimezip
Bundle-Version: $version
Export-Package: io.github.smimezip;version="$version"
Require-Capability: osgi.ee;filter:="(&(osgi.ee=JavaSE)(version>=11))"
EOF
make_jar "$out/smimezip-$version.jar" "$work/classes" --manifest "$work/manifest"
make_jar "$out/smimezip-$version-sources.jar" "$here/java/src/main/java"
cp "$here/java/pom.xml" "$out/smimezip-$version.pom"
if [ "$docs" = true ]; then
  mapfile -t public < <(printf '%s\n' "${sources[@]}" | grep -v /internal/)
  javadoc -quiet -notimestamp -Xdoclint:all -Werror --release 11 -d "$work/javadoc" \
    --module-path "$work/classes" --patch-module "io.github.smimezip=$work/classes" "${public[@]}"
  make_jar "$out/smimezip-$version-javadoc.jar" "$work/javadoc"
fi
echo "$out/smimezip-$version.jar"
