//! From an envelope's recipients and a key ring to a content-encryption key: which to try, how
//! many, and what to say if none fits.

use subtle::{Choice, ConditionallySelectable};

use crate::cms::{EnvelopedData, KeyEncryptionAlgorithm, RecipientKind};
use crate::error::{Error, ErrorKind};
use crate::keys::KeyRing;
use crate::limits::Limits;
use crate::secret::ContentEncryptionKey;

/// Unwraps one candidate key after the other and asks `verdict` about each, with the number of its
/// recipient, until it gives an outcome.
///
/// # Errors
/// Those of [`Envelope::unlock`](crate::Envelope::unlock), and those of `verdict`.
pub(crate) fn unlock<T>(
    data: &EnvelopedData,
    keys: &KeyRing,
    limits: &Limits,
    mut verdict: impl FnMut(ContentEncryptionKey, usize) -> Result<Option<T>, Error>,
) -> Result<T, Error> {
    let algorithm = &data.algorithm;
    let Some(key_size) = algorithm.key_size() else {
        return Err(Error::unsupported(format!("content encryption {algorithm}")));
    };
    let infos = &data.recipient_infos;
    // The limit bounds what a stranger's message can cost; the owner's keys may all be tried.
    let allowed = limits.private_key_operations.max(keys.rsa_keys().len());
    let mut operations = 0;
    let mut refusal = None;
    for candidate in keys.candidates(infos) {
        if operations == allowed {
            return Err(Error::limit("private_key_operations", allowed as u64));
        }
        let outcome = match candidate.unwrap_key(infos, key_size) {
            None => continue,
            Some(Ok(key)) if key.octets().len() == key_size => verdict(key, candidate.recipient)?,
            Some(Ok(_)) => None,
            Some(Err(error)) => {
                operations += 1;
                refusal = Some(error);
                continue;
            }
        };
        if let Some(outcome) = outcome {
            return Ok(outcome);
        }
        operations += 1;
        refusal = Some(ErrorKind::Decrypt.into());
    }
    Err(refusal.unwrap_or_else(|| no_matching_key(data)))
}

/// The key to decrypt with where no block of the content can be looked at first: the first valid
/// one, selected without a branch, or a substitute. Whether it is valid stays inside it.
///
/// # Errors
/// As [`unlock`].
pub(crate) fn select(
    data: &EnvelopedData,
    keys: &KeyRing,
    limits: &Limits,
) -> Result<ContentEncryptionKey, Error> {
    let mut selected: Option<ContentEncryptionKey> = None;
    let none: Result<(), Error> = unlock(data, keys, limits, |key, _| {
        selected = Some(match selected.take() {
            None => key,
            Some(before) => {
                let pairs = key.octets().iter().zip(before.octets());
                let octets =
                    pairs.map(|(new, old)| u8::conditional_select(new, old, before.valid()));
                let valid: Choice = before.valid() | key.valid();
                ContentEncryptionKey::perhaps(octets.collect(), valid)
            }
        });
        Ok(None)
    });
    match (selected, none) {
        (Some(key), Err(error)) if !matches!(error.kind(), ErrorKind::Limit { .. }) => Ok(key),
        (None, Ok(())) => Err(ErrorKind::Decrypt.into()),
        (_, Err(error)) => Err(error),
        (Some(key), Ok(())) => Ok(key),
    }
}

fn no_matching_key(data: &EnvelopedData) -> Error {
    let infos = &data.recipient_infos;
    let unsupported = infos.iter().find(|info| {
        info.kind() != RecipientKind::KeyTransport
            || info.key_encryption_algorithm() != Some(&KeyEncryptionAlgorithm::RsaesPkcs1V15)
    });
    match unsupported {
        // Only if none of the recipients is of a kind that a key could have been for.
        Some(info) if infos.len() == 1 => {
            let how = info
                .key_encryption_algorithm()
                .map_or_else(|| info.kind().to_string(), ToString::to_string);
            Error::unsupported(format!("a recipient by {how}"))
        }
        _ => {
            let recipients = infos.iter().map(ToString::to_string).collect();
            ErrorKind::NoMatchingKey { recipients }.into()
        }
    }
}
