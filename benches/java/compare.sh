#!/usr/bin/env bash
# smimezip for Java beside Bouncy Castle: one base64 MIME message, read to nowhere.
#   benches/java/compare.sh [MEGABYTES] [RUNS]
# Needs a JDK, openssl and Debian's libbcpkix-java. The message lies in memory if there is room.
set -euo pipefail
cd "$(dirname "$0")/../.."
megabytes=${1:-1000}
runs=${2:-5}
folder=${TMPDIR:-/tmp}
[ ! -d /dev/shm ] || folder=/dev/shm
work=$(mktemp -d -p "$folder")
trap 'rm -rf "$work"' EXIT
jar=$(crates/smimezip-jni/build-jar.sh --no-docs target/java)
cargo build --quiet --release --locked -p smimezip-benches
head -c "${megabytes}000000" /dev/urandom >"$work/plain"
openssl smime -encrypt -binary -aes256 -in "$work/plain" -out "$work/message" examples/data/certificate.pem
rm "$work/plain"
path=$jar:$(printf '/usr/share/java/%s.jar:' bcprov bcutil bcpkix)
javac -nowarn -cp "$path" -d "$work" benches/java/Compare.java
java=(java -cp "$work:$path" -Dio.github.smimezip.bundledOnly=true)
"${java[@]}" -Xmx2g Compare "$work/message" examples/data/key.pem target/release/smimezip-benches "$runs"
for what in none ours; do
  "${java[@]}" -Xmx32m Compare "$work/message" examples/data/key.pem "$what"
done
