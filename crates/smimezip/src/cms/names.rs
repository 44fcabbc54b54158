//! What object identifiers are called, for a person who reads why a message is not opened. Names
//! only: which algorithms are opened is said where they are read.

use std::fmt;

/// What a dotted object identifier is called, if it is one that is met in messages.
pub(crate) fn known_name(oid: &str) -> Option<&'static str> {
    Some(match oid {
        // RFC 5652, RFC 3274, RFC 5083: content types.
        "1.2.840.113549.1.7.1" => "data",
        "1.2.840.113549.1.7.2" => "SignedData",
        "1.2.840.113549.1.7.3" => "EnvelopedData",
        "1.2.840.113549.1.7.5" => "DigestedData",
        "1.2.840.113549.1.7.6" => "EncryptedData",
        "1.2.840.113549.1.9.16.1.2" => "AuthenticatedData",
        "1.2.840.113549.1.9.16.1.4" => "TSTInfo",
        "1.2.840.113549.1.9.16.1.9" => "CompressedData",
        "1.2.840.113549.1.9.16.1.23" => "AuthEnvelopedData",
        // Key transport.
        "1.2.840.113549.1.1.1" => "RSAES-PKCS1-v1_5",
        "1.2.840.113549.1.1.7" => "RSAES-OAEP",
        "1.2.840.113549.1.1.8" => "MGF1",
        "1.2.840.113549.1.1.9" => "a specified OAEP label",
        "1.2.840.113549.1.9.16.3.14" | "1.0.18033.2.2.4" => "RSA-KEM",
        // Key agreement.
        "1.2.840.113549.1.9.16.3.5" => "ephemeral-static Diffie-Hellman",
        "1.2.840.113549.1.9.16.3.10" => "static-static Diffie-Hellman",
        "1.3.133.16.840.63.0.16" => "ECMQV with SHA-1",
        "1.3.132.1.15.0" => "ECMQV with SHA-224",
        "1.3.132.1.15.1" => "ECMQV with SHA-256",
        "1.3.132.1.15.2" => "ECMQV with SHA-384",
        "1.3.132.1.15.3" => "ECMQV with SHA-512",
        // Key encapsulation and derivation.
        "1.2.840.113549.1.9.16.13.3" => "KEMRecipientInfo",
        "1.2.840.113549.1.5.12" => "PBKDF2",
        "1.2.840.113549.1.9.16.3.9" => "PWRI-KEK",
        "2.16.840.1.101.3.4.2.21" => "KMAC128",
        "2.16.840.1.101.3.4.2.22" => "KMAC256",
        "1.2.840.113549.1.9.16.3.31" => "CEK derivation by HKDF with SHA-256",
        "1.2.840.113549.1.9.16.3.32" => "HKDF with SHA3-224",
        "1.2.840.113549.1.9.16.3.33" => "HKDF with SHA3-256",
        "1.2.840.113549.1.9.16.3.34" => "HKDF with SHA3-384",
        "1.2.840.113549.1.9.16.3.35" => "HKDF with SHA3-512",
        "1.3.6.1.4.1.11591.4.11" => "scrypt",
        // Key wrap.
        "1.2.840.113549.1.9.16.3.7" => "RC2 key wrap",
        "1.2.392.200011.61.1.1.3.2" => "Camellia-128 key wrap",
        "1.2.392.200011.61.1.1.3.3" => "Camellia-192 key wrap",
        "1.2.392.200011.61.1.1.3.4" => "Camellia-256 key wrap",
        "1.2.410.200004.7.1.1.1" => "SEED key wrap",
        "2.16.840.1.101.3.4.1.8" => "AES-128 key wrap with padding",
        "2.16.840.1.101.3.4.1.28" => "AES-192 key wrap with padding",
        "2.16.840.1.101.3.4.1.48" => "AES-256 key wrap with padding",
        // Content encryption.
        "1.2.840.113549.3.2" => "RC2-CBC",
        "1.2.840.113549.3.4" => "RC4",
        "1.2.840.113549.3.7" => "3DES-CBC",
        "1.3.14.3.2.7" => "DES-CBC",
        "1.2.840.113533.7.66.10" => "CAST5-CBC",
        "1.3.6.1.4.1.188.7.1.1.2" => "IDEA-CBC",
        "1.2.410.200004.1.4" => "SEED-CBC",
        "1.2.392.200011.61.1.1.1.2" => "Camellia-128-CBC",
        "1.2.392.200011.61.1.1.1.3" => "Camellia-192-CBC",
        "1.2.392.200011.61.1.1.1.4" => "Camellia-256-CBC",
        "1.2.643.2.2.21" => "GOST 28147-89",
        "1.2.643.7.1.1.5.1.1" => "GOST Magma in CTR mode",
        "1.2.643.7.1.1.5.2.1" => "GOST Kuznyechik in CTR mode",
        "1.2.840.113549.3.8" => "RC5-CBC",
        "1.2.840.113549.3.9" => "RC5-CBC with padding",
        "1.2.410.200046.1.1.2" => "ARIA-128-CBC",
        "1.2.410.200046.1.1.7" => "ARIA-192-CBC",
        "1.2.410.200046.1.1.12" => "ARIA-256-CBC",
        "1.2.156.10197.1.104.2" => "SM4-CBC",
        "1.3.6.1.4.1.3029.1.2" => "Blowfish-CBC",
        "1.2.840.113549.1.9.16.3.18" => "ChaCha20-Poly1305",
        "2.16.840.1.101.3.4.1.1" => "AES-128-ECB",
        "2.16.840.1.101.3.4.1.2" => "AES-128-CBC",
        "2.16.840.1.101.3.4.1.3" => "AES-128-OFB",
        "2.16.840.1.101.3.4.1.4" => "AES-128-CFB",
        "2.16.840.1.101.3.4.1.6" => "AES-128-GCM",
        "2.16.840.1.101.3.4.1.7" => "AES-128-CCM",
        "2.16.840.1.101.3.4.1.21" => "AES-192-ECB",
        "2.16.840.1.101.3.4.1.22" => "AES-192-CBC",
        "2.16.840.1.101.3.4.1.23" => "AES-192-OFB",
        "2.16.840.1.101.3.4.1.24" => "AES-192-CFB",
        "2.16.840.1.101.3.4.1.26" => "AES-192-GCM",
        "2.16.840.1.101.3.4.1.27" => "AES-192-CCM",
        "2.16.840.1.101.3.4.1.41" => "AES-256-ECB",
        "2.16.840.1.101.3.4.1.42" => "AES-256-CBC",
        "2.16.840.1.101.3.4.1.43" => "AES-256-OFB",
        "2.16.840.1.101.3.4.1.44" => "AES-256-CFB",
        "2.16.840.1.101.3.4.1.46" => "AES-256-GCM",
        "2.16.840.1.101.3.4.1.47" => "AES-256-CCM",
        // Hash functions.
        "1.2.840.113549.2.5" => "MD5",
        "1.2.840.113549.1.5.13" => "PBES2",
        "1.2.840.113549.1.5.14" => "PBMAC1",
        "2.16.840.1.101.3.4.2.5" => "SHA-512/224",
        "2.16.840.1.101.3.4.2.6" => "SHA-512/256",
        "2.16.840.1.101.3.4.2.7" => "SHA3-224",
        "2.16.840.1.101.3.4.2.8" => "SHA3-256",
        "2.16.840.1.101.3.4.2.9" => "SHA3-384",
        "2.16.840.1.101.3.4.2.10" => "SHA3-512",
        _ => return name_in_keys(oid),
    })
}

