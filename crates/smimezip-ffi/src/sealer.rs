//! `smz_sealer`: a message made of a content that is fed forward, for pipes and sockets.

use smimezip::message::Sealer;

use crate::boundary;
use crate::error::{Failure, smz_error};
use crate::handles::{self, Handle};
use crate::recipients::smz_recipients;
use crate::seal_options::{self, smz_seal_options};
use crate::status::smz_status;

/// Bytes of a content that are sealed at once: bounds what waits for room.
const PIECE: usize = 64 * 1024;

/// Seals one content that is fed from its first byte to its last, in constant memory. For one
/// thread at a time.
pub struct smz_sealer {
    state: State,
    /// Of the message, what has not been given out, from `given` on.
    message: Vec<u8>,
    given: usize,
}

enum State {
    Open(Box<Sealer>),
    /// All of the message is in `message`, or was given out.
    Finished,
    /// It could not be finished.
    Failed(smimezip::Error),
}

impl Handle for smz_sealer {
    const NAME: &'static str = "smz_sealer";
}

impl smz_sealer {
    /// Takes content while there is room for what becomes of it: how much it took and gave.
    fn process(&mut self, input: &[u8], output: &mut [u8]) -> Result<(usize, usize), Failure> {
        let (mut consumed, mut produced) = (0, 0);
        loop {
            produced += self.give(output.get_mut(produced..).unwrap_or_default());
            let rest = input.get(consumed..).unwrap_or_default();
            if rest.is_empty() || produced == output.len() {
                return Ok((consumed, produced));
            }
            let piece = rest.get(..PIECE).unwrap_or(rest);
            self.update(piece)?;
            consumed += piece.len();
        }
    }

    /// Ends the message, the first time.
    fn finish(&mut self) -> Result<(), Failure> {
        match std::mem::replace(&mut self.state, State::Finished) {
            State::Open(sealer) => {
                if let Err(error) = sealer.finish(&mut self.message) {
                    self.state = State::Failed(error.clone());
                    return Err(error.into());
                }
            }
            State::Finished => {}
            State::Failed(error) => {
                self.state = State::Failed(error.clone());
                return Err(error.into());
            }
        }
        Ok(())
    }

    /// Gives out as much of what waits as fits.
    fn give(&mut self, output: &mut [u8]) -> usize {
        let waiting = self.message.get(self.given..).unwrap_or_default();
        let count = waiting.len().min(output.len());
        if let (Some(to), Some(from)) = (output.get_mut(..count), waiting.get(..count)) {
            to.copy_from_slice(from);
        }
        self.given += count;
        if self.given == self.message.len() {
            self.message.clear();
            self.given = 0;
        }
        count
    }

    fn update(&mut self, piece: &[u8]) -> Result<(), Failure> {
        match &mut self.state {
            State::Open(sealer) => Ok(sealer.update(piece, &mut self.message)?),
            State::Finished => Err(Failure::argument("the message is finished".into())),
            State::Failed(error) => Err(error.clone().into()),
        }
    }
}

/// Makes a sealer for one message. Since 0.1.
///
/// @param recipients Whom it is for, at least one. It may be changed or freed afterwards.
/// @param seal_options Cipher, container, known size; or NULL.
/// @param out_sealer Where the sealer goes, to be freed with smz_sealer_free().
/// @param err Where an error goes, or NULL.
/// @return SMZ_OK; SMZ_ERR_INVALID_ARGUMENT without recipients; SMZ_ERR_UNSUPPORTED for a known
/// size that is more than the cipher can do; SMZ_ERR_IO if the system gives no random bytes.
/// @note Threads: several at the same time, also with the same handle.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn smz_sealer_new(
    recipients: *const smz_recipients,
    seal_options: *const smz_seal_options,
    out_sealer: *mut *mut smz_sealer,
    err: *mut *mut smz_error,
) -> smz_status {
    // SAFETY: the header's promise about every pointer.
    unsafe {
        boundary::call(err, || {
            let out = boundary::out(out_sealer, "out_sealer")?;
            let recipients = handles::shared(recipients)?;
            let sealer = Sealer::new(&recipients.list, &seal_options::chosen(seal_options)?)?;
            let state = State::Open(Box::new(sealer));
            out.publish(smz_sealer { state, message: Vec::new(), given: 0 });
            Ok(())
        })
    }
}

/// Frees a sealer. NULL is fine. A message that was not finished is cut off, which every reader
/// sees. Since 0.1.
///
/// @param sealer The sealer, or NULL.
/// @note Threads: any one; nobody uses the handle afterwards.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn smz_sealer_free(sealer: *mut smz_sealer) {
    boundary::free(sealer);
}

/// Takes content and gives what of the message is ready, as much of both as it can. Give input that
/// was not consumed again; with room for output, all of it is consumed. In base64 the message is
/// larger than the content by 37 %. Errors stick. Since 0.1.
///
/// @param sealer The sealer.
/// @param input The next bytes of the content.
/// @param input_len How many.
/// @param out_consumed Where the number of bytes used goes.
/// @param output Where the message goes.
/// @param output_len How much fits.
/// @param out_produced Where the number of bytes written goes.
/// @param err Where an error goes, or NULL.
/// @return SMZ_OK; SMZ_ERR_INVALID_ARGUMENT for more content than SMZ_SEAL_OPTION_KNOWN_SIZE said,
/// or after smz_sealer_finish(); SMZ_ERR_UNSUPPORTED for more than the cipher can do.
/// @note Threads: one at a time with the same handle; another gets SMZ_ERR_BUSY.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn smz_sealer_process(
    sealer: *mut smz_sealer,
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
            let out_consumed = boundary::out(out_consumed, "out_consumed")?;
            let out_produced = boundary::out(out_produced, "out_produced")?;
            let mut sealer = handles::exclusive(sealer)?;
            let input = boundary::bytes(input, input_len, "input")?;
            let output = boundary::buffer(output, output_len, "output")?;
            let (consumed, produced) = sealer.process(input, output)?;
            out_consumed.set(consumed);
            out_produced.set(produced);
            Ok(())
        })
    }
}

/// Says that there is no more content, and gives the rest of the message. To be called until
/// `*out_produced` is 0. Since 0.1.
///
/// @param sealer The sealer.
/// @param output Where the message goes.
/// @param output_len How much fits; not 0.
/// @param out_produced Where the number of bytes written goes.
/// @param err Where an error goes, or NULL.
/// @return SMZ_OK; SMZ_ERR_INVALID_ARGUMENT for less content than SMZ_SEAL_OPTION_KNOWN_SIZE said,
/// or without room for output; otherwise as smz_sealer_process().
/// @note Threads: one at a time with the same handle; another gets SMZ_ERR_BUSY.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn smz_sealer_finish(
    sealer: *mut smz_sealer,
    output: *mut u8,
    output_len: usize,
    out_produced: *mut usize,
    err: *mut *mut smz_error,
) -> smz_status {
    // SAFETY: the header's promise about every pointer.
    unsafe {
        boundary::call(err, || {
            let produced = boundary::out(out_produced, "out_produced")?;
            let mut sealer = handles::exclusive(sealer)?;
            let output = boundary::buffer(output, output_len, "output")?;
            if output.is_empty() {
                return Err(Failure::argument("no room for the rest of the message".into()));
            }
            sealer.finish()?;
            produced.set(sealer.give(output));
            Ok(())
        })
    }
}
