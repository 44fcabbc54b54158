//! `smz_seal_options`: how messages are made.

use smimezip::cms::ContentEncryptionAlgorithm;
use smimezip::message::{Columns, LineEnd, SealContainer, SealOptions};

use crate::boundary;
use crate::error::{Failure, SMZ_UNKNOWN, smz_error};
use crate::handles::{self, Handle};
use crate::options::one_of;
use crate::status::smz_status;

/// How messages are made; where they are asked for, NULL means the defaults, with which the
/// documented `openssl smime -decrypt` opens what is made. They are read when the call begins, so
/// they may be changed or freed afterwards.
pub struct smz_seal_options {
    cipher: ContentEncryptionAlgorithm,
    container: u64,
    columns: Columns,
    line_end: LineEnd,
    size: Option<u64>,
}

impl Handle for smz_seal_options {
    const NAME: &'static str = "smz_seal_options";
}

/// Which option of sealing to set; each takes a number. Since 0.1.
pub type smz_seal_option = i32;

/// The content's cipher: SMZ_CIPHER_… Default: AES-256-CBC. The authenticated ones notice each
/// change of the message when it is opened, but `openssl smime -decrypt` does not open them.
pub const SMZ_SEAL_OPTION_CIPHER: smz_seal_option = 1;
/// SMZ_SEAL_OPTION_CIPHER: AES-256 in CBC mode, not authenticated.
pub const SMZ_CIPHER_AES_256_CBC: u64 = 0;
/// SMZ_SEAL_OPTION_CIPHER: AES-192 in CBC mode, not authenticated.
pub const SMZ_CIPHER_AES_192_CBC: u64 = 1;
/// SMZ_SEAL_OPTION_CIPHER: AES-128 in CBC mode, not authenticated.
pub const SMZ_CIPHER_AES_128_CBC: u64 = 2;
/// SMZ_SEAL_OPTION_CIPHER: AES-256 in Galois/Counter mode, authenticated. `openssl cms` opens it.
pub const SMZ_CIPHER_AES_256_GCM: u64 = 3;
/// SMZ_SEAL_OPTION_CIPHER: AES-192 in Galois/Counter mode, authenticated.
pub const SMZ_CIPHER_AES_192_GCM: u64 = 4;
/// SMZ_SEAL_OPTION_CIPHER: AES-128 in Galois/Counter mode, authenticated.
pub const SMZ_CIPHER_AES_128_GCM: u64 = 5;
/// SMZ_SEAL_OPTION_CIPHER: ChaCha20-Poly1305 (RFC 8103), authenticated.
pub const SMZ_CIPHER_CHACHA20_POLY1305: u64 = 6;

/// How a message is wrapped: SMZ_CONTAINER_… Default: MIME with base64.
pub const SMZ_SEAL_OPTION_CONTAINER: smz_seal_option = 2;
/// SMZ_SEAL_OPTION_CONTAINER: a MIME entity with a base64 body, larger than the content by 37 %.
pub const SMZ_CONTAINER_MIME_BASE64: u64 = 0;
/// SMZ_SEAL_OPTION_CONTAINER: a MIME entity with the bytes themselves, which OpenSSL does not read.
pub const SMZ_CONTAINER_MIME_BINARY: u64 = 1;
/// SMZ_SEAL_OPTION_CONTAINER: PEM.
pub const SMZ_CONTAINER_PEM: u64 = 2;
/// SMZ_SEAL_OPTION_CONTAINER: the bytes alone, DER where the size is known beforehand, else BER.
pub const SMZ_CONTAINER_BINARY: u64 = 3;

/// Characters in a line of MIME's base64: 64 as OpenSSL writes it, or 76, the most that MIME
/// allows. Default: 64. PEM has 64 in any case.
pub const SMZ_SEAL_OPTION_COLUMNS: smz_seal_option = 3;
/// How lines of MIME with base64 end: SMZ_LINE_END_… Default: LF.
pub const SMZ_SEAL_OPTION_LINE_END: smz_seal_option = 4;
/// SMZ_SEAL_OPTION_LINE_END: LF, as Unix has it and OpenSSL writes it.
pub const SMZ_LINE_END_LF: u64 = 0;
/// SMZ_SEAL_OPTION_LINE_END: CR LF, as mail wants it.
pub const SMZ_LINE_END_CRLF: u64 = 1;
/// Bytes of the content, exactly, for smz_sealer_new(): the message has its lengths at its start
/// then (DER), which some programs need. Default: SMZ_UNKNOWN, for one in chunks (BER). Exports do
/// not look at it.
pub const SMZ_SEAL_OPTION_KNOWN_SIZE: smz_seal_option = 5;

impl Default for smz_seal_options {
    fn default() -> Self {
        Self {
            cipher: ContentEncryptionAlgorithm::Aes256Cbc,
            container: SMZ_CONTAINER_MIME_BASE64,
            columns: Columns::C64,
            line_end: LineEnd::Lf,
            size: None,
        }
    }
}

