//! Object identifiers: one table of those that are read, by the standards' names, and of those that
//! are only named for a person who reads why a message is not opened.

use std::fmt;

use der::asn1::ObjectIdentifier;

/// An object identifier (X.660), as `1.2.840.113549.1.7.1`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Oid(ObjectIdentifier);

impl Oid {
    pub(crate) fn new(oid: ObjectIdentifier) -> Self {
        Self(oid)
    }

    pub(crate) fn identifier(self) -> ObjectIdentifier {
        self.0
    }

    /// What it is called, if it is one that is met in messages and in files of keys.
    pub fn name(&self) -> Option<&'static str> {
        name(&self.0)
    }
}

impl fmt::Display for Oid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl fmt::Debug for Oid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Oid({})", self.0)
    }
}

/// As a person reads it: `NAME (OID)`, or the OID alone.
pub(crate) struct Named(pub(crate) ObjectIdentifier);

impl fmt::Display for Named {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match name(&self.0) {
            Some(name) => write!(f, "{name} ({})", self.0),
            None => fmt::Display::fmt(&self.0, f),
        }
    }
}

impl From<Oid> for Named {
    fn from(oid: Oid) -> Self {
        Self(oid.0)
    }
}

/// Makes a constant of each of the first rows, and the names of all.
macro_rules! table {
    (read { $($constant:ident $read:literal $read_name:literal;)+ }
     named { $($other:literal $name:literal;)+ }) => {
        $(#[doc = $read_name] pub(crate) const $constant: ObjectIdentifier =
            ObjectIdentifier::new_unwrap($read);)+

        /// All that are known, with their names.
        const NAMES: &[(ObjectIdentifier, &str)] = &[
            $(($constant, $read_name),)+
            $((ObjectIdentifier::new_unwrap($other), $name),)+
        ];
    };
}

/// What an object identifier is called, if it is known.
fn name(oid: &ObjectIdentifier) -> Option<&'static str> {
    NAMES.iter().find(|(known, _)| known == oid).map(|(_, name)| *name)
}

