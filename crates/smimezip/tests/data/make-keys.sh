#!/usr/bin/env bash
# Makes the folder keyforms beside this script: the keys of the folders keys and envelopes/keys in further
# forms. The passphrase is "correct" where there is one. Needs openssl with its legacy provider, a JDK, and
# OpenSSL 3.6 or later for the forms of ML-KEM and for PBMAC1 (OPENSSL36=its command).
set -euo pipefail
cd "$(dirname "$0")"
openssl36=${OPENSSL36:-openssl}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
rm -rf keyforms
mkdir keyforms
keys=envelopes/keys
pass=pass:correct
for curve in p256 p384 p521; do
  openssl ec -in $keys/$curve.key.pem -out keyforms/$curve.sec1.pem 2>"$work/log"
  openssl ec -in $keys/$curve.key.pem -outform DER -out keyforms/$curve.sec1.der 2>"$work/log"
  openssl pkcs8 -topk8 -nocrypt -in $keys/$curve.key.pem -outform DER -out keyforms/$curve.pkcs8.der
  openssl pkcs8 -topk8 -in $keys/$curve.key.pem -passout $pass -out keyforms/$curve.encrypted.pem
done
openssl ec -in $keys/p256.key.pem -aes256 -passout $pass -out keyforms/p256.traditional.pem 2>"$work/log"
# As `openssl ecparam -genkey` writes it: the curve first.
{ openssl ecparam -name prime256v1; cat keyforms/p256.sec1.pem; } >keyforms/p256.parameters.pem
for kind in x25519 x448; do
  openssl pkcs8 -topk8 -in $keys/$kind.key.pem -passout $pass -scrypt -out keyforms/$kind.encrypted.pem
  openssl pkey -in $keys/$kind.key.pem -outform DER -out keyforms/$kind.pkcs8.der
done
for set in 512 768 1024; do
  for form in seed-only priv-only seed-priv; do
    "$openssl36" pkey -in $keys/mlkem$set.key.pem -provparam ml-kem.output_formats=$form -outform DER \
      -out keyforms/mlkem$set.$form.der
  done
done
# PKCS #12 of every kind of encryption and integrity code.
p12() { # name, options...
  local name=$1
  shift
  openssl pkcs12 -export -inkey keys/main.key.pem -in keys/main.cert.pem -passout $pass \
    -out "keyforms/$name.p12" "$@"
}
p12 main.rc2-40 -legacy
p12 main.rc2-128 -legacy -certpbe PBE-SHA1-RC2-128 -keypbe PBE-SHA1-RC2-128
p12 main.3des -keypbe PBE-SHA1-3DES -certpbe PBE-SHA1-3DES -macalg sha1
p12 main.2des -legacy -keypbe PBE-SHA1-2DES -certpbe PBE-SHA1-2DES
p12 main.aes128 -keypbe AES-128-CBC -certpbe AES-128-CBC -macalg sha512
p12 main.chain -certfile keys/other.cert.pem -macalg sha384
p12 main.no-mac -nomac
p12 main.bmp -passout "pass:pässwört" -legacy
openssl pkcs12 -export -inkey $keys/p384.key.pem -in $keys/p384.cert.pem -passout $pass -out keyforms/p384.p12
for md in SHA256 SHA512; do
  "$openssl36" pkcs12 -export -inkey keys/main.key.pem -in keys/main.cert.pem -passout $pass \
    -pbmac1_pbkdf2 -pbmac1_pbkdf2_md $md -macalg $md -out keyforms/main.pbmac1-${md,,}.p12
done
openssl pkcs12 -export -inkey keys/main.key.pem -in keys/main.cert.pem -passout pass: -out keyforms/main.empty.p12
openssl pkcs12 -in keyforms/main.3des.p12 -passin $pass -legacy -nodes -out "$work/again.pem" 2>"$work/log"
keytool -importkeystore -srckeystore keyforms/main.3des.p12 -srcstoretype PKCS12 -srcstorepass correct \
  -destkeystore keyforms/main.keytool.p12 -deststoretype PKCS12 -deststorepass correct -noprompt 2>"$work/log"
# A PEM file with text around, a chain and two keys.
{ echo "Bag Attributes"; cat keys/main.cert.pem keys/other.cert.pem keys/main.key.pem; echo "and"; \
  cat $keys/p256.key.pem $keys/p256.cert.pem; } >keyforms/several.pem
# What is refused by name.
openssl genpkey -algorithm ED25519 -out keyforms/refused-ed25519.pem
openssl ecparam -name secp256k1 -genkey -noout -out keyforms/refused-secp256k1.pem
openssl pkcs8 -topk8 -in keys/main.key.pem -passout $pass -v1 PBE-MD5-DES -provider legacy -provider default \
  -out keyforms/refused-pbes1.pem
