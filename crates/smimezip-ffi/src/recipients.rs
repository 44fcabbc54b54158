//! `smz_recipients`: whom something is sealed for.

use std::ffi::{CString, c_char};
use std::time::SystemTime;

use smimezip::Passphrase;
use smimezip::cms::HashAlgorithm;
use smimezip::keys::{Certificate, Recipient};

use crate::boundary;
use crate::error::{Failure, smz_error};
use crate::handles::{self, Handle};
use crate::status::smz_status;
use crate::struct_size::{self, StructSize};
use crate::text::c_string;
use crate::unix_time::instant_at;

/// Whom something is sealed for: each of them opens it alone, with its own key. Reading it is
/// allowed to several threads at the same time.
pub struct smz_recipients {
    pub(crate) list: Vec<Recipient>,
    texts: Vec<CString>,
}

impl Handle for smz_recipients {
    const NAME: &'static str = "smz_recipients";
}

/// A flag of smz_certificate_options: the certificate need not be valid at any time.
pub const SMZ_CERTIFICATE_AT_ANY_TIME: u32 = 1;
/// A flag of smz_certificate_options: the message names the recipient by the certificate's
/// subjectKeyIdentifier, which `openssl smime -decrypt` does not open; `openssl cms` does.
pub const SMZ_CERTIFICATE_BY_KEY_IDENTIFIER: u32 = 2;

/// smz_certificate_options.key_transport: RSAES-PKCS1-v1_5, which every program opens; and for keys
/// that are not RSA's the only way that there is.
pub const SMZ_KEY_TRANSPORT_DEFAULT: i32 = 0;
/// smz_certificate_options.key_transport: RSAES-OAEP with SHA-1 (RFC 3560), which `openssl smime
/// -decrypt` does not open; `openssl cms` does. The same holds for the other hashes.
pub const SMZ_KEY_TRANSPORT_OAEP_SHA1: i32 = 1;
/// smz_certificate_options.key_transport: RSAES-OAEP with SHA-224.
pub const SMZ_KEY_TRANSPORT_OAEP_SHA224: i32 = 2;
/// smz_certificate_options.key_transport: RSAES-OAEP with SHA-256.
pub const SMZ_KEY_TRANSPORT_OAEP_SHA256: i32 = 3;
/// smz_certificate_options.key_transport: RSAES-OAEP with SHA-384.
pub const SMZ_KEY_TRANSPORT_OAEP_SHA384: i32 = 4;
/// smz_certificate_options.key_transport: RSAES-OAEP with SHA-512.
pub const SMZ_KEY_TRANSPORT_OAEP_SHA512: i32 = 5;

/// How something is sealed for the owner of a certificate. Zeros are the defaults. Since 0.1.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct smz_certificate_options {
    /// To be set to sizeof(smz_certificate_options).
    pub struct_size: usize,
    /// The time at which the certificate must be valid, in seconds since 1970-01-01 00:00 UTC; 0
    /// for now, as the machine's clock says it.
    pub valid_at: i64,
    /// SMZ_CERTIFICATE_AT_ANY_TIME, SMZ_CERTIFICATE_BY_KEY_IDENTIFIER, their sum, or 0.
    pub flags: u32,
    /// SMZ_KEY_TRANSPORT_…
    pub key_transport: i32,
}

// SAFETY: `repr(C)`, the size first, numbers only.
unsafe impl StructSize for smz_certificate_options {
    const NAME: &'static str = "smz_certificate_options";
}

impl smz_recipients {
    fn add(&mut self, recipient: Recipient) {
        self.texts.push(c_string(recipient.to_string()));
        self.list.push(recipient);
    }
}

/// How a certificate is used, as the core has it.
struct CertificateUse {
    /// `None` for any time.
    at: Option<SystemTime>,
    oaep: Option<HashAlgorithm>,
    by_key_identifier: bool,
}

