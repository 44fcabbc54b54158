//! `smz_message`: an enveloped-data message, opened, not yet unlocked.

use std::ffi::{CString, c_char};
use std::sync::Arc;

use smimezip::message::{Accept, Content, Envelope, InnerLayers};
use smimezip::{Limits, ReadAt, UnlockOptions};

use crate::boundary;
use crate::call_options::{self, CallOptions};
use crate::error::{Failure, smz_error};
use crate::handles::{self, Handle};
use crate::keyring::smz_keyring;
use crate::options::smz_options;
use crate::reader::{integrity_of, smz_reader};
use crate::recipient::{RecipientStrings, smz_recipient};
use crate::source::{CallbackSource, smz_io};
use crate::status::smz_status;
use crate::struct_size::{self, StructSize};
use crate::text::c_string;

/// An S/MIME enveloped-data message of any size (RFC 8551, RFC 5652), opened: its recipients are
/// known, no key is needed. All functions may be called by several threads at the same time.
pub struct smz_message {
    envelope: Envelope,
    container: CString,
    algorithm: CString,
    content_type: CString,
    recipients: Vec<RecipientStrings>,
    limits: Limits,
    accept: Accept,
    inner: InnerLayers,
}

impl Handle for smz_message {
    const NAME: &'static str = "smz_message";
}

/// What is known of a message without a key. Texts are owned by the message. Since 0.1.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct smz_message_info {
    /// To be set to sizeof(smz_message_info) before the call.
    pub struct_size: usize,
    /// How it is wrapped: "S/MIME, base64", "binary (BER or DER)". Never NULL.
    pub container: *const c_char,
    /// The content's cipher: "AES-256-CBC". Never NULL.
    pub content_encryption_algorithm: *const c_char,
    /// What the sender says the content is, an object identifier in dotted form. Never NULL.
    pub content_type: *const c_char,
    /// How many recipients the message has.
    pub recipient_count: u64,
    /// Bytes of ciphertext. With a CBC cipher the content is shorter by its padding: 1 to 16 bytes
    /// for AES, 1 to 8 for 3DES; with an authenticated one it is as long.
    pub ciphertext_size: u64,
    /// Whether this library opens the content's cipher: 0 or 1.
    pub is_supported: i32,
    /// What unlocking will say of the content's integrity: SMZ_INTEGRITY_…
    pub integrity: i32,
}

// SAFETY: `repr(C)`, the size first, numbers and pointers only.
unsafe impl StructSize for smz_message_info {
    const NAME: &'static str = "smz_message_info";
}

impl smz_message {
    pub(crate) fn open(source: Arc<dyn ReadAt>, chosen: CallOptions) -> Result<Self, Failure> {
        let envelope = Envelope::open_with(source, &chosen.opening())?;
        let CallOptions { limits, accept, inner, .. } = chosen;
        let infos = envelope.recipient_infos();
        Ok(Self {
            container: c_string(envelope.container().to_string()),
            algorithm: c_string(envelope.content_encryption_algorithm().to_string()),
            content_type: c_string(envelope.content_type().to_string()),
            recipients: infos.iter().map(RecipientStrings::new).collect(),
            envelope,
            limits,
            accept,
            inner,
        })
    }

    /// The limits it was opened under, or those of the call where they are stricter.
    fn limits_of(&self, chosen: &CallOptions) -> Limits {
        chosen.of_call.as_ref().map_or(self.limits.clone(), |it| self.limits.at_most(it))
    }

    /// Unlocks it and unwraps the layers inside that were chosen when it was opened.
    fn unlock(
        &self,
        keyring: &smz_keyring,
        limits: &Limits,
        chosen: &CallOptions,
    ) -> Result<Content, Failure> {
        let (options, mut progress) = (chosen.unlock.clone(), chosen.reporter());
        let content = self.envelope.unlock_with(&keyring.ring, &options, &mut progress)?;
        let options = UnlockOptions::new().limits(limits).accept(self.accept);
        Ok(content.inside(&options.inner_layers(self.inner).cancel(&chosen.cancel))?)
    }
}

