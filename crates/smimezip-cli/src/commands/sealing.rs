//! What commands that seal have in common: for whom, and how.

use std::path::Path;
use std::time::SystemTime;

use smimezip::cms::ContentEncryptionAlgorithm;
use smimezip::keys::Recipient;
use smimezip::message::SealOptions;
use smimezip::{Certificate, Error};

use crate::args::Sealing;
use crate::exit::Failure;

/// Bytes of a file of certificates that are read; one with a chain has some ten KiB.
const MAX_FILE: u64 = 1024 * 1024;

/// The owners of all certificates that were named.
pub(crate) fn recipients(args: &Sealing) -> Result<Vec<Recipient>, Failure> {
    let now = SystemTime::now();
    let of = |file| {
        let recipient = Recipient::from_certificate(&certificate(file)?, now);
        Ok(recipient.map_err(|error| named(error, file))?)
    };
    args.to.iter().map(|file| of(file)).collect()
}

pub(crate) fn options(args: &Sealing) -> SealOptions {
    let options = SealOptions::new().container(args.container.into());
    if args.authenticated {
        return options.content_encryption(ContentEncryptionAlgorithm::Aes256Gcm);
    }
    options
}

/// The first certificate in a file.
pub(crate) fn certificate(file: &Path) -> Result<Certificate, Failure> {
    let bytes = read(file).map_err(|error| named(error.into(), file))?;
    Ok(Certificate::from_bytes(&bytes).map_err(|error| named(error, file))?)
}

fn read(file: &Path) -> std::io::Result<Vec<u8>> {
    use std::io::Read as _;
    let mut bytes = Vec::new();
    std::fs::File::open(file)?.take(MAX_FILE).read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn named(error: Error, file: &Path) -> Error {
    error.in_part(file.display().to_string())
}
