//! Doors to single layers, for the fuzz targets, the checks of constant time and the benchmarks in
//! this repository. Only thin calls of what the layers do anyway; nothing that an application could
//! need.

use std::sync::Arc;

use subtle::Choice;

use crate::asn1::{self, Next, OctetFeed, OctetPlace, OctetView, Reader};
use crate::cipher::{self, BlockCipher, CbcView};
use crate::cms::ContentEncryptionAlgorithm;
use crate::error::{Error, ErrorKind};
use crate::keys;
use crate::options::UnlockOptions;
use crate::read_at::{ReadAt, read_exact_at};
use crate::smime::{self, Container, Forward};

/// The same options, by which the places of lines and chunks are found by scanning, as where
/// assuming them proved wrong.
#[must_use]
pub fn scanning(options: UnlockOptions) -> UnlockOptions {
    options.scanning()
}

/// The bytes inside a message's outside, read at positions.
pub fn outside(message: &[u8], options: &UnlockOptions) -> Result<(Container, Vec<u8>), Error> {
    let source: Arc<dyn ReadAt> = Arc::new(message.to_vec());
    let opened = smime::open(&source, options.rules())?;
    let mut bytes = all(&opened.body)?;
    if let Some(size) = size_in(&bytes) {
        let size = usize::try_from(size).ok().filter(|size| *size <= bytes.len());
        bytes.truncate(size.ok_or(ErrorKind::Truncated)?);
    }
    opened.check_end(bytes.len() as u64, options.rules())?;
    Ok((opened.container.clone(), bytes))
}

/// The bytes inside a message's outside, fed forward in `pieces`.
pub fn outside_forward<'a>(
    pieces: impl IntoIterator<Item = &'a [u8]>,
    options: &UnlockOptions,
) -> Result<Vec<u8>, Error> {
    let mut forward = Forward::new(options.rules());
    let mut bytes = Vec::new();
    let mut complete = false;
    let is_all = |bytes: &[u8]| size_in(bytes).is_some_and(|it| bytes.len() as u64 >= it);
    for piece in pieces {
        forward.update(piece, &mut bytes)?;
        if !complete && is_all(&bytes) {
            forward.complete(size_in(&bytes).unwrap_or(0));
            complete = true;
        }
    }
    forward.finish(&mut bytes)?;
    let size = size_in(&bytes);
    if !complete {
        let whole = is_all(&bytes) || (size.is_none() && !bytes.is_empty());
        match forward.problem() {
            Some(error) if size.is_none() || !whole => return Err(error),
            _ if !whole => return Err(ErrorKind::Truncated.into()),
            _ => forward.complete(size.unwrap_or(bytes.len() as u64)),
        }
    }
    bytes.truncate(size.and_then(|size| usize::try_from(size).ok()).unwrap_or(bytes.len()));
    forward.check_end()?;
    Ok(bytes)
}

/// The size that a structure says it has at its start.
fn size_in(bytes: &[u8]) -> Option<u64> {
    let header = asn1::parse_header(bytes).ok()?;
    match header.length {
        asn1::Length::Definite(length) => Some(length.saturating_add(header.size.into())),
        asn1::Length::Indefinite => None,
    }
}

/// Labels, numbers of headers and bytes of the PEM objects in a file.
pub fn pem(file: &[u8]) -> Result<Vec<(String, usize, Vec<u8>)>, Error> {
    let blocks = smime::pem::blocks(file).into_iter();
    blocks
        .map(|block| match block {
            Ok(it) => Ok((it.label, it.headers.len(), it.bytes.to_vec())),
            Err(broken) => Err(Error::bad_key(broken.reason)),
        })
        .collect()
}

/// The bytes of the OCTET STRING at the start of `ber`, read at positions, and its end.
pub fn octet_string(ber: &[u8], options: &UnlockOptions) -> Result<(Vec<u8>, u64), Error> {
    let place = place(ber, options)?;
    let (view, end) = OctetView::open(ber.to_vec(), &place, options.rules())?;
    Ok((all(&view)?, end))
}

