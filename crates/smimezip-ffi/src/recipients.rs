//! `smz_recipients`: whom something is sealed for.

use std::time::SystemTime;

use smimezip::Passphrase;
use smimezip::cms::HashAlgorithm;
use smimezip::keys::{Certificate, Recipient};

use crate::boundary;
use crate::error::{Failure, smz_error};
use crate::handles::{self, Handle};
use crate::status::smz_status;

/// smz_recipients_add_certificate(): the certificate need not be valid now.
pub const SMZ_CERTIFICATE_AT_ANY_TIME: u32 = 1;
/// smz_recipients_add_certificate(): the message names the recipient by the certificate's
/// subjectKeyIdentifier, which `openssl smime -decrypt` does not open.
pub const SMZ_CERTIFICATE_BY_KEY_IDENTIFIER: u32 = 2;
/// smz_recipients_add_certificate(): the key is encrypted with RSAES-OAEP and SHA-256, which
/// `openssl smime -decrypt` does not open.
pub const SMZ_CERTIFICATE_OAEP_SHA256: u32 = 4;

/// All of them.
const FLAGS: u32 =
    SMZ_CERTIFICATE_AT_ANY_TIME | SMZ_CERTIFICATE_BY_KEY_IDENTIFIER | SMZ_CERTIFICATE_OAEP_SHA256;

/// Whom something is sealed for. Each of them opens it alone.
pub struct smz_recipients {
    pub(crate) list: Vec<Recipient>,
}

impl Handle for smz_recipients {
    const NAME: &'static str = "smz_recipients";
}

/// Makes an empty list of recipients. Since 0.1.
///
/// @return The list, to be freed with smz_recipients_free(); NULL only after a bug.
/// @note Threads: any.
#[unsafe(no_mangle)]
pub extern "C" fn smz_recipients_new() -> *mut smz_recipients {
    boundary::value(std::ptr::null_mut(), || {
        Ok(handles::publish(smz_recipients { list: Vec::new() }))
    })
}

/// Frees a list of recipients and wipes its secrets. NULL is fine. Since 0.1.
///
/// @param recipients The list, or NULL.
/// @note Threads: any one; nobody uses the handle afterwards.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn smz_recipients_free(recipients: *mut smz_recipients) {
    boundary::free(recipients);
}

/// Adds the owner of a certificate, which must be valid now. Since 0.1.
///
/// @param recipients The list.
/// @param data A certificate, PEM or DER; of several the first one.
/// @param data_len Its length in bytes.
/// @param flags 0, or some of SMZ_CERTIFICATE_… added together.
/// @param err Where an error goes, or NULL.
/// @return SMZ_OK; SMZ_ERR_UNSUITABLE_CERTIFICATE if nothing can be sealed for it, and why;
/// SMZ_ERR_INVALID_ARGUMENT for other flags; SMZ_ERR_BAD_KEY for what is no
/// certificate, SMZ_ERR_UNSUPPORTED, SMZ_ERR_IO.
/// @note Threads: one at a time with the same handle; another gets SMZ_ERR_BUSY.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn smz_recipients_add_certificate(
    recipients: *mut smz_recipients,
    data: *const u8,
    data_len: usize,
    flags: u32,
    err: *mut *mut smz_error,
) -> smz_status {
    // SAFETY: the header's promise about every pointer.
    unsafe {
        boundary::call(err, || {
            let data = boundary::bytes(data, data_len, "data")?;
            let mut recipients = handles::exclusive(recipients)?;
            recipients.list.push(of_certificate(data, flags)?);
            Ok(())
        })
    }
}

fn of_certificate(data: &[u8], flags: u32) -> Result<Recipient, Failure> {
    if flags & !FLAGS != 0 {
        return Err(Failure::argument("flags has bits that mean nothing".into()));
    }
    let certificate = Certificate::from_bytes(data)?;
    let mut recipient = if flags & SMZ_CERTIFICATE_AT_ANY_TIME != 0 {
        Recipient::from_certificate_at_any_time(&certificate)?
    } else {
        Recipient::from_certificate(&certificate, SystemTime::now())?
    };
    if flags & SMZ_CERTIFICATE_BY_KEY_IDENTIFIER != 0 {
        recipient = recipient.by_key_identifier()?;
    }
    if flags & SMZ_CERTIFICATE_OAEP_SHA256 != 0 {
        recipient = recipient.with_oaep(HashAlgorithm::Sha256)?;
    }
    Ok(recipient)
}

/// Adds whoever knows a password. It must be one that nobody guesses. Since 0.1.
///
/// @param recipients The list.
/// @param password Its bytes; they are copied, and wiped with the list.
/// @param password_len How many; not 0.
/// @param iterations Of PBKDF2, at least 1,000; 0 for the default, 600,000.
/// @param err Where an error goes, or NULL.
/// @return SMZ_OK or SMZ_ERR_INVALID_ARGUMENT.
/// @note Threads: one at a time with the same handle; another gets SMZ_ERR_BUSY.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn smz_recipients_add_password(
    recipients: *mut smz_recipients,
    password: *const u8,
    password_len: usize,
    iterations: u32,
    err: *mut *mut smz_error,
) -> smz_status {
    // SAFETY: the header's promise about every pointer.
    unsafe {
        boundary::call(err, || {
            let password = boundary::bytes(password, password_len, "password")?;
            let mut recipients = handles::exclusive(recipients)?;
            let mut recipient = Recipient::from_password(Passphrase::new(password))?;
            if iterations != 0 {
                recipient = recipient.with_iterations(iterations)?;
            }
            recipients.list.push(recipient);
            Ok(())
        })
    }
}

/// Adds whoever has a secret key (RFC 5652 section 6.2.3, `kekri`). Since 0.1.
///
/// @param recipients The list.
/// @param key The key's bytes: 16, 24 or 32. They are copied, and wiped with the list.
/// @param key_len How many.
/// @param identifier The key's name, which everybody can read in the message.
/// @param identifier_len Its length in bytes.
/// @param err Where an error goes, or NULL.
/// @return SMZ_OK, SMZ_ERR_BAD_KEY for a key of another size, SMZ_ERR_INVALID_ARGUMENT.
/// @note Threads: one at a time with the same handle; another gets SMZ_ERR_BUSY.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn smz_recipients_add_secret_key(
    recipients: *mut smz_recipients,
    key: *const u8,
    key_len: usize,
    identifier: *const u8,
    identifier_len: usize,
    err: *mut *mut smz_error,
) -> smz_status {
    // SAFETY: the header's promise about every pointer.
    unsafe {
        boundary::call(err, || {
            let key = boundary::bytes(key, key_len, "key")?;
            let identifier = boundary::bytes(identifier, identifier_len, "identifier")?;
            let mut recipients = handles::exclusive(recipients)?;
            recipients.list.push(Recipient::from_secret_key(key, identifier)?);
            Ok(())
        })
    }
}