/// What stands in files of keys.
fn name_in_keys(oid: &str) -> Option<&'static str> {
    Some(match oid {
        // HMACs, as the pseudorandom function of PBKDF2.
        "1.2.840.113549.2.6" => "HMAC-MD5",
        "1.2.840.113549.2.7" => "HMAC-SHA-1",
        "1.2.840.113549.2.8" => "HMAC-SHA-224",
        "1.2.840.113549.2.9" => "HMAC-SHA-256",
        "1.2.840.113549.2.10" => "HMAC-SHA-384",
        "1.2.840.113549.2.11" => "HMAC-SHA-512",
        "1.2.840.113549.2.12" => "HMAC-SHA-512/224",
        "1.2.840.113549.2.13" => "HMAC-SHA-512/256",
        "2.16.840.1.101.3.4.2.13" => "HMAC-SHA3-224",
        "2.16.840.1.101.3.4.2.14" => "HMAC-SHA3-256",
        "2.16.840.1.101.3.4.2.15" => "HMAC-SHA3-384",
        "2.16.840.1.101.3.4.2.16" => "HMAC-SHA3-512",
        "1.2.643.2.2.10" => "HMAC-GOST R 34.11-94",
        "1.2.643.7.1.1.4.1" => "HMAC-GOST R 34.11-2012, 256 bits",
        "1.2.643.7.1.1.4.2" => "HMAC-GOST R 34.11-2012, 512 bits",
        "1.2.156.10197.1.401.2" | "1.2.156.10197.1.401.3.1" => "HMAC-SM3",
        // Public keys.
        "1.2.840.10040.4.1" => "DSA",
        "1.2.840.10046.2.1" => "Diffie-Hellman",
        "1.2.840.10045.2.1" => "elliptic curve",
        "1.2.840.113549.1.1.10" => "RSASSA-PSS",
        "1.3.101.110" => "X25519",
        "1.3.101.111" => "X448",
        "1.3.101.112" => "Ed25519",
        "1.3.101.113" => "Ed448",
        "1.3.132.0.10" => "curve secp256k1",
        "1.2.840.10045.3.1.1" => "curve P-192",
        "1.3.132.0.33" => "curve P-224",
        "1.2.156.10197.1.301" => "curve SM2",
        "1.3.36.3.3.2.8.1.1.7" => "curve brainpoolP256r1",
        "1.3.36.3.3.2.8.1.1.11" => "curve brainpoolP384r1",
        "1.3.36.3.3.2.8.1.1.13" => "curve brainpoolP512r1",
        _ => return None,
    })
}

/// `NAME (OID)`, or the OID alone.
pub(crate) fn write_named(f: &mut fmt::Formatter<'_>, oid: &str) -> fmt::Result {
    match known_name(oid) {
        Some(name) => write!(f, "{name} ({oid})"),
        None => f.write_str(oid),
    }
}

/// An object identifier as `write_named` shows it.
pub(crate) struct Named<'a>(pub(crate) &'a str);

impl fmt::Display for Named<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_named(f, self.0)
    }
}
