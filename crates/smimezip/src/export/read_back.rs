//! What was made is opened and verified, by the same way as anybody else's export, before its parts
//! get their names.

#[cfg(feature = "extract")]
use std::ops::ControlFlow;

use super::Export;
use crate::build::BuildOptions;
use crate::error::Error;
#[cfg(feature = "extract")]
use crate::extract::ExtractOptions;
use crate::keys::KeyRing;
use crate::limits::{Limit, Limits};
use crate::message::KnownKeys;
use crate::options::UnlockOptions;
use crate::parts::{Part, PartReceipt, PartSink};
use crate::progress::Progress;
#[cfg(feature = "extract")]
use crate::progress::{Phase, listener};
use crate::zip::Archive;

/// Limits on what others could have made; what was made here may have any size.
const LIFTED: [Limit; 4] = [Limit::Parts, Limit::Directory, Limit::Entries, Limit::Ratio];

fn limits() -> Limits {
    LIFTED.iter().fold(Limits::new(), |limits, limit| limits.with(*limit, u64::MAX))
}

/// Opens the archive, if the sink has its parts still.
///
/// # Errors
/// That what was made is not what it should be; what the sink returns; `Cancelled`.
pub(super) fn open<S: PartSink>(
    sink: &S,
    receipts: &[PartReceipt],
    known: KnownKeys,
    build: &BuildOptions,
    progress: &mut dyn Progress,
) -> Result<Option<Archive>, Error> {
    let mut parts = Vec::with_capacity(receipts.len());
    for receipt in receipts {
        let Some(source) = sink.read_back(receipt)? else { return Ok(None) };
        parts.push(Part::new(receipt.name().to_string(), source));
    }
    let mut keys = KeyRing::new();
    keys.add_key(Box::new(known));
    let (token, threads) = (build.token(), build.thread_count());
    let unlock = UnlockOptions::new().limits(&limits()).cancel(token).threads(threads);
    Export::from_parts(parts)?.unlock_with(&keys, &unlock, progress).map(Some)
}

/// Reads every entry.
///
/// # Errors
/// As [`open`].
#[cfg(feature = "extract")]
pub(super) fn verify(
    archive: &Archive,
    build: &BuildOptions,
    progress: &mut dyn Progress,
) -> Result<(), Error> {
    let (token, threads) = (build.token(), build.thread_count());
    let extract = ExtractOptions::new().limits(&limits()).cancel(token).threads(threads);
    // What is to be verified was planned when it was made.
    let mut verifying = listener(|event| match event.phase {
        Phase::Planning => ControlFlow::Continue(()),
        _ => progress.report(event),
    });
    archive.verify_with(&extract, &mut verifying).map(drop)
}