impl CertificateUse {
    /// # Safety
    /// `options` is NULL or points to as many bytes as its first field says.
    unsafe fn read(options: *const smz_certificate_options) -> Result<Self, Failure> {
        let options = if options.is_null() {
            struct_size::empty()
        } else {
            // SAFETY: promised by the caller.
            unsafe { struct_size::read(options) }?
        };
        let flags = SMZ_CERTIFICATE_AT_ANY_TIME | SMZ_CERTIFICATE_BY_KEY_IDENTIFIER;
        if options.flags & !flags != 0 {
            return Err(Failure::argument("smz_certificate_options with unknown flags".into()));
        }
        let at = match options.valid_at {
            _ if options.flags & SMZ_CERTIFICATE_AT_ANY_TIME != 0 => None,
            0 => Some(SystemTime::now()),
            seconds => Some(instant_at(seconds, "valid_at")?),
        };
        let by_key_identifier = options.flags & SMZ_CERTIFICATE_BY_KEY_IDENTIFIER != 0;
        Ok(Self { at, oaep: oaep(options.key_transport)?, by_key_identifier })
    }

    fn recipient(&self, certificate: &Certificate) -> Result<Recipient, Failure> {
        let mut recipient = match self.at {
            Some(time) => Recipient::from_certificate(certificate, time)?,
            None => Recipient::from_certificate_at_any_time(certificate)?,
        };
        if let Some(hash) = self.oaep {
            recipient = recipient.with_oaep(hash)?;
        }
        Ok(if self.by_key_identifier { recipient.by_key_identifier()? } else { recipient })
    }
}

fn oaep(key_transport: i32) -> Result<Option<HashAlgorithm>, Failure> {
    Ok(Some(match key_transport {
        SMZ_KEY_TRANSPORT_DEFAULT => return Ok(None),
        SMZ_KEY_TRANSPORT_OAEP_SHA1 => HashAlgorithm::Sha1,
        SMZ_KEY_TRANSPORT_OAEP_SHA224 => HashAlgorithm::Sha224,
        SMZ_KEY_TRANSPORT_OAEP_SHA256 => HashAlgorithm::Sha256,
        SMZ_KEY_TRANSPORT_OAEP_SHA384 => HashAlgorithm::Sha384,
        SMZ_KEY_TRANSPORT_OAEP_SHA512 => HashAlgorithm::Sha512,
        other => return Err(Failure::argument(format!("no such key_transport: {other}"))),
    }))
}

/// Makes an empty list of recipients. Since 0.1.
///
/// @return The list, to be freed with smz_recipients_free(); NULL only after a bug.
/// @note Threads: any.
#[unsafe(no_mangle)]
pub extern "C" fn smz_recipients_new() -> *mut smz_recipients {
    boundary::value(std::ptr::null_mut(), || {
        Ok(handles::publish(smz_recipients { list: Vec::new(), texts: Vec::new() }))
    })
}

/// Frees a list of recipients. NULL is fine. Its passwords and keys are wiped when nothing that was
/// made with it needs them any more. Since 0.1.
///
/// @param recipients The list, or NULL.
/// @note Threads: any one; nobody uses the handle afterwards.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn smz_recipients_free(recipients: *mut smz_recipients) {
    boundary::free(recipients);
}