/// Opens the message in a file. Only its head and tail are read, or all of it once where its lines
/// or chunks are not of one length; the file stays open as needed. Since 0.1.
///
/// @param path The file: bytes on Unix, UTF-8 on Windows.
/// @param options Limits, inner layers, or NULL.
/// @param out_message Where the message goes, to be freed with smz_message_free().
/// @param err Where an error goes, or NULL.
/// @return SMZ_OK, SMZ_ERR_FORMAT, SMZ_ERR_CORRUPT, SMZ_ERR_UNSUPPORTED, SMZ_ERR_LIMIT, SMZ_ERR_IO.
/// @note Threads: any.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn smz_message_open_file(
    path: *const c_char,
    options: *const smz_options,
    out_message: *mut *mut smz_message,
    err: *mut *mut smz_error,
) -> smz_status {
    // SAFETY: the header's promise about every pointer.
    unsafe {
        boundary::call(err, || {
            let out = boundary::out(out_message, "out_message")?;
            let path = boundary::path(path, "path")?;
            let chosen = call_options::chosen(options)?;
            let named = |failure: Failure| failure.in_part(path.display().to_string());
            let file =
                smimezip::read_at::FileSource::open(&path).map_err(|error| named(error.into()))?;
            out.publish(smz_message::open(Arc::new(file), chosen).map_err(named)?);
            Ok(())
        })
    }
}

/// Opens the message in memory. Since 0.1.
///
/// @param data The message. It is **not copied**: it must stay as it is until the message and every
/// reader made from it are freed.
/// @param data_len Its length in bytes.
/// @param options Limits, inner layers, or NULL.
/// @param out_message Where the message goes, to be freed with smz_message_free().
/// @param err Where an error goes, or NULL.
/// @return As smz_message_open_file().
/// @note Threads: any.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn smz_message_open_memory(
    data: *const u8,
    data_len: usize,
    options: *const smz_options,
    out_message: *mut *mut smz_message,
    err: *mut *mut smz_error,
) -> smz_status {
    // SAFETY: the header's promise about every pointer, and that the memory outlives the handles.
    unsafe {
        boundary::call(err, || {
            let out = boundary::out(out_message, "out_message")?;
            let bytes: &'static [u8] = boundary::bytes(data, data_len, "data")?;
            let chosen = call_options::chosen(options)?;
            out.publish(smz_message::open(Arc::new(bytes), chosen)?);
            Ok(())
        })
    }
}

/// Opens a message that your program serves by callbacks: smz_io. Since 0.1.
///
/// @param io The callbacks; the struct is copied. `close` is called when nothing needs it any more,
/// also if this call fails, unless with SMZ_ERR_INVALID_ARGUMENT.
/// @param options Limits, inner layers, or NULL.
/// @param out_message Where the message goes, to be freed with smz_message_free().
/// @param err Where an error goes, or NULL.
/// @return As smz_message_open_file().
/// @note Threads: any.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn smz_message_open_io(
    io: *const smz_io,
    options: *const smz_options,
    out_message: *mut *mut smz_message,
    err: *mut *mut smz_error,
) -> smz_status {
    // SAFETY: the header's promise about every pointer.
    unsafe {
        boundary::call(err, || {
            let out = boundary::out(out_message, "out_message")?;
            let chosen = call_options::chosen(options)?;
            let source = CallbackSource::new(io)?;
            out.publish(smz_message::open(Arc::new(source), chosen)?);
            Ok(())
        })
    }
}

/// Frees a message. NULL is fine. Readers made from it stay. Since 0.1.
///
/// @param message The message, or NULL.
/// @note Threads: any one; nobody uses the handle afterwards.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn smz_message_free(message: *mut smz_message) {
    boundary::free(message);
}

/// What is known of a message without a key. Since 0.1.
///
/// @param message The message.
/// @param out_info Where it goes; its `struct_size` must be set. Texts are owned by the message.
/// @return SMZ_OK or SMZ_ERR_INVALID_ARGUMENT.
/// @note Threads: several at the same time, also with the same handle.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn smz_message_get_info(
    message: *const smz_message,
    out_info: *mut smz_message_info,
) -> smz_status {
    // SAFETY: the header's promise about every pointer.
    unsafe {
        boundary::call(std::ptr::null_mut(), || {
            let message = handles::shared(message)?;
            let envelope = &message.envelope;
            let is_supported = envelope.content_encryption_algorithm().key_size().is_some();
            let info = smz_message_info {
                container: message.container.as_ptr(),
                content_encryption_algorithm: message.algorithm.as_ptr(),
                content_type: message.content_type.as_ptr(),
                recipient_count: message.recipients.len() as u64,
                ciphertext_size: envelope.ciphertext_len(),
                is_supported: i32::from(is_supported),
                integrity: integrity_of(envelope.integrity()),
                ..struct_size::empty()
            };
            struct_size::write(out_info, &info)
        })
    }
}