/// The same, met in their order.
pub fn octet_string_forward(ber: &[u8], options: &UnlockOptions) -> Result<(Vec<u8>, u64), Error> {
    let mut feed = OctetFeed::new(&place(ber, options)?, options.rules())?;
    let mut bytes = Vec::new();
    loop {
        match feed.next(&ber)? {
            Next::End(end) => return Ok((bytes, end)),
            Next::Bytes { start, length } => {
                let start = usize::try_from(start).unwrap_or(usize::MAX);
                let length = usize::try_from(length).unwrap_or(usize::MAX);
                let piece = ber.get(start..start.saturating_add(length));
                bytes.extend_from_slice(piece.ok_or(ErrorKind::Truncated)?);
            }
        }
    }
}

fn place(ber: &[u8], options: &UnlockOptions) -> Result<OctetPlace, Error> {
    let element = Reader::new(ber, 0, options.rules()).element(0)?;
    let expected_end = element.end()?.unwrap_or((ber.len() as u64).saturating_sub(2));
    Ok(OctetPlace { element, expected_end })
}

/// One element from BER to DER.
pub fn to_der(ber: &[u8], depth: usize) -> Result<Vec<u8>, Error> {
    asn1::to_der(ber, depth)
}

/// What deriving keys for key files cost on this thread since the last call, in the iterations that
/// [`Limits::kdf_iterations`](crate::Limits::kdf_iterations) counts: noted where it is done, not
/// where it is allowed.
pub fn derivation_work() -> u64 {
    keys::work::take()
}

/// Removes the padding of a decrypted RSA block (PKCS #1 v1.5): the key or the substitute, and 1 or
/// 0 for which.
pub fn select_key(block: &[u8], size: usize, in_range: u8, substitute: &[u8]) -> (Vec<u8>, u8) {
    let key = keys::select_key(block, size, Choice::from(in_range), substitute);
    (key.bytes().to_vec(), key.valid().unwrap_u8())
}

/// Looks at the padding of a last block (RFC 5652 section 6.3): 1 or 0, and how many bytes.
pub fn padding(block: &[u8]) -> (u8, u8) {
    let (valid, count) = cipher::check_padding(block);
    (valid.unwrap_u8(), count)
}

/// The bytes inside a message's outside, as a view.
pub fn outside_view(
    message: &Arc<dyn ReadAt>,
    options: &UnlockOptions,
) -> Result<impl ReadAt + use<>, Error> {
    Ok(smime::open(message, options.rules())?.body)
}

/// The bytes of the OCTET STRING that `ber` consists of, as a view.
pub fn octet_string_view(
    ber: Arc<dyn ReadAt>,
    options: &UnlockOptions,
) -> Result<impl ReadAt + use<>, Error> {
    let element = Reader::new(&ber, 0, options.rules()).element(0)?;
    let expected_end = element.end()?.unwrap_or(ber.size()?.saturating_sub(2));
    Ok(OctetView::open(ber, &OctetPlace { element, expected_end }, options.rules())?.0)
}

/// What AES-256-CBC decrypts `source` to, padding included, as a view.
pub fn aes256_cbc_view(
    source: Arc<dyn ReadAt>,
    key: &[u8; 32],
    initialization_vector: &[u8; 16],
) -> Result<impl ReadAt + use<>, Error> {
    let cipher = BlockCipher::new(&ContentEncryptionAlgorithm::Aes256Cbc, key)?;
    Ok(CbcView::new(source, cipher, initialization_vector.to_vec(), 0)?)
}

fn all<S: ReadAt + ?Sized>(source: &S) -> Result<Vec<u8>, Error> {
    let size = usize::try_from(source.size()?).map_err(std::io::Error::other)?;
    let mut bytes = vec![0; size];
    read_exact_at(source, &mut bytes, 0)?;
    Ok(bytes)
}
