#!/usr/bin/env bash
# What the program, the C library and Java's library are made of, as CycloneDX: components.sh OUT.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../../.." && pwd)
# shellcheck source=tools.sh
. "$here/tools.sh"
out=$1

# It writes beside each manifest, so it is done in a copy.
copy=$work/components
rm -rf "$copy"
mkdir -p "$copy"
git -C "$root" archive HEAD | tar -x -C "$copy"
(cd "$copy" && cargo cyclonedx --quiet --format json --spec-version 1.5)
for crate in smimezip-cli:smimezip smimezip-capi:libsmimezip smimezip-jni:smimezip-java; do
  # A number drawn anew each time, and the copy's folder, are left out.
  python3 - "$copy/crates/${crate%:*}/${crate%:*}.cdx.json" "$copy" <<'PYTHON' \
    >"$out/${crate#*:}-$version.cdx.json"
import json, sys
text = open(sys.argv[1]).read().replace(sys.argv[2], "/smimezip")
document = json.loads(text)
document.pop("serialNumber", None)
json.dump(document, sys.stdout, indent=1, sort_keys=True)
print()
PYTHON
done
