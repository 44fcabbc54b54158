#!/usr/bin/env bash
# Makes the folder envelopes beside this script: one plaintext, sealed by every producer for every kind of
# recipient, and the keys that open it. Needs what make.sh needs, libnss3-tools, Python's `cryptography`,
# Bouncy Castle 1.80 or later for X25519, X448 and ML-KEM (BC=folder with its jars), and OpenSSL 3.6 or later
# for ML-KEM (OPENSSL36=its command).
# MANIFEST.tsv has a line a message: file, producer, kind of recipient, key encryption, content
# encryption, encoding, what opens it. The plaintext is the same in every run, keys and ciphertexts are not.
set -euo pipefail
cd "$(dirname "$0")"
here=$PWD
tools=$here/../tools
bc=${BC:-/usr/share/java}
openssl36=${OPENSSL36:-openssl}
jars=$(printf "$bc/%s.jar:" bcprov bcutil bcpkix)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
rm -rf envelopes
mkdir -p envelopes/keys
cd envelopes
main=$here/keys/main
python3 - plain <<'PY'
import random, sys
chance = random.Random(11)
with open(sys.argv[1], "w", newline="\n") as out:
    for number in range(20):
        out.write(f'{{"number":{number},"id":"{chance.getrandbits(128):032x}"}}\n')
PY
list() { (IFS=$'\t'; echo "$*" >>MANIFEST.tsv); }

# --- keys: certificates by an authority, as X25519 and X448 cannot sign ---
openssl req -x509 -newkey rsa:2048 -nodes -keyout "$work/ca.key" -out "$work/ca.pem" -days 36500 \
  -subj "/C=DE/O=Test/CN=authority" 2>"$work/log"
certify() { # name, serial
  openssl pkey -in "keys/$1.key.pem" -pubout -out "$work/pub"
  openssl req -new -key "$work/ca.key" -subj "/C=DE/O=Test/CN=$1" -out "$work/csr"
  openssl x509 -req -in "$work/csr" -force_pubkey "$work/pub" -CA "$work/ca.pem" -CAkey "$work/ca.key" \
    -set_serial "$2" -days 36500 -extfile <(printf 'subjectKeyIdentifier=hash\n%s' "${3:-}") \
    -out "keys/$1.cert.pem" 2>"$work/log"
}
serial=0x3001
for curve in P-256 P-384 P-521; do
  name=$(tr -d - <<<"${curve,,}")
  openssl genpkey -algorithm EC -pkeyopt "ec_paramgen_curve:$curve" -out "keys/$name.key.pem" 2>"$work/log"
  certify "$name" $serial "subjectAltName=email:$name@example.org"
  serial=$((serial + 1))
done
for kind in X25519 X448; do
  openssl genpkey -algorithm $kind -out "keys/${kind,,}.key.pem"
  certify "${kind,,}" $serial
  serial=$((serial + 1))
done

# --- OpenSSL ---
openssl_name() { case $1 in
  3des-cbc) echo des3 ;; aes-*-cbc) tr -d - <<<"${1%-cbc}" ;; *) echo "$1" ;;
esac; }
form() { case $1 in mime) echo SMIME ;; pem) echo PEM ;; *) echo DER ;; esac; }
openssl_cms() { # name, kind, key encryption, content encryption, encoding, opens, options...
  local name=openssl-$1 kind=$2 how=$3 cipher=$4 encoding=$5 opens=$6
  shift 6
  local stream=()
  [ "$encoding" != ber ] || stream=(-stream)
  openssl cms -encrypt -binary -in plain "-$(openssl_name "$cipher")" -outform "$(form "$encoding")" \
    "${stream[@]}" -out "$name" "$@"
  list "$name" OpenSSL "$kind" "$how" "$cipher" "$encoding" "$opens"
}
for cipher in 3des-cbc aes-128-cbc aes-192-cbc aes-256-cbc aes-128-gcm aes-192-gcm aes-256-gcm; do
  for encoding in mime pem der ber; do
    openssl_cms "ktri-$cipher-$encoding" ktri RSAES-PKCS1-v1_5 $cipher $encoding main "$main.cert.pem"
  done
done
openssl_cms ktri-identifier ktri "RSAES-PKCS1-v1_5, key identifier" aes-256-cbc der main -keyid "$main.cert.pem"
for hash in sha1 sha256 sha384 sha512; do
  for mask in sha1 sha256 sha384 sha512; do
    openssl_cms "oaep-$hash-$mask" ktri "RSAES-OAEP $hash, MGF1 $mask" aes-256-cbc der main \
      -recip "$main.cert.pem" -keyopt rsa_padding_mode:oaep -keyopt rsa_oaep_md:$hash \
      -keyopt rsa_mgf1_md:$mask
  done
