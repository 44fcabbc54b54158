//! Key transport with RSAES-PKCS1-v1_5 (RFC 8017 section 7.2), both ways; the opening hardened.
//!
//! The private operation is blinded and its result checked by the `rsa` crate; the padding is
//! removed here, because a content-encryption key has a known length: that gives one exact check
//! in constant time and no variable-length secret. Where the block is not in order, a substitute
//! key is derived from the private key and the ciphertext (as in draft-irtf-cfrg-rsa-guidance)
//! and selected without a branch; everything then goes on as if it were right, up to the one
//! verdict after the content's padding.

use hmac::{Hmac, KeyInit, Mac};
use rsa::BoxedUint;
use rsa::hazmat::{rsa_decrypt_and_check, rsa_encrypt};
use rsa::traits::{PrivateKeyParts, PublicKeyParts};
use sha2::{Digest, Sha256};
use subtle::{Choice, ConditionallySelectable, ConstantTimeEq};
use zeroize::Zeroizing;

use super::blinding::blinding;
use super::oaep;
use crate::cms::HashAlgorithm;
use crate::error::{Error, ErrorKind};
use crate::random::random;
use crate::secret::ContentEncryptionKey;

/// Largest content-encryption key of any supported cipher.
const LARGEST_KEY: usize = 32;

/// An RSA private key. It wipes itself and has no `Debug`.
pub(super) struct RsaKey {
    private: rsa::PrivateKey,
    public: rsa::PublicKey,
    /// Secret from which substitute keys are derived, and what blinds where the system has no
    /// random numbers.
    substitute_secret: Zeroizing<[u8; 32]>,
}

impl RsaKey {
    pub(super) fn new(private: rsa::PrivateKey) -> Self {
        let exponent = Zeroizing::new(private.d().to_be_bytes());
        let substitute_secret = Zeroizing::new(Sha256::digest(&*exponent).into());
        Self { public: private.to_public_key(), private, substitute_secret }
    }

    pub(super) fn public(&self) -> &rsa::PublicKey {
        &self.public
    }

    /// Size of the modulus in bits.
    pub(super) fn bits(&self) -> u32 {
        self.public.n().bit_width()
    }

    /// Whether an encrypted key could be a number below the modulus that was written for one of its
    /// size: some senders leave out zeros at its start, and each more is 256 times rarer.
    pub(super) fn is_of_size(&self, encrypted_key: &[u8]) -> bool {
        const MAX_LEFT_OUT: usize = 8;
        let size = self.public.size();
        let significant = without_zeros(encrypted_key).len();
        significant <= size && encrypted_key.len() + MAX_LEFT_OUT >= size
    }

    /// The encrypted key in as many bytes as the modulus has (RFC 8017 section 7.2.2 wants it so);
    /// as it is, if it has more. All of this is public.
    fn of_modulus_size(&self, encrypted_key: &[u8]) -> Vec<u8> {
        let number = without_zeros(encrypted_key);
        let mut bytes = vec![0; self.public.size().saturating_sub(number.len())];
        bytes.extend_from_slice(number);
        bytes
    }

    /// Decrypts a content-encryption key of `size` bytes with RSAES-OAEP.
    ///
    /// # Errors
    /// `Decrypt`, bare, for everything.
    pub(super) fn unwrap_key_oaep(
        &self,
        hash: HashAlgorithm,
        mask_hash: HashAlgorithm,
        label: &[u8],
        encrypted_key: &[u8],
        size: usize,
    ) -> Result<ContentEncryptionKey, Error> {
        let encrypted_key = self.of_modulus_size(encrypted_key);
        let mut blinding = blinding(&self.substitute_secret, &encrypted_key);
        let hashes = (hash, mask_hash);
        oaep::unwrap_key(&self.private, &mut blinding, hashes, label, &encrypted_key, size)
    }

    /// Decrypts a content-encryption key of `size` bytes. It always gives one: whether it is the
    /// right one is inside, for the verdict after the content's last block.
    pub(super) fn unwrap_key(
        &self,
        encrypted_key: &[u8],
        size: usize,
    ) -> Result<ContentEncryptionKey, Error> {
        let modulus_size = self.public.size();
        if size > LARGEST_KEY || modulus_size < size + 11 {
            return Err(ErrorKind::Decrypt.into());
        }
        let encrypted_key = self.of_modulus_size(encrypted_key);
        let mut block = Zeroizing::new(vec![0; modulus_size]);
        let in_range = self.private_operation(&encrypted_key, &mut block);
        let substitute = self.substitute(&encrypted_key)?;
        Ok(select_key(&block, size, in_range, &*substitute))
    }

