//! `smz_reader`: bytes of a message's content or of an archive's entry.

use std::io::{Read, Seek, SeekFrom};
use std::sync::Mutex;

use smimezip::message::Content;
use smimezip::zip::EntryReader;
use smimezip::{Integrity, ReadAt};

use crate::boundary;
use crate::error::{Failure, SMZ_UNKNOWN, smz_error};
use crate::handles::{self, Handle};
use crate::status::{SMZ_ERR_UNSUPPORTED, smz_status};

/// Reads the content of a message or an entry of an archive. Functions that take it as `const` may
/// be called by several threads at the same time, the others by one.
pub struct smz_reader {
    what: What,
    size: u64,
}

enum What {
    Content(Content),
    /// Behind a lock that never waits, so that the handle may be shared.
    Entry(Box<Mutex<EntryReader>>),
}

impl Handle for smz_reader {
    const NAME: &'static str = "smz_reader";
}

/// Integrity: nothing: whoever could change the message could change its content. So it is with
/// every CBC cipher.
pub const SMZ_INTEGRITY_NONE: i32 = 0;
/// Integrity: accidents are noticed at the end (CRC-32), attacks are not.
pub const SMZ_INTEGRITY_CHECKSUMMED: i32 = 1;
/// Integrity: what is read is what somebody with the key encrypted.
pub const SMZ_INTEGRITY_AUTHENTICATED: i32 = 2;

/// Most bytes that one call reads: bounds how long it takes.
const MOST: usize = 8 * 1024 * 1024;

impl smz_reader {
    pub(crate) fn of_content(content: Content) -> Self {
        Self { size: content.size(), what: What::Content(content) }
    }

    pub(crate) fn of_entry(reader: EntryReader, size: u64) -> Self {
        Self { what: What::Entry(Box::new(Mutex::new(reader))), size }
    }
}

/// Frees a reader. NULL is fine. Since 0.1.
///
/// @param reader The reader, or NULL.
/// @note Threads: any one; nobody uses the handle afterwards.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn smz_reader_free(reader: *mut smz_reader) {
    boundary::free(reader);
}

/// How many bytes there are in all. Since 0.1.
///
/// @param reader The reader.
/// @return Bytes; SMZ_UNKNOWN for NULL.
/// @note Threads: several at the same time, also with the same handle.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn smz_reader_size(reader: *const smz_reader) -> u64 {
    boundary::value(SMZ_UNKNOWN, || Ok(handles::shared(reader)?.size))
}

/// What is known about the integrity of what is read. Since 0.1.
///
/// @param reader The reader.
/// @return SMZ_INTEGRITY_…; SMZ_INTEGRITY_NONE for NULL.
/// @note Threads: several at the same time, also with the same handle.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn smz_reader_integrity(reader: *const smz_reader) -> i32 {
    boundary::value(SMZ_INTEGRITY_NONE, || {
        Ok(match &handles::shared(reader)?.what {
            What::Entry(_) => SMZ_INTEGRITY_CHECKSUMMED,
            What::Content(content) => integrity_of(content.integrity()),
        })
    })
}

/// The number of a level of integrity.
pub(crate) fn integrity_of(integrity: Integrity) -> i32 {
    match integrity {
        Integrity::Authenticated => SMZ_INTEGRITY_AUTHENTICATED,
        Integrity::Checksummed => SMZ_INTEGRITY_CHECKSUMMED,
        _ => SMZ_INTEGRITY_NONE,
    }
}

/// Which of the message's recipients the key that opened it is, for the content of a message. Since
/// 0.1.
///
/// @param reader The reader.
/// @return An index for smz_message_get_recipient(); SMZ_UNKNOWN for an entry, and for NULL.
/// @note Threads: several at the same time, also with the same handle.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn smz_reader_recipient(reader: *const smz_reader) -> u64 {
    boundary::value(SMZ_UNKNOWN, || {
        Ok(match &handles::shared(reader)?.what {
            What::Entry(_) => SMZ_UNKNOWN,
            What::Content(content) => content.recipient() as u64,
        })
    })
}

