//! From an envelope's recipients and a key ring to a content-encryption key: which to try, how
//! many, and what to say if none fits.

use std::sync::Arc;

use subtle::{Choice, ConditionallySelectable};

use crate::cipher::{Aead, AeadView};
use crate::cms::{ContentParameters, EnvelopedData, KeyEncryptionAlgorithm, RecipientInfo, Tail};
use crate::error::{Error, ErrorKind, Unsupported};
use crate::keys::{Cost, KeyRing};
use crate::limits::{Limit, Limits};
use crate::options::Rules;
use crate::progress::{check as check_call, current};
use crate::read_at::{ReadAt, Slice, read_exact_at};
use crate::secret::ContentEncryptionKey;

/// Unwraps one candidate key after the other and asks `verdict` about each, with the number of its
/// recipient, until it gives an outcome.
///
/// # Errors
/// Those of [`Envelope::unlock`](crate::message::Envelope::unlock), and those of `verdict`. Where
/// several candidates fail, the first of these that there is: a cancelled one, which ends the
/// search; a key that could not be asked (an external key whose service or token is not reached),
/// since it might have been the right one; a limit; `Decrypt`.
pub(crate) fn unlock<T>(
    data: &EnvelopedData,
    keys: &KeyRing,
    rules: &Rules,
    mut verdict: impl FnMut(ContentEncryptionKey, usize) -> Result<Option<T>, Error>,
) -> Result<T, Error> {
    data.check_algorithm(rules.accept)?;
    let algorithm = &data.algorithm;
    let Some(key_size) = algorithm.key_size() else {
        return Err(algorithm.unsupported());
    };
    let infos = &data.recipient_infos;
    let mut attempts = Attempts::new(keys, rules);
    let mut refusal = Refusal::default();
    for candidate in keys.candidates(infos) {
        check_call()?;
        if let Err(limit) = attempts.check(candidate.cost()) {
            return Err(refusal.unasked.unwrap_or(limit));
        }
        let outcome = match candidate.unwrap_key(infos, key_size) {
            None => continue,
            Some(Ok(key)) if key.bytes().len() == key_size => verdict(key, candidate.recipient)?,
            Some(Ok(_)) => None,
            Some(Err(error)) if matches!(error.kind(), ErrorKind::Cancelled) => return Err(error),
            Some(Err(error)) => {
                attempts.spend(candidate.cost());
                refusal.note(error);
                continue;
            }
        };
        if let Some(outcome) = outcome {
            return Ok(outcome);
        }
        attempts.spend(candidate.cost());
        refusal.note(ErrorKind::Decrypt.into());
    }
    Err(match refusal.into_error() {
        None => no_matching_key(data, keys),
        // Known to everybody, and no more is said of why it failed.
        Some(error) if matches!(error.kind(), ErrorKind::Decrypt) => {
            error.about_keys(recipients(data), given(keys))
        }
        Some(error) => error,
    })
}

/// What the candidates tried so far failed with.
#[derive(Default)]
struct Refusal {
    /// The first that failed before it could be known whether it fits.
    unasked: Option<Error>,
    /// The last that did not fit.
    unfit: Option<Error>,
}

impl Refusal {
    fn note(&mut self, error: Error) {
        if matches!(error.kind(), ErrorKind::Decrypt) {
            self.unfit = Some(error);
        } else {
            self.unasked.get_or_insert(error);
        }
    }

    fn into_error(self) -> Option<Error> {
        self.unasked.or(self.unfit)
    }
}

/// Unwraps candidate keys until one verifies the whole `ciphertext` of an authenticated cipher;
/// returns its plaintext, and the number of the recipient.
///
/// # Errors
/// Those of [`Envelope::unlock`](crate::message::Envelope::unlock), and `Cancelled`.
#[inline(never)]
pub(crate) fn unlock_authenticated<S: ReadAt + 'static>(
    data: &EnvelopedData,
    tail: &Tail,
    ciphertext: S,
    keys: &KeyRing,
    rules: &Rules,
) -> Result<(Arc<dyn ReadAt>, usize), Error> {
    let ContentParameters::Nonce { nonce, tag_size } = &data.parameters else {
        return Err(data.algorithm.unsupported());
    };
    let length = ciphertext.size()?;
    // Without a place of its own the tag stands after the ciphertext.
    let (length, tag) = if let Some(mac) = &tail.mac {
        (length, mac.clone())
    } else {
        let length = length.checked_sub(*tag_size as u64).ok_or(ErrorKind::Truncated)?;
        let mut tag = vec![0; *tag_size];
        read_exact_at(&ciphertext, &mut tag, length)?;
        (length, tag)
    };
    if tag.len() != *tag_size {
        return Err(Error::malformed("the code has another size than the parameters say"));
    }
    let ciphertext = Slice::new(ciphertext, 0, length);
    let (cipher, recipient) = unlock(data, keys, rules, |key, recipient| {
        let cipher = Aead::new(&data.algorithm, key.bytes(), nonce, *tag_size)?;
        let verified = cipher.verify(&ciphertext, &tail.authenticated, &tag)?;
        // The one verdict: the key's and the content's, together.
        let opens = bool::from(key.valid() & verified);
        if !opens && let Some(call) = current() {
            call.gauge().take_back_bytes(length);
        }
        Ok(opens.then_some((cipher, recipient)))
    })?;
    Ok((Arc::new(AeadView::new(ciphertext, cipher)), recipient))
}

