//! CBC mode over an encrypted key in memory, padded as PKCS #7 says or not at all: the one thing
//! that all schemes of encrypted keys end with. Contents of messages are decrypted in `cipher/`.

use cbc::cipher::block_padding::{NoPadding, Pkcs7};
use cbc::cipher::{BlockCipherDecrypt, BlockModeDecrypt, InnerIvInit, InvalidLength, KeyIvInit};
use zeroize::Zeroizing;

/// Decrypts in CBC mode and removes the padding of PKCS #7; `None` if it is not in order.
pub(super) fn open<C: BlockCipherDecrypt>(
    cipher: Result<C, InvalidLength>,
    vector: &[u8],
    sealed: &[u8],
) -> Option<Zeroizing<Vec<u8>>> {
    let decryptor = cbc::Decryptor::inner_iv_slice_init(cipher.ok()?, vector).ok()?;
    let mut bytes = Zeroizing::new(sealed.to_vec());
    let length = decryptor.decrypt_padded::<Pkcs7>(&mut bytes).ok()?.len();
    bytes.truncate(length);
    Some(bytes)
}

/// Both passes of the key wrap of RFC 3211 (section 2.3.2); `None` for what is not whole blocks.
pub(super) fn twice<C>(kek: &[u8], vector: &[u8], wrapped: &[u8]) -> Option<Zeroizing<Vec<u8>>>
where
    C: BlockCipherDecrypt,
    cbc::Decryptor<C>: KeyIvInit,
{
    let size = C::block_size();
    if wrapped.len() < 2 * size || !wrapped.len().is_multiple_of(size) {
        return None;
    }
    // The outer pass had the last block of the inner one as its initialization vector.
    let last = unpadded::<C>(
        kek,
        &wrapped[wrapped.len() - 2 * size..wrapped.len() - size],
        &wrapped[wrapped.len() - size..],
    )?;
    let inner = unpadded::<C>(kek, &last, wrapped)?;
    unpadded::<C>(kek, vector, &inner)
}

/// Decrypts whole blocks in CBC mode; `None` if they are not whole.
pub(super) fn unpadded<C>(key: &[u8], vector: &[u8], bytes: &[u8]) -> Option<Zeroizing<Vec<u8>>>
where
    C: BlockCipherDecrypt,
    cbc::Decryptor<C>: KeyIvInit,
{
    let mut plain = Zeroizing::new(bytes.to_vec());
    cbc::Decryptor::<C>::new_from_slices(key, vector)
        .ok()?
        .decrypt_padded::<NoPadding>(&mut plain)
        .ok()?;
    Some(plain)
}
