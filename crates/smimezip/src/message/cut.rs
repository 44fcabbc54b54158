//! What there is of a message that was cut off, or whose end is damaged: as much of its content as
//! there are whole blocks of. Whoever reads it must know of each byte that it is right.

use std::sync::Arc;

use super::content::Content;
use super::unlock;
use crate::asn1::OctetView;
use crate::cipher::{BlockCipher, CbcView};
use crate::cms::{ContentParameters, EnvelopedData};
use crate::error::{Error, ErrorKind};
use crate::integrity::Integrity;
use crate::keys::KeyRing;
use crate::options::{InnerLayers, Rules};
use crate::read_at::{ReadAt, Slice};
use crate::smime;

/// The content of the message at the start of `source`, as far as there is any, within a call. No
/// padding is looked at, nor removed. A key that is not the right one gives bytes that mean
/// nothing, as in [`Decoder`](crate::message::Decoder), which cannot look at the end either.
///
/// # Errors
/// What is wrong with the message's head; those of [`Envelope::unlock`](super::Envelope::unlock)
/// about keys; `Truncated` for content that is authenticated: without its end nobody knows whether
/// any of it is right (RFC 5083 section 2).
pub(crate) fn content_of_cut(
    source: &Arc<dyn ReadAt>,
    keys: &KeyRing,
    layers: InnerLayers,
    rules: &Rules,
) -> Result<Arc<dyn ReadAt>, Error> {
    let body = smime::open_cut(source, rules)?;
    let data = EnvelopedData::read_cut(&body, rules)?;
    let ContentParameters::Vector(vector) = &data.parameters else {
        return Err(ErrorKind::Truncated.into());
    };
    let ciphertext = OctetView::open_cut(Arc::clone(&body), &data.content, rules)?;
    let selected = unlock::select(&data, keys, rules)?;
    let cipher = BlockCipher::new(&data.algorithm, selected.key.bytes())?;
    let length = ciphertext.size()?;
    let whole = length - length % cipher.block_size() as u64;
    let view = CbcView::new(Slice::new(ciphertext, 0, whole), cipher, vector.clone(), 0)?;
    let content = Content::new(Arc::new(view), Integrity::None, 0)?;
    // Layers inside are unwrapped where they are whole enough to be seen.
    match content.clone().inside_of(layers, rules) {
        Err(error) if error.is_passing() => Err(error),
        inside => Ok(Arc::new(inside.unwrap_or(content))),
    }
}