/// Whether any of `keys` could open a message, as far as can be seen without trying.
///
/// # Errors
/// Those of [`unlock`] that do not need the content.
pub(crate) fn check(data: &EnvelopedData, keys: &KeyRing, rules: &Rules) -> Result<(), Error> {
    data.check_algorithm(rules.accept)?;
    if data.algorithm.is_authenticated() {
        Aead::check_build(&data.algorithm)?;
    }
    if keys.candidates(&data.recipient_infos).is_empty() {
        return Err(no_matching_key(data, keys));
    }
    Ok(())
}

/// What trying keys for one message may still cost.
struct Attempts {
    operations: usize,
    operations_allowed: usize,
    iterations: u64,
    iterations_allowed: u64,
}

impl Attempts {
    fn new(keys: &KeyRing, limits: &Limits) -> Self {
        // The limit bounds what a stranger's message can cost; the owner's keys may all be tried.
        let operations = limits.private_key_operations.max(keys.private_keys().len());
        let iterations = limits.kdf_iterations;
        Self {
            operations,
            operations_allowed: operations,
            iterations,
            iterations_allowed: iterations,
        }
    }

    /// Refuses what is not left, before it is done.
    fn check(&self, cost: Cost) -> Result<(), Error> {
        match cost {
            Cost::PrivateKeyOperation if self.operations == 0 => {
                Err(Error::limit(Limit::PrivateKeyOperations, self.operations_allowed as u64))
            }
            Cost::Iterations(count) if count > self.iterations => {
                Err(Error::limit(Limit::KdfIterations, self.iterations_allowed))
            }
            _ => Ok(()),
        }
    }

    fn spend(&mut self, cost: Cost) {
        match cost {
            Cost::Nothing => {}
            Cost::PrivateKeyOperation => self.operations = self.operations.saturating_sub(1),
            Cost::Iterations(count) => self.iterations = self.iterations.saturating_sub(count),
        }
    }
}

/// A key to decrypt with where no block of the content can be looked at first.
pub(crate) struct Selected {
    /// The first valid one, selected without a branch, or a substitute. Whether it is valid stays
    /// inside.
    pub(crate) key: ContentEncryptionKey,
    /// What to say if the key turns out not to be valid: `Decrypt`, or that another key, perhaps
    /// the right one, could not be asked.
    pub(crate) refusal: Error,
}

/// Selects the key to decrypt with.
///
/// # Errors
/// As [`unlock`].
pub(crate) fn select(
    data: &EnvelopedData,
    keys: &KeyRing,
    rules: &Rules,
) -> Result<Selected, Error> {
    let mut selected: Option<ContentEncryptionKey> = None;
    let none: Result<(), Error> = unlock(data, keys, rules, |key, _| {
        selected = Some(match selected.take() {
            None => key,
            Some(before) => {
                let pairs = key.bytes().iter().zip(before.bytes());
                let bytes =
                    pairs.map(|(new, old)| u8::conditional_select(new, old, before.valid()));
                let valid: Choice = before.valid() | key.valid();
                ContentEncryptionKey::with_validity(bytes.collect(), valid)
            }
        });
        Ok(None)
    });
    let refusal = none.err().unwrap_or_else(|| ErrorKind::Decrypt.into());
    match selected {
        Some(key) if !matches!(refusal.kind(), ErrorKind::Limit { .. } | ErrorKind::Cancelled) => {
            Ok(Selected { key, refusal })
        }
        _ => Err(refusal),
    }
}

fn no_matching_key(data: &EnvelopedData, keys: &KeyRing) -> Error {
    let infos = &data.recipient_infos;
    // Only if none of the recipients is of a kind that a key could have been for.
    if let Some(reasons) = infos.iter().map(RecipientInfo::unsupported).collect::<Option<Vec<_>>>()
        && let (Some(reason), Some(info)) = (reasons.first(), infos.first())
    {
        let what = format!("a recipient by {}: {reason}", info.kind());
        return match info.key_encryption_algorithm() {
            Some(KeyEncryptionAlgorithm::Other { oid }) => {
                Unsupported::Named { what, oid: *oid }.into()
            }
            _ => Error::unsupported(what),
        };
    }
    ErrorKind::NoMatchingKey { recipients: recipients(data), given: given(keys) }.into()
}

/// For whom the message is, one text per recipient.
fn recipients(data: &EnvelopedData) -> Vec<String> {
    data.recipient_infos.iter().map(RecipientInfo::describe).collect()
}

/// What was given, one text per key and per item that cannot be used.
fn given(keys: &KeyRing) -> Vec<String> {
    let mut given = keys.describe();
    given.extend(keys.unusable().iter().map(|item| format!("not usable: {item}")));
    given
}
