//! The traditional encrypted PEM of OpenSSL (`Proc-Type: 4,ENCRYPTED`): its key derivation,
//! `EVP_BytesToKey` with MD5 and one round, and its ciphers. Weak, and still found on disks.

use aes::{Aes128Dec, Aes192Dec, Aes256Dec};
use cbc::cipher::block_padding::Pkcs7;
use cbc::cipher::{BlockModeDecrypt, KeyIvInit};
use des::TdesEde3;
use md5::{Digest, Md5};
use zeroize::Zeroizing;

use crate::error::{Error, ErrorKind};
use crate::hex;
use crate::secret::Passphrase;
use crate::smime::pem::Block;

/// Decrypts the bytes of `block`. One round of MD5 costs nothing that had to be allowed.
pub(super) fn decrypt(block: &Block, passphrase: &Passphrase) -> Result<Zeroizing<Vec<u8>>, Error> {
    let bad = || Error::bad_key("an encrypted PEM key without usable DEK-Info");
    let info = block.headers.iter().find(|(name, _)| name == "DEK-Info").ok_or_else(bad)?;
    let (cipher, vector) = info.1.split_once(',').ok_or_else(bad)?;
    let vector = hex::decode(vector.trim()).ok_or_else(bad)?;
    let salt = vector.get(..8).ok_or_else(bad)?;
    let key = |size| derive(passphrase.bytes(), salt, size);
    let sealed = block.bytes.as_slice();
    match cipher.trim() {
        "AES-128-CBC" => open::<cbc::Decryptor<Aes128Dec>>(&key(16), &vector, sealed),
        "AES-192-CBC" => open::<cbc::Decryptor<Aes192Dec>>(&key(24), &vector, sealed),
        "AES-256-CBC" => open::<cbc::Decryptor<Aes256Dec>>(&key(32), &vector, sealed),
        "DES-EDE3-CBC" => open::<cbc::Decryptor<TdesEde3>>(&key(24), &vector, sealed),
        other => Err(Error::unsupported(format!("a PEM key encrypted with {other}"))),
    }
}

fn open<D: KeyIvInit + BlockModeDecrypt>(
    key: &[u8],
    vector: &[u8],
    sealed: &[u8],
) -> Result<Zeroizing<Vec<u8>>, Error> {
    let decryptor = D::new_from_slices(key, vector)
        .map_err(|_| Error::bad_key("an encrypted PEM key with a short DEK-Info"))?;
    let mut bytes = Zeroizing::new(sealed.to_vec());
    let length = decryptor
        .decrypt_padded::<Pkcs7>(&mut bytes)
        .map_err(|_| ErrorKind::PassphraseWrong)?
        .len();
    bytes.truncate(length);
    Ok(bytes)
}

fn derive(passphrase: &[u8], salt: &[u8], size: usize) -> Zeroizing<Vec<u8>> {
    let mut key = Zeroizing::new(Vec::with_capacity(size + 16));
    let mut digest = Zeroizing::new([0; 16]);
    let mut first = true;
    while key.len() < size {
        let mut hash = Md5::new();
        if !first {
            hash.update(*digest);
        }
        hash.update(passphrase);
        hash.update(salt);
        *digest = hash.finalize().into();
        key.extend_from_slice(&*digest);
        first = false;
    }
    key.truncate(size);
    key
}
