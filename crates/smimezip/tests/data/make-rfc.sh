#!/usr/bin/env bash
# Takes the example messages of RFC 4134 section 5 and Bob's key out of its text, into the folder rfc:
#   make-rfc.sh rfc4134.txt
# rfc9936-c.pem and rfc9936-key.pem there are the example of RFC 9936 appendix C and the key of RFC 9935
# appendix C.1.1.1 whose seed is the octets 00 to 3f; they are copied by hand.
set -euo pipefail
cd "$(dirname "$0")/rfc"
text=$1
take() { # name in the RFC, file
  tr -d '\r' <"$text" | awk -v from="|>$1" -v to="|<$1" \
    '$0 == to { on = 0 } on && /^\|/ { print substr($0, 2) } $0 == from { on = 1 }' | base64 -d >"$2"
}
take BobPrivRSAEncrypt.pri rfc4134-bob.der
take BobRSASignByCarl.cer rfc4134-bob.cert.der
take ExContent.bin rfc4134-content
take 5.1.bin rfc4134-5.1
take 5.2.bin rfc4134-5.2
take 5.3.eml rfc4134-5.3