/// Reads the next bytes. Since 0.1.
///
/// An entry's size and CRC-32 are verified when its end is reached: do not use what you read before
/// `*out_n` was 0. Errors stick.
///
/// @param reader The reader.
/// @param buf Where they go.
/// @param len How many fit.
/// @param out_n Where the number read goes; it may be less than `len`, and is 0 only at the end,
/// after every check, or if `len` is 0.
/// @param err Where an error goes, or NULL.
/// @return SMZ_OK, SMZ_ERR_CORRUPT, SMZ_ERR_IO; SMZ_ERR_BUSY if another call uses it.
/// @note Threads: one at a time with the same handle; another gets SMZ_ERR_BUSY.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn smz_reader_read(
    reader: *mut smz_reader,
    buf: *mut u8,
    len: usize,
    out_n: *mut usize,
    err: *mut *mut smz_error,
) -> smz_status {
    // SAFETY: the header's promise about every pointer.
    unsafe {
        boundary::call(err, || {
            let out = boundary::out(out_n, "out_n")?;
            let mut reader = handles::exclusive(reader)?;
            let buf = boundary::buffer(buf, len.min(MOST), "buf")?;
            let count = match &mut reader.what {
                What::Content(content) => content.read(buf)?,
                What::Entry(entry) => match entry.get_mut() {
                    Ok(entry) => entry.read(buf)?,
                    Err(_) => return Err(Failure::internal("the reader is unusable".into())),
                },
            };
            out.set(count);
            Ok(())
        })
    }
}

/// Reads bytes at a position, for the content of a message; the position of smz_reader_read() stays
/// where it is. May be called by several threads at the same time. Since 0.1.
///
/// @param reader The reader.
/// @param offset The position in bytes; past the end nothing is read.
/// @param buf Where they go.
/// @param len How many fit.
/// @param out_n Where the number read goes, as for smz_reader_read().
/// @param err Where an error goes, or NULL.
/// @return As smz_reader_read(); SMZ_ERR_UNSUPPORTED for an entry of an archive.
/// @note Threads: several at the same time, also with the same handle.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn smz_reader_read_at(
    reader: *const smz_reader,
    offset: u64,
    buf: *mut u8,
    len: usize,
    out_n: *mut usize,
    err: *mut *mut smz_error,
) -> smz_status {
    // SAFETY: the header's promise about every pointer.
    unsafe {
        boundary::call(err, || {
            let out = boundary::out(out_n, "out_n")?;
            let reader = handles::shared(reader)?;
            let buf = boundary::buffer(buf, len.min(MOST), "buf")?;
            let What::Content(content) = &reader.what else { return Err(forward_only()) };
            out.set(content.read_at(buf, offset)?);
            Ok(())
        })
    }
}

/// Moves the position of smz_reader_read(), for the content of a message. Past the end is fine;
/// nothing is read there. Since 0.1.
///
/// @param reader The reader.
/// @param offset Bytes from where `whence` says.
/// @param whence 0 from the start, 1 from the position, 2 from the end, as SEEK_SET, SEEK_CUR and
/// SEEK_END are on every platform known.
/// @param out_position Where the new position goes, or NULL.
/// @param err Where an error goes, or NULL.
/// @return SMZ_OK, SMZ_ERR_INVALID_ARGUMENT for a position before the start; SMZ_ERR_UNSUPPORTED
/// for an entry of an archive.
/// @note Threads: one at a time with the same handle; another gets SMZ_ERR_BUSY.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn smz_reader_seek(
    reader: *mut smz_reader,
    offset: i64,
    whence: i32,
    out_position: *mut u64,
    err: *mut *mut smz_error,
) -> smz_status {
    // SAFETY: the header's promise about every pointer.
    unsafe {
        boundary::call(err, || {
            let mut reader = handles::exclusive(reader)?;
            let before = || Failure::argument("a position before the start".into());
            let to = match whence {
                0 => SeekFrom::Start(u64::try_from(offset).map_err(|_| before())?),
                1 => SeekFrom::Current(offset),
                2 => SeekFrom::End(offset),
                _ => return Err(Failure::argument("whence is none of 0, 1, 2".into())),
            };
            let What::Content(content) = &mut reader.what else { return Err(forward_only()) };
            let position = content.seek(to).map_err(|_| before())?;
            if !out_position.is_null() {
                boundary::out(out_position, "out_position")?.set(position);
            }
            Ok(())
        })
    }
}

fn forward_only() -> Failure {
    Failure::Here(SMZ_ERR_UNSUPPORTED, "an entry of an archive is read forward only".into())
}
