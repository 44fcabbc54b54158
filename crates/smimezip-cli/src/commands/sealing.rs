//! What commands that seal have in common: for whom, and how.

use std::path::PathBuf;
use std::time::SystemTime;

use smimezip::Certificate;
use smimezip::cms::ContentEncryptionAlgorithm;
use smimezip::keys::Recipient;
use smimezip::message::SealOptions;

use crate::args::Sealing;
use crate::exit::Failure;

/// The failure where nobody could open what is made.
pub(crate) fn for_nobody(flags: &str) -> Failure {
    Failure::Usage(format!("for whom? {flags} is needed, or `to` in the configuration file"))
}

/// The owners of all certificates that were named.
pub(crate) fn recipients(args: &Sealing) -> Result<Vec<Recipient>, Failure> {
    let now = SystemTime::now();
    let of = |file: &PathBuf| {
        let recipient = Recipient::from_certificate(&Certificate::from_file(file)?, now);
        Ok(recipient.map_err(|error| error.in_part(file.display().to_string()))?)
    };
    args.to.iter().map(of).collect()
}

pub(crate) fn options(args: &Sealing) -> SealOptions {
    let options = SealOptions::new().container(args.container.into());
    if args.authenticated {
        return options.content_encryption(ContentEncryptionAlgorithm::Aes256Gcm);
    }
    options
}