/// Adds the owner of the first certificate in a file, PEM or DER. That it belongs to whom it says
/// is not checked: it is yours to know. Since 0.1.
///
/// The documented `openssl smime -decrypt` reads messages for RSA keys alone: if anybody else is
/// among the recipients, it opens the message for none of them. `openssl cms -decrypt` does.
///
/// @param recipients The list; unchanged after a failure.
/// @param path The file: bytes on Unix, UTF-8 on Windows.
/// @param options How it is used, or NULL.
/// @param err Where an error goes, or NULL.
/// @return SMZ_OK; SMZ_ERR_UNSUITABLE_CERTIFICATE if nothing can be sealed for it, and why: its
/// time, its keyUsage, an RSA key below 2048 bits, a key of another kind; SMZ_ERR_BAD_KEY for what
/// is no certificate, SMZ_ERR_INVALID_ARGUMENT, SMZ_ERR_UNSUPPORTED, SMZ_ERR_IO.
/// @note Threads: one at a time with the same handle; another gets SMZ_ERR_BUSY.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn smz_recipients_add_certificate_file(
    recipients: *mut smz_recipients,
    path: *const c_char,
    options: *const smz_certificate_options,
    err: *mut *mut smz_error,
) -> smz_status {
    // SAFETY: the header's promise about every pointer.
    unsafe {
        boundary::call(err, || {
            let path = boundary::path(path, "path")?;
            let how = CertificateUse::read(options)?;
            let mut recipients = handles::exclusive(recipients)?;
            let shown = path.display().to_string();
            let recipient = how.recipient(&Certificate::from_file(&path)?);
            recipients.add(recipient.map_err(|failure| failure.in_part(shown))?);
            Ok(())
        })
    }
}

/// Adds the owner of a certificate in memory: as smz_recipients_add_certificate_file(). Since 0.1.
///
/// @param recipients The list; unchanged after a failure.
/// @param data A file's content, PEM or DER.
/// @param data_len Its length in bytes.
/// @param options How it is used, or NULL.
/// @param err Where an error goes, or NULL.
/// @return As smz_recipients_add_certificate_file().
/// @note Threads: one at a time with the same handle; another gets SMZ_ERR_BUSY.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn smz_recipients_add_certificate_memory(
    recipients: *mut smz_recipients,
    data: *const u8,
    data_len: usize,
    options: *const smz_certificate_options,
    err: *mut *mut smz_error,
) -> smz_status {
    // SAFETY: the header's promise about every pointer.
    unsafe {
        boundary::call(err, || {
            let data = boundary::bytes(data, data_len, "data")?;
            let how = CertificateUse::read(options)?;
            let mut recipients = handles::exclusive(recipients)?;
            recipients.add(how.recipient(&Certificate::from_bytes(data)?)?);
            Ok(())
        })
    }
}

/// Adds whoever knows a password (RFC 5652 section 6.2.4, `pwri`). Whoever has the message can try
/// passwords as long as they like: it must be one that nobody guesses. Since 0.1.
///
/// @param recipients The list; unchanged after a failure.
/// @param password Its bytes; they are copied.
/// @param password_len How many; not 0.
/// @param iterations Of PBKDF2 with HMAC-SHA-256, at least 1,000; 0 for the default, 600,000.
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
            recipients.add(recipient);
            Ok(())
        })
    }
}

/// Adds whoever has a secret key that both sides have agreed on (RFC 5652 section 6.2.3, `kekri`).
/// Since 0.1.
///
/// @param recipients The list; unchanged after a failure.
/// @param key The key's bytes: 16, 24 or 32. They are copied.
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
            recipients.add(Recipient::from_secret_key(key, identifier)?);
            Ok(())
        })
    }
}

/// How many recipients a list has. Since 0.1.
///
/// @param recipients The list.
/// @return The number; 0 if `recipients` is none.
/// @note Threads: several at the same time, also with the same handle.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn smz_recipients_count(recipients: *const smz_recipients) -> u64 {
    boundary::value(0, || Ok(handles::shared(recipients)?.list.len() as u64))
}

/// Who a recipient is, for a person: the certificate's subject, issuer and serial number. Since
/// 0.1.
///
/// @param recipients The list.
/// @param index Counted from 0, below smz_recipients_count().
/// @return UTF-8, owned by the list, valid until a recipient is added or it is freed; NULL if
/// nothing has this index.
/// @note Threads: several at the same time, also with the same handle.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn smz_recipients_text(
    recipients: *const smz_recipients,
    index: u64,
) -> *const c_char {
    boundary::value(std::ptr::null(), || {
        let recipients = handles::shared(recipients)?;
        let text = recipients.texts.get(boundary::index(index)?).ok_or_else(Failure::no_index)?;
        Ok(text.as_ptr())
    })
}