done
openssl_cms oaep-label ktri "RSAES-OAEP sha256 with a label" aes-256-gcm mime main -recip "$main.cert.pem" \
  -keyopt rsa_padding_mode:oaep -keyopt rsa_oaep_md:sha256 -keyopt rsa_oaep_label:0a0b0c
for curve in p256 p384 p521; do
  for hash in sha1 sha224 sha256 sha384 sha512; do
    openssl_cms "kari-$curve-$hash" kari "ECDH $curve, X9.63 KDF $hash, aes-256-wrap" aes-256-cbc der $curve \
      -aes256-wrap -recip "keys/$curve.cert.pem" -keyopt ecdh_kdf_md:$hash
  done
  for wrap in aes128 aes192 des3; do
    openssl_cms "kari-$curve-$wrap" kari "ECDH $curve, X9.63 KDF sha256, $wrap-wrap" \
      "$([ $wrap = des3 ] && echo 3des-cbc || echo aes-128-cbc)" mime $curve \
      -$wrap-wrap -recip "keys/$curve.cert.pem" -keyopt ecdh_kdf_md:sha256
  done
done
openssl_cms kari-cofactor kari "ECDH p256 with cofactor, X9.63 KDF sha256, aes-128-wrap" aes-128-gcm ber p256 \
  -aes128-wrap -recip keys/p256.cert.pem -keyopt ecdh_kdf_md:sha256 -keyopt ecdh_cofactor_mode:1
openssl_cms kari-identifier kari "ECDH p384, X9.63 KDF sha384, key identifier" aes-256-gcm der p384 \
  -keyid -aes256-wrap -recip keys/p384.cert.pem -keyopt ecdh_kdf_md:sha384
for bits in 128 192 256; do
  secret=$(head -c $((bits / 4)) <<<"000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f")
  for cipher in aes-$bits-cbc aes-$bits-gcm; do
    openssl_cms "kekri-$cipher" kekri "aes-$bits-wrap" $cipher der "secret:$secret" \
      -secretkey "$secret" -secretkeyid 6b6579
  done
done
for cipher in 3des-cbc aes-128-cbc aes-256-cbc; do
  openssl_cms "pwri-$cipher" pwri "PBKDF2 sha1, $cipher" $cipher mime password:secret -pwri_password secret
done
openssl_cms several several "RSA twice, ECDH, secret key, password" aes-256-cbc der main -recip keys/p521.cert.pem \
  -recip "$here/keys/other.cert.pem" -recip "$main.cert.pem" -recip "$here/keys/large.cert.pem" \
  -secretkey 000102030405060708090a0b0c0d0e0f -secretkeyid 6b6579 -pwri_password secret
for opens in p521 secret:000102030405060708090a0b0c0d0e0f password:secret; do
  list openssl-several OpenSSL several "RSA twice, ECDH, secret key, password" aes-256-cbc der $opens
done

# --- Bouncy Castle ---
seals=$work/seals
: >"$seals"
for set in 512 768 1024; do printf 'mlkem\tkeys/mlkem%s\tML-KEM-%s\n' $set $set >>"$seals"; done
bouncy() { # name, kind, key encryption, content encryption, encoding, opens, recipients
  local type=enveloped
  case $4 in *-gcm | *-ccm | *poly1305) type=${8:-auth} ;; esac
  printf '%s\t%s\t%s\t%s\t%s\n' "bc-$1" "$5" $type "$4" "$7" >>"$seals"
  list "bc-$1" "Bouncy Castle" "$2" "$3" "$4" "$5" "$6"
}
for cipher in 3des-cbc aes-128-cbc aes-192-cbc aes-256-cbc aes-128-gcm aes-192-gcm aes-256-gcm aes-128-ccm \
  aes-192-ccm aes-256-ccm chacha20-poly1305; do
  for encoding in mime ber; do
    bouncy "ktri-$cipher-$encoding" ktri RSAES-PKCS1-v1_5 $cipher $encoding main "ktri:$main.cert.pem"
  done
