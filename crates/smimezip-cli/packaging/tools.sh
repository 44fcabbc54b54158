# What the scripts beside it share: versions, targets, the compiler's flags, archives with the same bytes
# each time. To be sourced, with `root` set; builds nothing by itself.

version=$(sed -n '/^\[workspace.package\]/,/^\[/s/^version = "\(.*\)"/\1/p' "$root/Cargo.toml")
target=${CARGO_TARGET_DIR:-$root/target}
# Unpacked trees and built libraries, between the scripts.
work=$target/dist-work
glibc=2.17

SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git -C "$root" log -1 --format=%ct)}
export SOURCE_DATE_EPOCH version target work root
export LC_ALL=C.UTF-8 TZ=UTC CARGO_TERM_COLOR=never CARGO_INCREMENTAL=0

step() { printf '\n== %s (after %d s)\n' "$*" "$SECONDS"; }

# The Rust target of a platform.
triple() {
  case "$1" in
    linux-x86_64) echo x86_64-unknown-linux-gnu ;;
    linux-aarch64) echo aarch64-unknown-linux-gnu ;;
    linux-x86_64-musl) echo x86_64-unknown-linux-musl ;;
    linux-aarch64-musl) echo aarch64-unknown-linux-musl ;;
    windows-x86_64) echo x86_64-pc-windows-gnu ;;
    osx-x86_64) echo x86_64-apple-darwin ;;
    osx-aarch64) echo aarch64-apple-darwin ;;
  esac
}

install_tools() {
  step "tools"
  local tool
  for tool in cargo rustup jar javac python3 dpkg-deb zip x86_64-w64-mingw32-gcc \
    aarch64-linux-gnu-ld; do
    command -v "$tool" >/dev/null || { echo "missing: $tool"; exit 1; }
  done
  if [ ! -x "$target/zig/bin/cargo-zigbuild" ]; then
    python3 -m venv "$target/zig"
    "$target/zig/bin/pip" install --quiet ziglang==0.17.1 cargo-zigbuild==0.24.1
  fi
  cargo auditable --version >/dev/null 2>&1 || cargo install --quiet --locked cargo-auditable@0.7.7
  cargo cyclonedx --version >/dev/null 2>&1 || cargo install --quiet --locked cargo-cyclonedx@0.5.9
}

# Paths of this machine stay out of what is built, times out of Windows's files.
compile() {
  local sysroot flags
  sysroot=$(rustc --print sysroot)
  flags="--remap-path-prefix=$root=/smimezip --remap-path-prefix=${CARGO_HOME:-$HOME/.cargo}=/cargo"
  flags="$flags --remap-path-prefix=$sysroot=/rust"
  case "$1" in *-windows-*) flags="$flags -Clink-arg=-Wl,--no-insert-timestamp" ;; esac
  shift
  RUSTFLAGS="$flags ${more_flags:-}" PATH="$target/zig/bin:$PATH" CARGO_PROFILE_RELEASE_STRIP=symbols \
    cargo auditable "$@" --quiet --release --locked
}

# Builds what a platform's archives have: the program, the C library, Java's library.
build() {
  local platform=$1 triple
  triple=$(triple "$platform")
  local libraries=(-p smimezip-capi -p smimezip-jni)
  rustup target add "$triple" >/dev/null 2>&1
  # The program and the C library have the same name, and cargo-auditable one file for what they are made of: built at
  # once, one may get the other's.
  case "$platform" in
    windows-*)
      compile "$triple" build --target "$triple" -p smimezip-cli
      compile "$triple" build --target "$triple" "${libraries[@]}"
      ;;
    linux-*-musl)
      compile "$triple" zigbuild --target "$triple" -p smimezip-cli
      # A shared library cannot have musl inside, the program has: another build, so another folder.
      more_flags=-Ctarget-feature=-crt-static compile "$triple" zigbuild --target "$triple" \
        --target-dir "$target/dist-shared" "${libraries[@]}"
      ;;
    linux-*)
      compile "$triple" zigbuild --target "$triple.$glibc" -p smimezip-cli
      compile "$triple" zigbuild --target "$triple.$glibc" "${libraries[@]}"
      ;;
    osx-*)
      # The key store of macOS is a framework of Apple's, which is not here to be linked.
      compile "$triple" zigbuild --target "$triple" -p smimezip-cli --no-default-features
      compile "$triple" zigbuild --target "$triple" "${libraries[@]}"
      ;;
  esac
  keep_java "$platform"
}

# Where the libraries of a platform were built.
libraries() {
  case "$1" in
    *-musl) echo "$target/dist-shared/$(triple "$1")/release" ;;
    *) echo "$target/$(triple "$1")/release" ;;
  esac
}

# Keeps Java's library for the jar.
keep_java() {
  local library built
  built=$(libraries "$1")
  mkdir -p "$work/jni/$1"
  for library in libsmimezip_jni.so libsmimezip_jni.dylib smimezip_jni.dll; do
    [ ! -f "$built/$library" ] || cp "$built/$library" "$work/jni/$1/"
  done
}

# Packs the folder $1 of $work into $out/$1.tar.gz, or .zip for Windows: the same bytes for the same files.
pack() {
  local name=$1 out=$2
  find "$work/$name" -exec touch -h -d "@$SOURCE_DATE_EPOCH" {} +
  case "$name" in
    *-windows-*)
      rm -f "$out/$name.zip"
      (cd "$work" && find "$name" | sort | zip -q -X -9 "$out/$name.zip" -@)
      ;;
    *)
      tar -C "$work" --sort=name --owner=0 --group=0 --numeric-owner --mtime="@$SOURCE_DATE_EPOCH" \
        --mode=go-w -c "$name" | gzip -9 -n >"$out/$name.tar.gz"
      ;;
  esac
}
