#!/usr/bin/env bash
# Makes the sample export beside this script: a key, a certificate, a tree of folders, zipped by
# Info-ZIP into parts of 64 KiB, each part sealed by OpenSSL. The tree's SHA-256 sums go to
# SHA256SUMS. Needs openssl, zip and python3; only the key and the ciphertext differ from run to run.
set -euo pipefail
cd "$(dirname "$0")"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
name=export-2b710a2c-5d0e-4c53-9d0b-7f1f3a6c8e21

rm -f ./*.smime key.pem certificate.pem SHA256SUMS
openssl req -x509 -newkey rsa:2048 -nodes -keyout key.pem -out certificate.pem -days 36500 \
  -subj "/O=Sample customer/CN=Export key 1" 2>"$work/log"
chmod 600 key.pem

python3 - "$work/tree" <<'PY'
import datetime, json, os, pathlib, random, sys

tree = pathlib.Path(sys.argv[1])
chance = random.Random(20261122)
words = "order invoice note call mail ticket refund meeting contract address".split()

def lines(path, count, kind):
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(path, "w", encoding="utf-8", newline="\n") as out:
        for number in range(count):
            record = {
                "id": f"{chance.getrandbits(128):032x}",
                "type": kind,
                "number": number,
                "subject": " ".join(chance.choices(words, k=6)),
                "digest": f"{chance.getrandbits(256):064x}",
            }
            out.write(json.dumps(record) + "\n")

lines(tree / "Interaction-7f1f3a6c.json", 700, "Interaction")
lines(tree / "entities/Customer-7f1f3a6c.json", 500, "Customer")
lines(tree / "entities/archive/2019/Ticket-7f1f3a6c.json", 300, "Ticket")
(tree / "attachments/2024/03").mkdir(parents=True)
(tree / "attachments/2024/03/recording.raw").write_bytes(chance.randbytes(90_000))
(tree / "attachments/Übersicht, Größe.txt").write_text("Grüße aus dem Export\n", encoding="utf-8")
(tree / "attachments/empty.txt").write_bytes(b"")
(tree / "empty folder").mkdir()
moment = datetime.datetime(2026, 3, 14, 15, 9, 26, tzinfo=datetime.timezone.utc).timestamp()
for path in sorted(tree.rglob("*"), reverse=True):
    os.utime(path, (moment, moment))
PY

(cd "$work/tree" && LC_ALL=C.UTF-8 zip -q -r -s 64k "$work/$name.zip" .)
(cd "$work/tree" && find . -type f -print0 | LC_ALL=C sort -z | xargs -0 sha256sum | sed 's|  \./|  |') >SHA256SUMS
for part in "$work/$name".z*; do
  openssl smime -encrypt -binary -aes-256-cbc -in "$part" -out "$(basename "$part").smime" certificate.pem
done
ls -l
