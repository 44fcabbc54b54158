//! `smz_decoder`: a message fed forward, for pipes and sockets.

use std::sync::Arc;

use smimezip::UnlockOptions;
use smimezip::message::Decoder;

use crate::boundary;
use crate::call_options;
use crate::error::smz_error;
use crate::handles::{self, Handle};
use crate::keyring::smz_keyring;
use crate::options::smz_options;
use crate::status::smz_status;

/// Decrypts one message that is fed from its first byte to its last, in constant memory. For one
/// thread at a time.
pub struct smz_decoder {
    decoder: Decoder,
}

impl Handle for smz_decoder {
    const NAME: &'static str = "smz_decoder";
}

/// Makes a decoder for one message. Since 0.1.
///
/// With a CBC cipher, nothing that comes out is verified before smz_decoder_finish() said that the
/// message is complete: a wrong key may show only then, and CBC authenticates nothing. With an
/// authenticated cipher nothing comes out before that: the ciphertext waits in memory, or beyond 1
/// MiB in an unnamed file in the folder for temporary files. Where a file is at hand, use
/// smz_message_open_file(): it is faster and sees the end first.
///
/// @param keyring The keys. It may be freed while the decoder lives, but not added to before the
/// message's head has passed.
/// @param options Limits, cancel; or NULL.
/// @param out_decoder Where the decoder goes, to be freed with smz_decoder_free().
/// @param err Where an error goes, or NULL.
/// @return SMZ_OK or SMZ_ERR_INVALID_ARGUMENT.
/// @note Threads: several at the same time, also with the same handle.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn smz_decoder_new(
    keyring: *const smz_keyring,
    options: *const smz_options,
    out_decoder: *mut *mut smz_decoder,
    err: *mut *mut smz_error,
) -> smz_status {
    // SAFETY: the header's promise about every pointer.
    unsafe {
        boundary::call(err, || {
            let out = boundary::out(out_decoder, "out_decoder")?;
            let keyring = handles::shared(keyring)?;
            let chosen = call_options::chosen(options)?;
            let options = UnlockOptions::new()
                .limits(&chosen.limits)
                .accept(chosen.accept)
                .cancel(&chosen.cancel);
            let decoder = Decoder::with_options(Arc::clone(&keyring.ring), &options);
            out.publish(smz_decoder { decoder });
            Ok(())
        })
    }
}

/// Frees a decoder. NULL is fine. Since 0.1.
///
/// @param decoder The decoder, or NULL.
/// @note Threads: any one; nobody uses the handle afterwards.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn smz_decoder_free(decoder: *mut smz_decoder) {
    boundary::free(decoder);
}

/// Takes input and gives output, as much of both as it can. Give input that was not consumed again;
/// with room for output, all of it is consumed. Errors stick. Since 0.1.
///
/// @param decoder The decoder.
/// @param input The next bytes of the message.
/// @param input_len How many.
/// @param out_consumed Where the number of bytes used goes.
/// @param output Where plaintext goes.
/// @param output_len How much fits.
/// @param out_produced Where the number of bytes written goes.
/// @param err Where an error goes, or NULL.
/// @return SMZ_OK, SMZ_ERR_FORMAT, SMZ_ERR_CORRUPT, SMZ_ERR_UNSUPPORTED, SMZ_ERR_NO_MATCHING_KEY,
/// SMZ_ERR_LIMIT, SMZ_ERR_CANCELLED.
/// @note Threads: one at a time with the same handle; another gets SMZ_ERR_BUSY.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn smz_decoder_process(
    decoder: *mut smz_decoder,
    input: *const u8,
    input_len: usize,
    out_consumed: *mut usize,
    output: *mut u8,
    output_len: usize,
    out_produced: *mut usize,
    err: *mut *mut smz_error,
) -> smz_status {
    // SAFETY: the header's promise about every pointer.
    unsafe {
        boundary::call(err, || {
            let consumed = boundary::out(out_consumed, "out_consumed")?;
            let produced = boundary::out(out_produced, "out_produced")?;
            let mut decoder = handles::exclusive(decoder)?;
            let input = boundary::bytes(input, input_len, "input")?;
            let output = boundary::buffer(output, output_len, "output")?;
            let done = decoder.decoder.process(input, output)?;
            consumed.set(done.consumed);
            produced.set(done.produced);
            Ok(())
        })
    }
}

/// Says that the message is complete, and gives the rest of the content. To be called until
/// `*out_produced` is 0, which it is only after everything was verified that can be. Since 0.1.
///
/// @param decoder The decoder.
/// @param output Where plaintext goes.
/// @param output_len How much fits; not 0.
/// @param out_produced Where the number of bytes written goes.
/// @param err Where an error goes, or NULL.
/// @return SMZ_OK; SMZ_ERR_DECRYPT if the key or the message is not the right one: throw away what
/// came out; SMZ_ERR_CORRUPT if the message is cut off; otherwise as smz_decoder_process().
/// @note Threads: one at a time with the same handle; another gets SMZ_ERR_BUSY.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn smz_decoder_finish(
    decoder: *mut smz_decoder,
    output: *mut u8,
    output_len: usize,
    out_produced: *mut usize,
    err: *mut *mut smz_error,
) -> smz_status {
    // SAFETY: the header's promise about every pointer.
    unsafe {
        boundary::call(err, || {
            let produced = boundary::out(out_produced, "out_produced")?;
            let mut decoder = handles::exclusive(decoder)?;
            let output = boundary::buffer(output, output_len, "output")?;
            produced.set(decoder.decoder.finish(output)?);
            Ok(())
        })
    }
}
