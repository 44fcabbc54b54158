//! CBC mode with the padding of PKCS #7, over an encrypted key in memory: the one thing that all
//! schemes of encrypted keys end with. Contents of messages are decrypted in `cipher/`.

use cbc::cipher::block_padding::Pkcs7;
use cbc::cipher::{BlockCipherDecrypt, BlockModeDecrypt, InnerIvInit, InvalidLength};
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