    /// The raw private operation (RFC 8017 section 5.1.2). Only whether the number is in range
    /// can fail, and that is public.
    fn private_operation(&self, encrypted_key: &[u8], block: &mut [u8]) -> Choice {
        let Ok(number) = BoxedUint::from_be_slice(encrypted_key, self.public.n_bits_precision())
        else {
            return Choice::from(0);
        };
        let mut blinding = blinding(&self.substitute_secret, encrypted_key);
        let Ok(number) = rsa_decrypt_and_check(&self.private, Some(&mut blinding), &number) else {
            return Choice::from(0);
        };
        let number = Zeroizing::new(number);
        let bytes = Zeroizing::new(number.to_be_bytes());
        // The number has whole words, so perhaps more bytes than the modulus.
        block.copy_from_slice(&bytes[bytes.len() - block.len()..]);
        Choice::from(1)
    }

    fn substitute(&self, encrypted_key: &[u8]) -> Result<Zeroizing<[u8; LARGEST_KEY]>, Error> {
        let mut mac = Hmac::<Sha256>::new_from_slice(&*self.substitute_secret)
            .map_err(|_| ErrorKind::Decrypt)?;
        mac.update(b"substitute content-encryption key");
        mac.update(encrypted_key);
        Ok(Zeroizing::new(mac.finalize().into_bytes().into()))
    }
}

/// Encrypts a content-encryption key for the owner of `public` (RFC 8017 section 7.2.1).
///
/// # Errors
/// `Io` if the system gives no random bytes; `InvalidArgument` for a key that the modulus has no
/// room for.
pub(super) fn wrap_key(public: &rsa::PublicKey, key: &[u8]) -> Result<Vec<u8>, Error> {
    let no_room = || ErrorKind::InvalidArgument("an RSA key that is too small".to_owned());
    let size = public.size();
    let count = size.checked_sub(key.len() + 3).filter(|count| *count >= 8).ok_or_else(no_room)?;
    let mut block = Zeroizing::new(vec![0; size]);
    block[1] = 2;
    fill_without_zeros(&mut block[2..2 + count])?;
    block[3 + count..].copy_from_slice(key);
    let number = BoxedUint::from_be_slice(&block, public.n_bits_precision());
    let number = Zeroizing::new(number.map_err(|_| no_room())?);
    let encrypted = rsa_encrypt(public, &number).map_err(|_| no_room())?.to_be_bytes();
    // The number has whole words, so perhaps more bytes than the modulus.
    Ok(encrypted[encrypted.len() - size..].to_vec())
}

fn fill_without_zeros(bytes: &mut [u8]) -> Result<(), Error> {
    random(bytes)?;
    for byte in bytes {
        while *byte == 0 {
            random(std::slice::from_mut(byte))?;
        }
    }
    Ok(())
}

fn without_zeros(bytes: &[u8]) -> &[u8] {
    let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
    &bytes[zeros..]
}

/// The key of `size` bytes at the end of the decrypted `block` (RFC 8017 section 7.2.2), or the
/// substitute, selected without a branch; which of them it is stays inside.
pub(crate) fn select_key(
    block: &[u8],
    size: usize,
    in_range: Choice,
    substitute: &[u8],
) -> ContentEncryptionKey {
    let (padding, key) = block.split_at(block.len() - size);
    let valid = in_range & is_padding(padding);
    let bytes = key
        .iter()
        .zip(substitute)
        .map(|(key, substitute)| u8::conditional_select(substitute, key, valid))
        .collect();
    ContentEncryptionKey::with_validity(bytes, valid)
}

/// Whether `bytes` are `00 02`, bytes that are not zero, and `00`; without a branch.
fn is_padding(bytes: &[u8]) -> Choice {
    let mut valid = Choice::from(1);
    let last = bytes.len() - 1;
    for (at, byte) in bytes.iter().enumerate() {
        // The position is public, the byte is not.
        valid &= match at {
            0 => byte.ct_eq(&0),
            1 => byte.ct_eq(&2),
            _ if at == last => byte.ct_eq(&0),
            _ => !byte.ct_eq(&0),
        };
    }
    valid
}

#[cfg(test)]
mod tests {
    use rsa::pkcs1::DecodeRsaPrivateKey;

    use super::*;