/// One of the recipients of a message. Since 0.1.
///
/// @param message The message.
/// @param index Counted from 0, below smz_message_info.recipient_count.
/// @param out_recipient Where it goes; its `struct_size` must be set. What it points to is owned by
/// the message.
/// @return SMZ_OK, SMZ_ERR_NOT_FOUND or SMZ_ERR_INVALID_ARGUMENT.
/// @note Threads: several at the same time, also with the same handle.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn smz_message_get_recipient(
    message: *const smz_message,
    index: u64,
    out_recipient: *mut smz_recipient,
) -> smz_status {
    // SAFETY: the header's promise about every pointer.
    unsafe {
        boundary::call(std::ptr::null_mut(), || {
            struct_size::check(out_recipient)?;
            let message = handles::shared(message)?;
            let at = boundary::index(index)?;
            let info = message.envelope.recipient_infos().get(at).ok_or_else(Failure::no_index)?;
            let strings = message.recipients.get(at).ok_or_else(Failure::no_index)?;
            struct_size::write(out_recipient, &strings.recipient(info))
        })
    }
}

/// Unlocks a message: finds the key it is for and checks the content. With a CBC cipher that is its
/// last block, which shows most wrong keys; with an authenticated one it is all of it, which takes
/// as long as reading the message once. Since 0.1.
///
/// Enveloped-data in CBC is **not authenticated**: whoever could change the message could change
/// its content unnoticed. smz_message_info.integrity says which
/// messages are.
///
/// @param message The message; it can be unlocked again.
/// @param keyring The keys. They are not needed any more afterwards.
/// @param options Of these count: progress, cancel, and SMZ_OPTION_LIMIT_LAYERS where it is
/// stricter than the one that the message was opened under; or NULL.
/// @param out_reader Where a reader of the content goes, to be freed with smz_reader_free().
/// @param err Where an error goes, or NULL.
/// @return SMZ_OK, SMZ_ERR_NO_MATCHING_KEY, SMZ_ERR_DECRYPT, SMZ_ERR_UNSUPPORTED, SMZ_ERR_LIMIT,
/// SMZ_ERR_CORRUPT, SMZ_ERR_CANCELLED, SMZ_ERR_IO.
/// @note Threads: several at the same time, also with the same handle.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn smz_message_decrypt(
    message: *const smz_message,
    keyring: *const smz_keyring,
    options: *const smz_options,
    out_reader: *mut *mut smz_reader,
    err: *mut *mut smz_error,
) -> smz_status {
    // SAFETY: the header's promise about every pointer.
    unsafe {
        boundary::call(err, || {
            let out = boundary::out(out_reader, "out_reader")?;
            let message = handles::shared(message)?;
            let keyring = handles::shared(keyring)?;
            let chosen = call_options::chosen(options)?;
            let content = message.unlock(&keyring, &message.limits_of(&chosen), &chosen)?;
            out.publish(smz_reader::of_content(content));
            Ok(())
        })
    }
}

/// Decrypts a whole message to a file, on several threads: the file is there complete, or it is as
/// it was. Since 0.1.
///
/// @param message The message.
/// @param keyring The keys.
/// @param path The file to write: bytes on Unix, UTF-8 on Windows.
/// @param options Of these count: overwrite (skip is never here), durable, threads, progress,
/// cancel, and SMZ_OPTION_LIMIT_TOTAL_SIZE and SMZ_OPTION_LIMIT_LAYERS, where they are stricter
/// than those the message was opened under. Or NULL.
/// @param err Where an error goes, or NULL.
/// @return As smz_message_decrypt(); SMZ_ERR_LIMIT before anything is written, SMZ_ERR_EXISTS,
/// SMZ_ERR_NO_SPACE, SMZ_ERR_CANCELLED.
/// @note Threads: several at the same time, also with the same handle.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn smz_message_decrypt_to_file(
    message: *const smz_message,
    keyring: *const smz_keyring,
    path: *const c_char,
    options: *const smz_options,
    err: *mut *mut smz_error,
) -> smz_status {
    // SAFETY: the header's promise about every pointer.
    unsafe {
        boundary::call(err, || {
            let path = boundary::path(path, "path")?;
            let chosen = call_options::chosen(options)?;
            let message = handles::shared(message)?;
            let keyring = handles::shared(keyring)?;
            let limits = message.limits_of(&chosen);
            let content = message.unlock(&keyring, &limits, &chosen)?;
            let options = chosen.save.clone().limits(&limits);
            Ok(smimezip::extract::save_with(&content, path, &options, &mut chosen.reporter())?)
        })
    }
}
