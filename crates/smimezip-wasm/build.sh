#!/usr/bin/env bash
# Makes the page: one file that needs nothing else, `build.sh [FILE]`, by default target/smimezip-page/smimezip.html. Needs
# Rust with its standard library for wasm32-unknown-unknown, python3, gzip. Of one commit, with one compiler, it makes
# the same bytes wherever it runs.
set -euo pipefail
cd "$(dirname "$0")/../.."
root=$PWD
out=$(realpath -m "${1:-$root/target/smimezip-page/smimezip.html}")
target=${CARGO_TARGET_DIR:-$root/target}
made=$target/smimezip-page
mkdir -p "$made" "$(dirname "$out")"
export CARGO_INCREMENTAL=0
if ! rustc --print target-libdir --target wasm32-unknown-unknown | xargs -I{} test -e {}; then
  echo "no standard library for wasm32-unknown-unknown: rustup target add wasm32-unknown-unknown" >&2
  exit 1
fi

# Where somebody keeps sources stands in no module. Nothing is sealed here, so nobody asks for random numbers.
registry=${CARGO_HOME:-$HOME/.cargo}
RUSTFLAGS="--remap-path-prefix=$root=/smimezip --remap-path-prefix=$registry=/cargo --cfg getrandom_backend=\"unsupported\"" \
  CARGO_PROFILE_RELEASE_LTO=fat CARGO_PROFILE_RELEASE_CODEGEN_UNITS=1 \
  cargo build --locked --profile page --target wasm32-unknown-unknown -p smimezip-wasm
CARGO_PROFILE_DEV_DEBUG=0 cargo build --locked --manifest-path crates/smimezip-wasm/bindgen/Cargo.toml \
  --target-dir "$target/bindgen"
"$target/bindgen/debug/smimezip-wasm-bindgen" \
  "$target/wasm32-unknown-unknown/page/smimezip_wasm.wasm" "$made"

gzip -9n <"$made/smimezip_bg.wasm" | base64 -w 0 >"$made/module.txt"
version=$(sed -n 's/^version = "\(.*\)"$/\1/p' Cargo.toml | head -n 1)
python3 - "$made" "$version" "$out" <<'PYTHON'
import base64, hashlib, pathlib, sys

made, version, out = pathlib.Path(sys.argv[1]), sys.argv[2], sys.argv[3]
web = pathlib.Path("crates/smimezip-wasm/web")
# In the order in which they need one another.
scripts = ["show.js", "ask.js", "choose.js", "tree.js", "sinks.js", "save.js", "page.js"]
read = lambda path: path.read_text(encoding="utf-8")
parts = {
    "style": read(web / "style.css"),
    "worker": '"use strict";\n' + read(made / "smimezip.js") + read(web / "worker.js"),
    "module": read(made / "module.txt"),
    "script": '"use strict";\n(() => {\n' + "".join(read(web / name) for name in scripts) + "})();\n",
    "version": version,
}
for name in ["worker", "script", "style"]:
    # Nothing in them may end the element that they stand in.
    assert "</" not in parts[name] and "<!--" not in parts[name], name
digest = lambda text: "'sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() + "'"
parts["policy"] = "; ".join([
    "default-src 'none'",
    "script-src 'wasm-unsafe-eval' " + digest(parts["script"]),
    "worker-src blob:",
    "style-src " + digest(parts["style"]),
    "connect-src 'none'",
    "form-action 'none'",
    "base-uri 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types smimezip",
])
page = read(web / "page.html")
for name, text in parts.items():
    assert page.count("{{" + name + "}}") == 1, name
    before, after = page.split("{{" + name + "}}")
    page = before + text + after
pathlib.Path(out).write_text(page, encoding="utf-8", newline="\n")
PYTHON
echo "$out: $(stat -c %s "$out") bytes, of which the module, $(stat -c %s "$made/smimezip_bg.wasm") bytes, takes $(stat -c %s "$made/module.txt")"