    /// A small key, made once by OpenSSL; nothing is protected by it.
    fn key() -> RsaKey {
        let pem = include_bytes!("../../tests/data/keys/unit-test-rsa1024.pem");
        let block = crate::smime::pem::blocks(pem).remove(0).ok().unwrap();
        RsaKey::new(rsa::PrivateKey::from_pkcs1_der(&block.bytes).unwrap())
    }

    fn encrypted(key: &RsaKey, block: &[u8]) -> Vec<u8> {
        let number = BoxedUint::from_be_slice(block, key.public.n_bits_precision()).unwrap();
        rsa_encrypt(&key.public, &number).unwrap().to_be_bytes().to_vec()
    }

    fn block(cek: &[u8]) -> Vec<u8> {
        let mut block = vec![0, 2];
        block.resize(128 - cek.len() - 1, 0x55);
        block.push(0);
        block.extend_from_slice(cek);
        block
    }

    #[test]
    fn a_right_block_gives_its_key() {
        let key = key();
        for size in [16, 24, 32] {
            let cek: Vec<u8> = (1..=32).take(size).collect();
            let unwrapped = key.unwrap_key(&encrypted(&key, &block(&cek)), size).unwrap();
            assert!(bool::from(unwrapped.valid()));
            assert_eq!(unwrapped.bytes(), cek);
        }
    }

    #[test]
    fn what_is_wrapped_is_unwrapped() {
        let key = key();
        for size in [16, 24, 32] {
            let cek: Vec<u8> = (0..32).take(size).collect();
            for _ in 0..20 {
                let wrapped = wrap_key(key.public(), &cek).unwrap();
                let unwrapped = key.unwrap_key(&wrapped, size).unwrap();
                assert_eq!((wrapped.len(), unwrapped.bytes()), (128, &cek[..]));
                assert!(bool::from(unwrapped.valid()));
            }
        }
        assert!(wrap_key(key.public(), &[1; 117]).is_ok());
        assert!(wrap_key(key.public(), &[1; 118]).is_err());
        assert!(wrap_key(key.public(), &[1; 1000]).is_err());
    }

    #[test]
    fn zeros_at_the_start_of_an_encrypted_key_may_be_missing_or_too_many() {
        let key = key();
        let mut short = 0;
        for seed in 0..2000_u16 {
            let mut block = block(&[7; 16]);
            block[2..4].copy_from_slice(&(seed | 0x0101).to_be_bytes());
            let sealed = encrypted(&key, &block);
            if sealed[0] != 0 {
                continue;
            }
            short += 1;
            let padded = [&[0, 0, 0][..], &sealed].concat();
            let whole = key.unwrap_key(&sealed, 16).unwrap();
            for other in [without_zeros(&sealed), &padded] {
                assert!(key.is_of_size(other));
                let unwrapped = key.unwrap_key(other, 16).unwrap();
                assert_eq!(
                    (unwrapped.bytes(), bool::from(unwrapped.valid())),
                    (&[7; 16][..], true)
                );
                assert_eq!(unwrapped.bytes(), whole.bytes());
            }
        }
        assert!(short >= 2, "{short}");
        assert!(!key.is_of_size(&[1; 129]));
        assert!(!key.is_of_size(&[1; 119]));
        assert!(key.is_of_size(&[&[0; 70][..], &[1; 128]].concat()));
    }

    #[test]
    fn c1_every_wrong_block_gives_the_same_kind_of_substitute() {
        let key = key();
        let right = block(&[7; 16]);
        let mut wrong = vec![right.clone(); 6];
        wrong[0][0] = 1;
        wrong[1][1] = 1;
        wrong[2][50] = 0;
        wrong[3][2] = 0;
        wrong[4][111] = 3;
        wrong[5] = vec![0; 128];
        for block in wrong {
            let sealed = encrypted(&key, &block);
            let unwrapped = key.unwrap_key(&sealed, 16).unwrap();
            assert!(!bool::from(unwrapped.valid()));
            assert_eq!(unwrapped.bytes().len(), 16);
            assert_ne!(unwrapped.bytes(), [7; 16]);
            for _ in 0..100 {
                let again = key.unwrap_key(&sealed, 16).unwrap();
                assert_eq!(again.bytes(), unwrapped.bytes());
            }
        }
        // A key of another length than the cipher's.
        let sealed = encrypted(&key, &block(&[7; 24]));
        assert!(!bool::from(key.unwrap_key(&sealed, 16).unwrap().valid()));
        // A number beyond the modulus.
        assert!(!bool::from(key.unwrap_key(&[0xff; 128], 16).unwrap().valid()));
    }
}