table! {
    read {
        // RFC 5652, RFC 3274, RFC 5083: content types.
        DATA "1.2.840.113549.1.7.1" "data";
        SIGNED_DATA "1.2.840.113549.1.7.2" "SignedData";
        ENVELOPED_DATA "1.2.840.113549.1.7.3" "EnvelopedData";
        ENCRYPTED_DATA "1.2.840.113549.1.7.6" "EncryptedData";
        AUTH_ENVELOPED_DATA "1.2.840.113549.1.9.16.1.23" "AuthEnvelopedData";
        // Key transport.
        RSA_ENCRYPTION "1.2.840.113549.1.1.1" "RSAES-PKCS1-v1_5";
        RSAES_OAEP "1.2.840.113549.1.1.7" "RSAES-OAEP";
        MGF1 "1.2.840.113549.1.1.8" "MGF1";
        P_SPECIFIED "1.2.840.113549.1.1.9" "a specified OAEP label";
        // Key encapsulation and derivation.
        ORI_KEM "1.2.840.113549.1.9.16.13.3" "KEMRecipientInfo";
        PBKDF2 "1.2.840.113549.1.5.12" "PBKDF2";
        PWRI_KEK "1.2.840.113549.1.9.16.3.9" "PWRI-KEK";
        SCRYPT "1.3.6.1.4.1.11591.4.11" "scrypt";
        // Content encryption.
        DES_EDE3_CBC "1.2.840.113549.3.7" "3DES-CBC";
        CHACHA20_POLY1305 "1.2.840.113549.1.9.16.3.18" "ChaCha20-Poly1305";
        AES128_CBC "2.16.840.1.101.3.4.1.2" "AES-128-CBC";
        AES128_GCM "2.16.840.1.101.3.4.1.6" "AES-128-GCM";
        AES128_CCM "2.16.840.1.101.3.4.1.7" "AES-128-CCM";
        AES192_CBC "2.16.840.1.101.3.4.1.22" "AES-192-CBC";
        AES192_GCM "2.16.840.1.101.3.4.1.26" "AES-192-GCM";
        AES192_CCM "2.16.840.1.101.3.4.1.27" "AES-192-CCM";
        AES256_CBC "2.16.840.1.101.3.4.1.42" "AES-256-CBC";
        AES256_GCM "2.16.840.1.101.3.4.1.46" "AES-256-GCM";
        AES256_CCM "2.16.840.1.101.3.4.1.47" "AES-256-CCM";
        // Hash functions.
        PBES2 "1.2.840.113549.1.5.13" "PBES2";
        PBMAC1 "1.2.840.113549.1.5.14" "PBMAC1";
        // HMACs, as the pseudorandom function of PBKDF2.
        HMAC_SHA1 "1.2.840.113549.2.7" "HMAC-SHA-1";
        HMAC_SHA224 "1.2.840.113549.2.8" "HMAC-SHA-224";
        HMAC_SHA256 "1.2.840.113549.2.9" "HMAC-SHA-256";
        HMAC_SHA384 "1.2.840.113549.2.10" "HMAC-SHA-384";
        HMAC_SHA512 "1.2.840.113549.2.11" "HMAC-SHA-512";
        HMAC_SHA512_224 "1.2.840.113549.2.12" "HMAC-SHA-512/224";
        HMAC_SHA512_256 "1.2.840.113549.2.13" "HMAC-SHA-512/256";
        // Public keys.
        EC_PUBLIC_KEY "1.2.840.10045.2.1" "elliptic curve";
        X25519 "1.3.101.110" "X25519";
        X448 "1.3.101.111" "X448";
        // Key agreement (RFC 5753 section 7.1.4, RFC 8418).
        STD_DH_SHA1 "1.3.133.16.840.63.0.2" "dhSinglePass-stdDH with SHA-1";
        COFACTOR_DH_SHA1 "1.3.133.16.840.63.0.3" "dhSinglePass-cofactorDH with SHA-1";
        STD_DH_SHA224 "1.3.132.1.11.0" "dhSinglePass-stdDH with SHA-224";
        STD_DH_SHA256 "1.3.132.1.11.1" "dhSinglePass-stdDH with SHA-256";
        STD_DH_SHA384 "1.3.132.1.11.2" "dhSinglePass-stdDH with SHA-384";
        STD_DH_SHA512 "1.3.132.1.11.3" "dhSinglePass-stdDH with SHA-512";
        COFACTOR_DH_SHA224 "1.3.132.1.14.0" "dhSinglePass-cofactorDH with SHA-224";
        COFACTOR_DH_SHA256 "1.3.132.1.14.1" "dhSinglePass-cofactorDH with SHA-256";
        COFACTOR_DH_SHA384 "1.3.132.1.14.2" "dhSinglePass-cofactorDH with SHA-384";
        COFACTOR_DH_SHA512 "1.3.132.1.14.3" "dhSinglePass-cofactorDH with SHA-512";
        STD_DH_HKDF_SHA256 "1.2.840.113549.1.9.16.3.19" "dhSinglePass-stdDH with HKDF and SHA-256";
        STD_DH_HKDF_SHA384 "1.2.840.113549.1.9.16.3.20" "dhSinglePass-stdDH with HKDF and SHA-384";
        STD_DH_HKDF_SHA512 "1.2.840.113549.1.9.16.3.21" "dhSinglePass-stdDH with HKDF and SHA-512";
        // Key derivation of KEMRecipientInfo (RFC 8619).
        HKDF_SHA256 "1.2.840.113549.1.9.16.3.28" "HKDF with SHA-256";
        HKDF_SHA384 "1.2.840.113549.1.9.16.3.29" "HKDF with SHA-384";
        HKDF_SHA512 "1.2.840.113549.1.9.16.3.30" "HKDF with SHA-512";
        // Key wrap (RFC 3565, RFC 3370).
        AES128_WRAP "2.16.840.1.101.3.4.1.5" "AES-128 key wrap";
        AES192_WRAP "2.16.840.1.101.3.4.1.25" "AES-192 key wrap";
        AES256_WRAP "2.16.840.1.101.3.4.1.45" "AES-256 key wrap";
        DES_EDE3_WRAP "1.2.840.113549.1.9.16.3.6" "3DES key wrap";
        // Key encapsulation (FIPS 203).
        ML_KEM_512 "2.16.840.1.101.3.4.4.1" "ML-KEM-512";
        ML_KEM_768 "2.16.840.1.101.3.4.4.2" "ML-KEM-768";
        ML_KEM_1024 "2.16.840.1.101.3.4.4.3" "ML-KEM-1024";
        // Hash functions.
        SHA1 "1.3.14.3.2.26" "SHA-1";
        SHA224 "2.16.840.1.101.3.4.2.4" "SHA-224";
        SHA256 "2.16.840.1.101.3.4.2.1" "SHA-256";
        SHA384 "2.16.840.1.101.3.4.2.2" "SHA-384";
        SHA512 "2.16.840.1.101.3.4.2.3" "SHA-512";
        // Curves (SEC 2).
        P256 "1.2.840.10045.3.1.7" "curve P-256";
        P384 "1.3.132.0.34" "curve P-384";
        P521 "1.3.132.0.35" "curve P-521";
        // Encryption of keys (RFC 8018 appendix A.3, RFC 7292 appendix C).
        PBE_SHA1_3DES "1.2.840.113549.1.12.1.3" "PBE with SHA-1 and 3DES";
        PBE_SHA1_2KEY_3DES "1.2.840.113549.1.12.1.4" "PBE with SHA-1 and two-key 3DES";
        PBE_SHA1_RC2_128 "1.2.840.113549.1.12.1.5" "PBE with SHA-1 and RC2, 128 bits";
        PBE_SHA1_RC2_40 "1.2.840.113549.1.12.1.6" "PBE with SHA-1 and RC2, 40 bits";
        // Bags of PKCS #12 (RFC 7292 section 4.2).
        KEY_BAG "1.2.840.113549.1.12.10.1.1" "KeyBag";
        SHROUDED_KEY_BAG "1.2.840.113549.1.12.10.1.2" "PKCS8ShroudedKeyBag";
        CERT_BAG "1.2.840.113549.1.12.10.1.3" "CertBag";
        SAFE_CONTENTS_BAG "1.2.840.113549.1.12.10.1.6" "SafeContents";
        X509_CERTIFICATE "1.2.840.113549.1.9.22.1" "X.509 certificate";
        // Extensions of certificates (RFC 5280).
        SUBJECT_KEY_IDENTIFIER "2.5.29.14" "subjectKeyIdentifier";
        KEY_USAGE "2.5.29.15" "keyUsage";
    }
    named {
        // RFC 5652, RFC 3274, RFC 5083: content types.
        "1.2.840.113549.1.7.5" "DigestedData";
        "1.2.840.113549.1.9.16.1.2" "AuthenticatedData";
        "1.2.840.113549.1.9.16.1.4" "TSTInfo";
        "1.2.840.113549.1.9.16.1.9" "CompressedData";
        // Key transport.
        "1.2.840.113549.1.9.16.3.14" "RSA-KEM";
        "1.0.18033.2.2.4" "RSA-KEM";
        // Key agreement.
        "1.2.840.113549.1.9.16.3.5" "ephemeral-static Diffie-Hellman";
        "1.2.840.113549.1.9.16.3.10" "static-static Diffie-Hellman";
        "1.3.133.16.840.63.0.16" "ECMQV with SHA-1";
        "1.3.132.1.15.0" "ECMQV with SHA-224";
        "1.3.132.1.15.1" "ECMQV with SHA-256";
        "1.3.132.1.15.2" "ECMQV with SHA-384";
        "1.3.132.1.15.3" "ECMQV with SHA-512";
        // Key encapsulation and derivation.
        "2.16.840.1.101.3.4.2.21" "KMAC128";
        "2.16.840.1.101.3.4.2.22" "KMAC256";
        "1.2.840.113549.1.9.16.3.31" "CEK derivation by HKDF with SHA-256";
        "1.2.840.113549.1.9.16.3.32" "HKDF with SHA3-224";
        "1.2.840.113549.1.9.16.3.33" "HKDF with SHA3-256";
        "1.2.840.113549.1.9.16.3.34" "HKDF with SHA3-384";
        "1.2.840.113549.1.9.16.3.35" "HKDF with SHA3-512";
        // Key wrap.
        "1.2.840.113549.1.9.16.3.7" "RC2 key wrap";
        "1.2.392.200011.61.1.1.3.2" "Camellia-128 key wrap";
        "1.2.392.200011.61.1.1.3.3" "Camellia-192 key wrap";
        "1.2.392.200011.61.1.1.3.4" "Camellia-256 key wrap";
        "1.2.410.200004.7.1.1.1" "SEED key wrap";
        "2.16.840.1.101.3.4.1.8" "AES-128 key wrap with padding";
        "2.16.840.1.101.3.4.1.28" "AES-192 key wrap with padding";
        "2.16.840.1.101.3.4.1.48" "AES-256 key wrap with padding";
        // Content encryption.
        "1.2.840.113549.3.2" "RC2-CBC";
        "1.2.840.113549.3.4" "RC4";
        "1.3.14.3.2.7" "DES-CBC";
        "1.2.840.113533.7.66.10" "CAST5-CBC";
        "1.3.6.1.4.1.188.7.1.1.2" "IDEA-CBC";
        "1.2.410.200004.1.4" "SEED-CBC";
        "1.2.392.200011.61.1.1.1.2" "Camellia-128-CBC";
        "1.2.392.200011.61.1.1.1.3" "Camellia-192-CBC";
        "1.2.392.200011.61.1.1.1.4" "Camellia-256-CBC";
        "1.2.643.2.2.21" "GOST 28147-89";
        "1.2.643.7.1.1.5.1.1" "GOST Magma in CTR mode";
        "1.2.643.7.1.1.5.2.1" "GOST Kuznyechik in CTR mode";
        "1.2.840.113549.3.8" "RC5-CBC";
        "1.2.840.113549.3.9" "RC5-CBC with padding";
        "1.2.410.200046.1.1.2" "ARIA-128-CBC";
        "1.2.410.200046.1.1.7" "ARIA-192-CBC";
        "1.2.410.200046.1.1.12" "ARIA-256-CBC";
        "1.2.156.10197.1.104.2" "SM4-CBC";
        "1.3.6.1.4.1.3029.1.2" "Blowfish-CBC";
        "2.16.840.1.101.3.4.1.1" "AES-128-ECB";
        "2.16.840.1.101.3.4.1.3" "AES-128-OFB";
        "2.16.840.1.101.3.4.1.4" "AES-128-CFB";
        "2.16.840.1.101.3.4.1.21" "AES-192-ECB";
        "2.16.840.1.101.3.4.1.23" "AES-192-OFB";
        "2.16.840.1.101.3.4.1.24" "AES-192-CFB";
        "2.16.840.1.101.3.4.1.41" "AES-256-ECB";
        "2.16.840.1.101.3.4.1.43" "AES-256-OFB";
        "2.16.840.1.101.3.4.1.44" "AES-256-CFB";
        // Hash functions.
        "1.2.840.113549.2.5" "MD5";
        "2.16.840.1.101.3.4.2.5" "SHA-512/224";
        "2.16.840.1.101.3.4.2.6" "SHA-512/256";
        "2.16.840.1.101.3.4.2.7" "SHA3-224";
        "2.16.840.1.101.3.4.2.8" "SHA3-256";
        "2.16.840.1.101.3.4.2.9" "SHA3-384";
        "2.16.840.1.101.3.4.2.10" "SHA3-512";
        // HMACs, as the pseudorandom function of PBKDF2.
        "1.2.840.113549.2.6" "HMAC-MD5";
        "2.16.840.1.101.3.4.2.13" "HMAC-SHA3-224";
        "2.16.840.1.101.3.4.2.14" "HMAC-SHA3-256";
        "2.16.840.1.101.3.4.2.15" "HMAC-SHA3-384";
        "2.16.840.1.101.3.4.2.16" "HMAC-SHA3-512";
        "1.2.643.2.2.10" "HMAC-GOST R 34.11-94";
        "1.2.643.7.1.1.4.1" "HMAC-GOST R 34.11-2012, 256 bits";
        "1.2.643.7.1.1.4.2" "HMAC-GOST R 34.11-2012, 512 bits";
        "1.2.156.10197.1.401.2" "HMAC-SM3";
        "1.2.156.10197.1.401.3.1" "HMAC-SM3";
        // Public keys.
        "1.2.840.10040.4.1" "DSA";
        "1.2.840.10046.2.1" "Diffie-Hellman";
        "1.2.840.113549.1.1.10" "RSASSA-PSS";
        "1.3.101.112" "Ed25519";
        "1.3.101.113" "Ed448";
        "1.3.132.0.10" "curve secp256k1";
        "1.2.840.10045.3.1.1" "curve P-192";
        "1.3.132.0.33" "curve P-224";
        "1.2.156.10197.1.301" "curve SM2";
        "1.3.36.3.3.2.8.1.1.7" "curve brainpoolP256r1";
        "1.3.36.3.3.2.8.1.1.11" "curve brainpoolP384r1";
        "1.3.36.3.3.2.8.1.1.13" "curve brainpoolP512r1";
        // Encryption of keys (RFC 8018 appendix A.3, RFC 7292 appendix C).
        "1.2.840.113549.1.5.1" "PBES1";
        "1.2.840.113549.1.5.3" "PBES1";
        "1.2.840.113549.1.5.4" "PBES1";
        "1.2.840.113549.1.5.6" "PBES1";
        "1.2.840.113549.1.5.10" "PBES1";
        "1.2.840.113549.1.5.11" "PBES1";
        "1.2.840.113549.1.12.1.1" "RC4";
        "1.2.840.113549.1.12.1.2" "RC4";
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_object_identifier_stands_once() {
        let known: std::collections::HashSet<_> = NAMES.iter().map(|(oid, _)| oid).collect();
        assert_eq!(known.len(), NAMES.len());
    }

    #[test]
    fn known_ones_are_named_and_others_shown_as_they_are() {
        assert_eq!(Named(DATA).to_string(), "data (1.2.840.113549.1.7.1)");
        assert_eq!(Oid::new(DATA).name(), Some("data"));
        let unknown = ObjectIdentifier::new_unwrap("1.2.3.4");
        assert_eq!(
            (Named(unknown).to_string(), Oid::new(unknown).name()),
            ("1.2.3.4".into(), None)
        );
    }
}