done
bouncy ktri-identifier ktri "RSAES-PKCS1-v1_5, key identifier" aes-256-cbc ber main "ktri-ski:$main.cert.pem"
for hash in 1 224 256 384 512; do
  for mask in 1 256; do
    bouncy "oaep-$hash-$mask" ktri "RSAES-OAEP sha$hash, MGF1 sha$mask" aes-256-cbc ber main \
      "oaep:$main.cert.pem:SHA-$hash:SHA-$mask"
  done
done
bouncy oaep-label ktri "RSAES-OAEP sha256 with a label" aes-256-ccm ber main \
  "oaep:$main.cert.pem:SHA-256:SHA-256:label"
for curve in p256 p384 p521; do
  for scheme in std-sha1 std-sha256 std-sha512 cofactor-sha1 cofactor-sha256 cofactor-sha384; do
    bouncy "kari-$curve-$scheme" kari "ECDH $curve, $scheme, aes-256-wrap" aes-256-gcm ber $curve \
      "kari:keys/$curve.cert.pem:$scheme:aes-256-wrap"
  done
  for wrap in aes-128 aes-192 3des; do
    bouncy "kari-$curve-$wrap" kari "ECDH $curve, std-sha384, $wrap-wrap, with ukm" \
      "$([ $wrap = 3des ] && echo 3des-cbc || echo $wrap-cbc)" mime $curve \
      "kari:keys/$curve.cert.pem:std-sha384:$wrap-wrap:octets"
  done
done
for curve in x25519 x448; do
  for scheme in hkdf-sha256 hkdf-sha384 hkdf-sha512; do
    bouncy "kari-$curve-$scheme" kari "$curve, $scheme, aes-256-wrap" aes-256-cbc ber $curve \
      "kari:keys/$curve.cert.pem:$scheme:aes-256-wrap"
  done
  bouncy "kari-$curve-ukm" kari "$curve, hkdf-sha256, aes-128-wrap, with ukm" aes-128-ccm mime $curve \
    "kari:keys/$curve.cert.pem:hkdf-sha256:aes-128-wrap:octets"
done
for bits in 128 192 256; do
  secret=$(head -c $((bits / 4)) <<<"000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f")
  bouncy "kekri-$bits" kekri "aes-$bits-wrap" aes-$bits-ccm ber "secret:$secret" "kekri:key:$secret"
  for prf in 1 224 256 384 512; do
    bouncy "pwri-$bits-$prf" pwri "PBKDF2 sha$prf, aes-$bits-cbc" aes-$bits-cbc ber password:secret \
      "pwri:secret:aes-$bits-cbc:HMacSHA$prf"
  done
done
bouncy pwri-3des pwri "PBKDF2 sha1, 3des-cbc" chacha20-poly1305 ber password:secret "pwri:secret:3des-cbc:HMacSHA1"
for set in 512 768 1024; do
  for kdf in 28:sha256 29:sha384 30:sha512; do
    bouncy "kem-$set-${kdf#*:}" ori "ML-KEM-$set, HKDF ${kdf#*:}, aes-256-wrap" aes-256-gcm ber mlkem$set \
      "kem:keys/mlkem$set.cert.pem:aes-256-wrap:${kdf%:*}"
  done
  bouncy "kem-$set-cbc" ori "ML-KEM-$set, HKDF sha256, aes-128-wrap" aes-128-cbc mime mlkem$set \
    "kem:keys/mlkem$set.cert.pem:aes-128-wrap:28"
done
for bits in 128 192 256; do
  bouncy "gcm-in-enveloped-$bits" ktri "RSAES-PKCS1-v1_5, GCM in EnvelopedData" aes-$bits-gcm ber main \
    "ktri:$main.cert.pem" enveloped
done
bouncy several several "RSA, ECDH, ML-KEM, secret key, password" chacha20-poly1305 ber mlkem768 \
  "pwri:secret:aes-256-cbc:HMacSHA256 kem:keys/mlkem768.cert.pem:aes-256-wrap:28 kekri:key:000102030405060708090a0b0c0d0e0f kari:keys/x25519.cert.pem:hkdf-sha256:aes-256-wrap ktri:$main.cert.pem"
for opens in main x25519 secret:000102030405060708090a0b0c0d0e0f password:secret; do
  list bc-several "Bouncy Castle" several "RSA, ECDH, ML-KEM, secret key, password" chacha20-poly1305 ber $opens
done
java -cp "$jars" "$tools/Envelopes.java" plain <"$seals"

