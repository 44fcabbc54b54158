#!/usr/bin/env bash
# Makes the committed test data beside this script. Needs openssl, zip, 7z, python3, gpgsm and a JDK
# with the Debian packages libbcpkix-java, libzip4j-java and libcommons-compress-java.
# Plaintexts are the same in every run; keys and ciphertexts are not.
set -euo pipefail
cd "$(dirname "$0")"
here=$PWD
tools=$here/../tools
jars=$(printf '/usr/share/java/%s.jar:' bcprov bcutil bcpkix zip4j commons-compress)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
rm -rf keys vectors sets
mkdir keys vectors sets

# --- keys: one pair in every form, and two others ---
cd keys
pass=pass:correct
openssl genrsa -traditional -out unit-test-rsa1024.pem 1024 2>"$work/log"
new() { # name, serial, key bits
  openssl req -x509 -newkey "rsa:$3" -nodes -keyout "$1.key.pem" -out "$1.cert.pem" -days 36500 \
    -set_serial "$2" -subj "/C=DE/O=Test/CN=$1" 2>"$work/log"
}
new main 0x1001 2048
new other 0x1002 2048
new large 0x1003 3072
openssl x509 -in main.cert.pem -outform DER -out main.cert.der
openssl rsa -in main.key.pem -traditional -out main.pkcs1.pem 2>"$work/log"
openssl rsa -in main.key.pem -traditional -outform DER -out main.pkcs1.der 2>"$work/log"
openssl pkcs8 -topk8 -nocrypt -in main.key.pem -outform DER -out main.pkcs8.der
for form in "pbes2-aes256:-v2 aes-256-cbc" "pbes2-aes128-sha1:-v2 aes-128-cbc -v2prf hmacWithSHA1" \
  "pbes2-des3:-v2 des3" "pbes2-scrypt:-scrypt"; do
  # shellcheck disable=SC2086 # the options are several words
  openssl pkcs8 -topk8 -in main.key.pem -passout "$pass" ${form#*:} -out "main.${form%%:*}.pem"
done
openssl pkcs8 -topk8 -in main.key.pem -passout "$pass" -v2 aes-256-cbc -outform DER \
  -out main.pbes2.der
openssl pkcs8 -topk8 -in main.key.pem -passout "$pass" -v2 aes-256-cbc -iter 20000000 \
  -out bomb-pbkdf2.pem
openssl pkcs8 -topk8 -in main.key.pem -passout "$pass" -v1 PBE-SHA1-3DES -out main.pbes1.pem
for cipher in aes128 aes192 aes256 des3; do
  openssl rsa -in main.key.pem -traditional "-$cipher" -passout "$pass" \
    -out "main.traditional-$cipher.pem" 2>"$work/log"
done
cat main.key.pem main.cert.pem >main.bundle.pem
openssl pkcs12 -export -in main.cert.pem -inkey main.key.pem -passout "$pass" -out main.p12
cd ..

# --- messages: one plaintext, every producer ---
python3 - "$work/plain" <<'PY'
import random, sys
chance = random.Random(7)
with open(sys.argv[1], "w", newline="\n") as out:
    for number in range(150):
        out.write(f'{{"number":{number},"id":"{chance.getrandbits(128):032x}"}}\n')
PY
sums() { sha256sum "$work/plain" | cut -d' ' -f1; }
main=$here/keys/main.cert.pem
other=$here/keys/other.cert.pem
smime() { openssl smime -encrypt -binary -in "$work/plain" "$@"; }
cms() { openssl cms -encrypt -binary -in "$work/plain" "$@"; }
cd vectors
for cipher in aes128 aes192 aes256 des3; do smime "-$cipher" -out "openssl-smime-$cipher" "$main"; done
smime -aes256 -stream -out openssl-smime-stream "$main"
smime -aes256 -crlfeol -out openssl-smime-crlf "$main"
smime -aes256 -subject "a long subject that is folded" -to a@example.org -out openssl-smime-headers "$main"
cms -aes256 -outform PEM -out openssl-cms-pem "$main"
cms -aes256 -outform DER -out openssl-cms-der "$main"
cms -aes128 -outform DER -stream -out openssl-cms-der-stream "$main"
cms -aes256 -keyid -out openssl-cms-key-identifier "$main"
smime -aes256 -out openssl-two-recipients-first "$main" "$other"
smime -aes256 -out openssl-two-recipients-last "$other" "$main"
smime -aes256 -outform PEM -out openssl-pkcs7-pem "$main"
# Bare base64, and a header section as it comes out of a mailbox.
openssl base64 -in openssl-cms-der -out bare-base64
openssl base64 -A -in openssl-cms-der -out bare-base64-one-line
{ printf 'From nobody Thu Jan  1 00:00:00 1970\nReceived: by x;\n\tThu, 1 Jan 1970\nX-Odd:no space\n'
  printf 'content-type: application/PKCS7-MIME;\n  name="a b.p7m"\nCONTENT-TRANSFER-ENCODING: Base64\n\n'
  cat bare-base64; } >mailbox
for job in bc-mime-aes128:aes-128-cbc:mime bc-mime-des3:des-ede3-cbc:mime bc-binary:aes-256-cbc:binary \
  bc-ber:aes-192-cbc:ber; do
  IFS=: read -r name cipher form <<<"$job"
  printf '%s\t%s\t%s\t%s\n' "$work/plain" "$PWD/$name" "$cipher" "$form"
done | java -cp "$jars" "$tools/Seal.java" "$main"
export GNUPGHOME=$work/gnupg
mkdir -m 700 "$GNUPGHOME"
fingerprint=$(openssl x509 -in "$main" -noout -fingerprint -sha1 | cut -d= -f2)
echo "$fingerprint S relax" >"$GNUPGHOME/trustlist.txt"
gpgsm --batch --quiet --import "$main" 2>"$work/log"
for form in armor base64; do
  gpgsm --batch --quiet --disable-crl-checks --"$form" -r "$fingerprint" -e -o "gpgsm-$form" "$work/plain"
done
gpgsm --batch --quiet --disable-crl-checks -r "$fingerprint" -e -o gpgsm-binary "$work/plain"
for name in *; do echo "$(sums)  $name"; done >"$work/SHA256SUMS"
mv "$work/SHA256SUMS" .
# Chunks that only reading shows to be irregular: two stand exactly where one was assumed, so often
# that the assumed length, too, is one of whole blocks.
python3 - openssl-cms-der >irregular-chunks <<'PY'
import sys
der = open(sys.argv[1], "rb").read()

def element(at):
    first = der[at + 1]
    size = 2 if first < 0x80 else 2 + (first & 0x7F)
    length = first if first < 0x80 else int.from_bytes(der[at + 2 : at + size], "big")
    return at + size, at + size + length

def children(at):
    position, end = element(at)
    while position < end:
        behind = element(position)[1]
        yield position, behind
        position = behind

oid, explicit = children(0)
version, recipients, content = children(element(explicit[0])[0])
content_type, algorithm, octets = children(content[0])
start, end = element(octets[0])
data = der[start:end]
sizes = [1000] + [496, 500] * 4 + [1000] * 100
out = b""
for size in sizes:
    piece, data = data[:size], data[size:]
    if piece:
        out += b"\x04\x82" + len(piece).to_bytes(2, "big") + piece
cut = lambda span: der[span[0] : span[1]]
sys.stdout.buffer.write(
    b"\x30\x80" + cut(oid) + b"\xa0\x80\x30\x80" + cut(version) + cut(recipients) + b"\x30\x80"
    + cut(content_type) + cut(algorithm) + b"\xa0\x80" + out + bytes(10)
)
PY
# What is refused by name.
openssl smime -sign -binary -nodetach -in "$work/plain" -signer "$main" -inkey "$here/keys/main.key.pem" \
  -out refused-signed
openssl cms -encrypt -binary -rc2-128 -provider legacy -provider default -in "$work/plain" \
  -out refused-rc2 "$main"
openssl cms -encrypt -binary -des-cbc -provider legacy -provider default -in "$work/plain" \
  -out refused-des "$main"
cd ..

# --- sets: small ones of every producer, with the sums of their files ---
python3 - "$work/tree" <<'PY'
import datetime, os, pathlib, random, sys
tree = pathlib.Path(sys.argv[1])
chance = random.Random(11)
(tree / "deep/er").mkdir(parents=True)
(tree / "empty folder").mkdir()
(tree / "noise.raw").write_bytes(chance.randbytes(66_000))
(tree / "deep/lines.json").write_text("".join(f'{{"n":{n}}}\n' for n in range(3000)))
(tree / "deep/er/ä.txt").write_text("ä\n", encoding="utf-8")
for number in range(40):
    (tree / f"deep/er/{number:02}.txt").write_text(f"{number}\n" * 3)
moment = datetime.datetime(2026, 3, 14, 15, 9, 26, tzinfo=datetime.timezone.utc).timestamp()
for path in sorted(tree.rglob("*"), reverse=True):
    os.utime(path, (moment, moment))
PY
export LC_ALL=C.UTF-8
sets=$here/sets
(cd "$work/tree" && find . -type f -print0 | LC_ALL=C sort -z | xargs -0 sha256sum | sed 's|  \./|  |') \
  >"$sets/SHA256SUMS"
small=$work/small
cp -a "$work/tree" "$small" && rm "$small/noise.raw"
mkdir "$sets"/{info-zip-split,info-zip-streamed,7-zip-pieces,7-zip-deflate64,7-zip-stored,zip4j,commons,commons-straddle}
(cd "$work/tree" && zip -q -r -s 64k "$sets/info-zip-split/e.zip" .)
# A data descriptor behind every entry.
(cd "$small" && zip -q -r -fd "$sets/info-zip-streamed/e.zip" .)
(cd "$small" && 7z a -tzip -v3k "$sets/7-zip-pieces/e.zip" . >"$work/log")
(cd "$small" && 7z a -tzip -mm=Deflate64 "$sets/7-zip-deflate64/e.zip" . >"$work/log")
(cd "$small" && 7z a -tzip -mm=Copy "$sets/7-zip-stored/e.zip" . >"$work/log")
java -cp "$jars" "$tools/Sets.java" zip4j "$work/tree" "$sets/zip4j/e.zip" 65536
java -cp "$jars" "$tools/Sets.java" commons "$work/tree" "$sets/commons/e.zip" 65536
# The noise is cut so that the first part ends inside a local header, which 7-Zip cannot read.
for cut in $(seq 65536 -7 62000); do
  rm -rf "$work/straddle" "$work/set" && cp -a "$work/tree" "$work/straddle" && mkdir "$work/set"
  mv "$work/straddle/noise.raw" "$work/straddle/0.raw" && truncate -s "$cut" "$work/straddle/0.raw"
  java -cp "$jars" "$tools/Sets.java" commons "$work/straddle" "$work/set/e.zip" 65536
  if ! 7z t "$work/set/e.zip" >"$work/log" 2>&1; then
    cp "$work/set"/* "$sets/commons-straddle/"
    (cd "$work/straddle" && find . -type f -print0 | LC_ALL=C sort -z | xargs -0 sha256sum \
      | sed 's|  \./|  |') >"$sets/commons-straddle/SHA256SUMS"
    break
  fi
done
test -e "$sets/commons-straddle/e.zip"
