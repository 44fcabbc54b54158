//! `smz_recipient`: for whom a message is.

use std::ffi::{CString, c_char};
use std::ptr;

use smimezip::cms::{RecipientIdentifier, RecipientInfo, RecipientKind};

use crate::struct_size::{self, StructSize};
use crate::text::{c_string, pointer};

/// smz_recipient.kind: the key is encrypted under a public key (`ktri`).
pub const SMZ_RECIPIENT_KEY_TRANSPORT: i32 = 1;
/// smz_recipient.kind: by key agreement (`kari`).
pub const SMZ_RECIPIENT_KEY_AGREEMENT: i32 = 2;
/// smz_recipient.kind: under a key both sides have (`kekri`).
pub const SMZ_RECIPIENT_KEY_ENCRYPTION_KEY: i32 = 3;
/// smz_recipient.kind: under a password (`pwri`).
pub const SMZ_RECIPIENT_PASSWORD: i32 = 4;
/// smz_recipient.kind: by other means (`ori`).
pub const SMZ_RECIPIENT_OTHER: i32 = 5;
/// smz_recipient.kind: by key encapsulation (`ori` with a KEMRecipientInfo, RFC 9629).
pub const SMZ_RECIPIENT_KEY_ENCAPSULATION: i32 = 6;
/// smz_recipient.kind: one that this library cannot read.
pub const SMZ_RECIPIENT_UNKNOWN: i32 = 0;

/// One recipient of a message (RFC 5652 section 6.2). Since 0.1.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct smz_recipient {
    /// To be set to sizeof(smz_recipient) before the call.
    pub struct_size: usize,
    /// SMZ_RECIPIENT_…
    pub kind: i32,
    /// Whom it names, for a person. UTF-8, never NULL.
    pub text: *const c_char,
    /// The issuer's distinguished name (RFC 4514) of the certificate it names, or NULL.
    pub issuer: *const c_char,
    /// The serial number of that certificate, big-endian, or NULL.
    pub serial_number: *const u8,
    /// Bytes of `serial_number`.
    pub serial_number_len: usize,
    /// The subjectKeyIdentifier of the certificate it names, or the name of the secret key
    /// (`kekri`); or NULL.
    pub subject_key_identifier: *const u8,
    /// Bytes of `subject_key_identifier`.
    pub subject_key_identifier_len: usize,
    /// How the content-encryption key is encrypted, "RSAES-PKCS1-v1_5", or NULL.
    pub key_encryption_algorithm: *const c_char,
    /// The encrypted content-encryption key, or NULL.
    pub encrypted_key: *const u8,
    /// Bytes of `encrypted_key`.
    pub encrypted_key_len: usize,
    /// The sender's public key, for key agreement: a point (SEC 1 section 2.3.3) or the bytes of
    /// RFC 7748; or NULL.
    pub originator_public_key: *const u8,
    /// Bytes of `originator_public_key`.
    pub originator_public_key_len: usize,
    /// The whole RecipientInfo in DER, or NULL.
    pub der: *const u8,
    /// Bytes of `der`.
    pub der_len: usize,
    /// Why nobody's key can open it with this library, naming what is not supported; or NULL.
    pub unsupported: *const c_char,
}

// SAFETY: `repr(C)`, the size first, numbers and pointers only.
unsafe impl StructSize for smz_recipient {
    const NAME: &'static str = "smz_recipient";
}

/// What a recipient's pointers point to.
pub(crate) struct RecipientStrings {
    text: CString,
    issuer: Option<CString>,
    algorithm: Option<CString>,
    unsupported: Option<CString>,
}

impl RecipientStrings {
    pub(crate) fn new(info: &RecipientInfo) -> Self {
        let issuer = match info.identifier() {
            Some(RecipientIdentifier::IssuerAndSerialNumber(name)) => Some(c_string(&name.issuer)),
            _ => None,
        };
        Self {
            text: c_string(info.to_string()),
            issuer,
            algorithm: info.key_encryption_algorithm().map(|it| c_string(it.to_string())),
            unsupported: info.unsupported().map(c_string),
        }
    }

    /// The recipient; valid as long as `self` and `info` are.
    pub(crate) fn recipient(&self, info: &RecipientInfo) -> smz_recipient {
        let (serial, identifier): (&[u8], &[u8]) = match info.identifier() {
            Some(RecipientIdentifier::IssuerAndSerialNumber(name)) => (&name.serial_number, &[]),
            Some(
                RecipientIdentifier::SubjectKeyIdentifier(bytes)
                | RecipientIdentifier::KeyIdentifier(bytes),
            ) => (&[], bytes),
            _ => (&[], &[]),
        };
        let originator = info.originator_public_key().unwrap_or_default();
        smz_recipient {
            kind: kind(info.kind()),
            text: self.text.as_ptr(),
            issuer: pointer(self.issuer.as_ref()),
            serial_number: start(serial),
            serial_number_len: serial.len(),
            subject_key_identifier: start(identifier),
            subject_key_identifier_len: identifier.len(),
            key_encryption_algorithm: pointer(self.algorithm.as_ref()),
            encrypted_key: start(info.encrypted_key()),
            encrypted_key_len: info.encrypted_key().len(),
            originator_public_key: start(originator),
            originator_public_key_len: originator.len(),
            der: start(info.der()),
            der_len: info.der().len(),
            unsupported: pointer(self.unsupported.as_ref()),
            ..struct_size::empty()
        }
    }
}

fn start(bytes: &[u8]) -> *const u8 {
    if bytes.is_empty() { ptr::null() } else { bytes.as_ptr() }
}

fn kind(kind: RecipientKind) -> i32 {
    match kind {
        RecipientKind::KeyTransport => SMZ_RECIPIENT_KEY_TRANSPORT,
        RecipientKind::KeyAgreement => SMZ_RECIPIENT_KEY_AGREEMENT,
        RecipientKind::KeyEncryptionKey => SMZ_RECIPIENT_KEY_ENCRYPTION_KEY,
        RecipientKind::Password => SMZ_RECIPIENT_PASSWORD,
        RecipientKind::KeyEncapsulation => SMZ_RECIPIENT_KEY_ENCAPSULATION,
        RecipientKind::Other => SMZ_RECIPIENT_OTHER,
        _ => SMZ_RECIPIENT_UNKNOWN,
    }
}