# --- OpenSSL 3.6: key encapsulation, to certificates that Bouncy Castle made ---
for set in 512 768 1024; do
  for job in aes-128-cbc:der: aes-256-cbc:mime:id-alg-hkdf-with-sha512 aes-256-gcm:ber:id-alg-hkdf-with-sha384 \
    aes-128-gcm:pem:; do
    IFS=: read -r cipher encoding kdf <<<"$job"
    options=()
    [ "$encoding" != ber ] || options+=(-stream)
    [ -z "$kdf" ] || options+=(-recip_kdf "$kdf" -recip_ukm 0a0b0c)
    name=openssl-kem-$set-$cipher-$encoding
    "$openssl36" cms -encrypt -binary -in plain "-$(openssl_name $cipher)" -outform "$(form $encoding)" \
      -out "$name" -recip "keys/mlkem$set.cert.pem" "${options[@]}"
    list "$name" "OpenSSL" ori "ML-KEM-$set${kdf:+, HKDF ${kdf##*-}, with ukm}" $cipher $encoding mlkem$set
  done
done

# --- gpgsm ---
export GNUPGHOME=$work/gnupg
mkdir -m 700 "$GNUPGHOME"
fingerprint=$(openssl x509 -in "$main.cert.pem" -noout -fingerprint -sha1 | cut -d= -f2)
echo "$fingerprint S relax" >"$GNUPGHOME/trustlist.txt"
gpgsm --batch --quiet --import "$main.cert.pem" 2>"$work/log"
for cipher in 3DES:3des-cbc AES128:aes-128-cbc AES192:aes-192-cbc AES256:aes-256-cbc; do
  for encoding in armor:pem base64:base64 ber; do
    option=${encoding%:*}
    name=gpgsm-${cipher#*:}-${encoding#*:}
    options=()
    [ "$option" = ber ] || options=("--$option")
    gpgsm --batch --quiet --disable-crl-checks --cipher-algo "${cipher%:*}" "${options[@]}" \
      -r "$fingerprint" -e -o "$name" plain
    list "$name" gpgsm ktri RSAES-PKCS1-v1_5 "${cipher#*:}" "${encoding#*:}" main
  done
done

# --- NSS ---
mkdir "$work/nss"
certutil -N -d "sql:$work/nss" --empty-password
openssl req -x509 -key "$main.key.pem" -days 36500 -set_serial 0x4001 -subj "/C=DE/O=Test/CN=nss" \
  -addext subjectAltName=email:nss@example.org -out keys/nss.cert.pem
certutil -A -d "sql:$work/nss" -n nss -t P,P, -i keys/nss.cert.pem
cmsutil -E -d "sql:$work/nss" -r nss@example.org -i plain -o nss-ktri
list nss-ktri NSS ktri RSAES-PKCS1-v1_5 aes-128-cbc ber main
openssl req -x509 -key "$here/keys/other.key.pem" -days 36500 -set_serial 0x4002 \
  -subj "/C=DE/O=Test/CN=nss other" -addext subjectAltName=email:other@example.org -out "$work/other.pem"
certutil -A -d "sql:$work/nss" -n other -t P,P, -i "$work/other.pem"
cmsutil -E -d "sql:$work/nss" -r other@example.org -r nss@example.org -i plain -o nss-several
list nss-several NSS several "RSA twice" aes-128-cbc ber main

# --- pyca/cryptography ---
python3 - "$main.cert.pem" <<'PY'
import sys
from cryptography import x509
from cryptography.hazmat.primitives.ciphers import algorithms
from cryptography.hazmat.primitives.serialization import Encoding, pkcs7

certificate = x509.load_pem_x509_certificate(open(sys.argv[1], "rb").read())
plain = open("plain", "rb").read()
for name, cipher in (("aes-128-cbc", algorithms.AES128), ("aes-256-cbc", algorithms.AES256)):
    for encoding, form in (("der", Encoding.DER), ("pem", Encoding.PEM), ("mime", Encoding.SMIME)):
        sealed = (
            pkcs7.PKCS7EnvelopeBuilder().set_data(plain).add_recipient(certificate)
            .set_content_encryption_algorithm(cipher).encrypt(form, [pkcs7.PKCS7Options.Binary])
        )
        file = f"pyca-{name}-{encoding}"
        open(file, "wb").write(sealed)
        with open("MANIFEST.tsv", "a") as manifest:
            print(file, "pyca/cryptography", "ktri", "RSAES-PKCS1-v1_5", name, encoding, "main", sep="\t", file=manifest)
PY
sha256sum plain | cut -d' ' -f1 >PLAINTEXT.sha256
rm plain
