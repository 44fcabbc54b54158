#!/usr/bin/env bash
# Extracts the sample export with its private key in a PKCS #11 token, which never gives the key out. The
# token is SoftHSM's here; for a real one leave out the first part and name its module.
#   examples/pkcs11/extract.sh OUT
# Needs the Debian packages softhsm2, opensc and openssl, and `smimezip` in the PATH.
set -euo pipefail
out=$1
data=$(cd "$(dirname "$0")/../data" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# --- a token with the sample's key ---
module=$(find /usr/lib -name libsofthsm2.so -print -quit)
mkdir "$work/tokens"
echo "directories.tokendir = $work/tokens" >"$work/softhsm2.conf"
export SOFTHSM2_CONF=$work/softhsm2.conf
softhsm2-util --init-token --free --label sample --so-pin 5678 --pin 1234 >"$work/log"
softhsm2-util --import "$data/key.pem" --token sample --label sample --id 01 --pin 1234 >>"$work/log"

# --- what an administrator writes ---
export PKCS11_PIN=1234
# One part at a time: this token does not serve several programs at once.
smimezip extract "$data" -C "$out" --threads 1 --unwrap-command \
  "pkcs11-tool --module $module --token-label sample --login --pin env:PKCS11_PIN \
     --decrypt --mechanism RSA-PKCS --id 01 --input-file /dev/stdin --output-file /dev/stdout"