impl smz_seal_options {
    fn chosen(&self) -> SealOptions {
        let container = match self.container {
            SMZ_CONTAINER_MIME_BINARY => SealContainer::MimeBinary,
            SMZ_CONTAINER_PEM => SealContainer::Pem,
            SMZ_CONTAINER_BINARY => SealContainer::Binary,
            _ => SealContainer::MimeBase64 { columns: self.columns, line_end: self.line_end },
        };
        let options = SealOptions::new().content_encryption(self.cipher.clone());
        let options = options.container(container);
        self.size.map_or(options.clone(), |size| options.known_size(size))
    }

    fn set_number(&mut self, option: smz_seal_option, value: u64) -> Result<(), Failure> {
        match option {
            SMZ_SEAL_OPTION_CIPHER => self.cipher = cipher(value)?,
            SMZ_SEAL_OPTION_CONTAINER => {
                let all = [
                    SMZ_CONTAINER_MIME_BASE64,
                    SMZ_CONTAINER_MIME_BINARY,
                    SMZ_CONTAINER_PEM,
                    SMZ_CONTAINER_BINARY,
                ];
                self.container = one_of(value, all.map(|it| (it, it)))?;
            }
            SMZ_SEAL_OPTION_COLUMNS => {
                self.columns = one_of(value, [(64, Columns::C64), (76, Columns::C76)])?;
            }
            SMZ_SEAL_OPTION_LINE_END => {
                let ends = [(SMZ_LINE_END_LF, LineEnd::Lf), (SMZ_LINE_END_CRLF, LineEnd::CrLf)];
                self.line_end = one_of(value, ends)?;
            }
            SMZ_SEAL_OPTION_KNOWN_SIZE => self.size = Some(value).filter(|it| *it != SMZ_UNKNOWN),
            _ => return Err(Failure::argument(format!("no option {option} of sealing"))),
        }
        Ok(())
    }
}

fn cipher(value: u64) -> Result<ContentEncryptionAlgorithm, Failure> {
    Ok(match value {
        SMZ_CIPHER_AES_256_CBC => ContentEncryptionAlgorithm::Aes256Cbc,
        SMZ_CIPHER_AES_192_CBC => ContentEncryptionAlgorithm::Aes192Cbc,
        SMZ_CIPHER_AES_128_CBC => ContentEncryptionAlgorithm::Aes128Cbc,
        SMZ_CIPHER_AES_256_GCM => ContentEncryptionAlgorithm::Aes256Gcm,
        SMZ_CIPHER_AES_192_GCM => ContentEncryptionAlgorithm::Aes192Gcm,
        SMZ_CIPHER_AES_128_GCM => ContentEncryptionAlgorithm::Aes128Gcm,
        SMZ_CIPHER_CHACHA20_POLY1305 => ContentEncryptionAlgorithm::ChaCha20Poly1305,
        _ => return Err(Failure::argument(format!("no such cipher: {value}"))),
    })
}

/// Reads the options behind a pointer that may be NULL.
pub(crate) fn chosen(options: *const smz_seal_options) -> Result<SealOptions, Failure> {
    Ok(handles::shared_or_none(options)?.map_or_else(SealOptions::new, |it| it.chosen()))
}

/// Makes options of sealing with the defaults. Since 0.1.
///
/// @return The options, to be freed with smz_seal_options_free(); NULL only after a bug.
/// @note Threads: any.
#[unsafe(no_mangle)]
pub extern "C" fn smz_seal_options_new() -> *mut smz_seal_options {
    boundary::value(std::ptr::null_mut(), || Ok(handles::publish(smz_seal_options::default())))
}

/// Frees options of sealing. NULL is fine. Since 0.1.
///
/// @param seal_options The options, or NULL.
/// @note Threads: any one; nobody uses the handle afterwards.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn smz_seal_options_free(seal_options: *mut smz_seal_options) {
    boundary::free(seal_options);
}

/// Sets an option of sealing. Since 0.1.
///
/// @param seal_options The options.
/// @param seal_option SMZ_SEAL_OPTION_…
/// @param value The number.
/// @param err Where an error goes, or NULL.
/// @return SMZ_OK; SMZ_ERR_INVALID_ARGUMENT for an unknown option or value.
/// @note Threads: one at a time with the same handle; another gets SMZ_ERR_BUSY.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn smz_seal_options_set_u64(
    seal_options: *mut smz_seal_options,
    seal_option: smz_seal_option,
    value: u64,
    err: *mut *mut smz_error,
) -> smz_status {
    // SAFETY: the header's promise about every pointer.
    unsafe {
        boundary::call(err, || handles::exclusive(seal_options)?.set_number(seal_option, value))
    }
}
