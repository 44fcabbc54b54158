//! `smz_export_writer`: an export of entries that the calling program writes one after the other.

use std::ffi::c_char;

use smimezip::build::{ArchiveWriter, EntryAttributes, FolderSink};
use smimezip::export::SealingSink;
use smimezip::parts::{EitherSink, Position};

use crate::boundary;
use crate::call_options;
use crate::error::{Failure, smz_error};
use crate::export_builder::{finish, smz_export_builder};
use crate::handles::{self, Handle};
use crate::options::smz_options;
use crate::part_sink::{CallbackSink, smz_part_sink};
use crate::receipt::smz_receipt;
use crate::status::smz_status;
use crate::struct_size::{self, StructSize};
use crate::unix_time::instant_at;

/// A folder, or callbacks.
type Sink = EitherSink<FolderSink, CallbackSink>;

/// Makes an export of files that the program writes one after the other, in constant memory: rows
/// of a query, what comes from a socket. Freed before smz_export_writer_finish(), it takes
/// everything back. For one thread at a time.
pub struct smz_export_writer {
    /// `None` once it is finished.
    archive: Option<ArchiveWriter<SealingSink<Sink>>>,
}

impl smz_export_writer {
    fn archive(&mut self) -> Result<&mut ArchiveWriter<SealingSink<Sink>>, Failure> {
        self.archive.as_mut().ok_or_else(finished)
    }
}

impl Handle for smz_export_writer {
    const NAME: &'static str = "smz_export_writer";
}

/// What is stored of a file or folder beside its name and its bytes. Zeros are the defaults. Since
/// 0.1.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct smz_entry_attributes {
    /// To be set to sizeof(smz_entry_attributes).
    pub struct_size: usize,
    /// When it was modified, in seconds since 1970-01-01 00:00 UTC, if `has_modified`.
    pub modified: i64,
    /// The most bytes that will be written; more are refused. A file that cannot reach 4 GiB needs
    /// no zip64 field. 0 for any size.
    pub max_size: u64,
    /// Unix permission bits, of which the lower nine are stored, if `has_permissions`; else 0644
    /// for a file and 0755 for a folder.
    pub permissions: u32,
    /// Whether `modified` counts: 0 or 1.
    pub has_modified: i32,
    /// Whether `permissions` count: 0 or 1.
    pub has_permissions: i32,
}

// SAFETY: `repr(C)`, the size first, numbers only.
unsafe impl StructSize for smz_entry_attributes {
    const NAME: &'static str = "smz_entry_attributes";
}

/// # Safety
/// `attributes` is NULL or points to as many bytes as its first field says.
unsafe fn read(attributes: *const smz_entry_attributes) -> Result<EntryAttributes, Failure> {
    let mut read = EntryAttributes::new();
    if attributes.is_null() {
        return Ok(read);
    }
    // SAFETY: promised by the caller.
    let given = unsafe { struct_size::read(attributes) }?;
    if given.has_modified != 0 {
        read = read.modified(instant_at(given.modified, "modified")?);
    }
    if given.has_permissions != 0 {
        read = read.permissions(given.permissions);
    }
    if given.max_size != 0 {
        read = read.max_size(given.max_size);
    }
    Ok(read)
}

/// Begins an export whose parts are files in a folder. Since 0.1.
///
/// @param builder How it is made; it may be changed or freed afterwards.
/// @param outbox Where the parts go; made if it is not there: bytes on Unix, UTF-8 on Windows. They
/// get their names in smz_export_writer_finish().
/// @param options Of these count: SMZ_OPTION_THREADS, SMZ_OPTION_DURABLE, cancel. Or NULL.
/// @param out_writer Where the writer goes, to be freed with smz_export_writer_free().
/// @param err Where an error goes, or NULL.
/// @return SMZ_OK, SMZ_ERR_INVALID_ARGUMENT; SMZ_ERR_EXISTS if a part of this name is in the
/// outbox; SMZ_ERR_IO.
/// @note Threads: several at the same time, also with the same handle.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn smz_export_writer_new_folder(
    builder: *const smz_export_builder,
    outbox: *const c_char,
    options: *const smz_options,
    out_writer: *mut *mut smz_export_writer,
    err: *mut *mut smz_error,
) -> smz_status {
    // SAFETY: the header's promise about every pointer.
    unsafe {
        boundary::call(err, || {
            let out = boundary::out(out_writer, "out_writer")?;
            let outbox = boundary::path(outbox, "outbox")?;
            let builder = handles::shared(builder)?;
            let build = builder.build_options(&call_options::chosen(options)?);
            let sink = FolderSink::new(outbox, &builder.name().part(Position::Last), &build)?;
            let archive = builder.builder(&build).writer(EitherSink::Left(sink))?;
            out.publish(smz_export_writer { archive: Some(archive) });
            Ok(())
        })
    }
}

/// Begins an export whose parts your program takes: smz_part_sink. Since 0.1.
///
/// @param builder How it is made; it may be changed or freed afterwards.
/// @param sink The callbacks; the struct is copied.
/// @param options As for smz_export_writer_new_folder(), or NULL.
/// @param out_writer Where the writer goes, to be freed with smz_export_writer_free().
/// @param err Where an error goes, or NULL.
/// @return SMZ_OK, SMZ_ERR_INVALID_ARGUMENT; what the callbacks return.
/// @note Threads: several at the same time, also with the same handle.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn smz_export_writer_new_sink(
    builder: *const smz_export_builder,
    sink: *const smz_part_sink,
    options: *const smz_options,
    out_writer: *mut *mut smz_export_writer,
    err: *mut *mut smz_error,
) -> smz_status {
    // SAFETY: the header's promise about every pointer.
    unsafe {
        boundary::call(err, || {
            let out = boundary::out(out_writer, "out_writer")?;
            let builder = handles::shared(builder)?;
            let build = builder.build_options(&call_options::chosen(options)?);
            let archive = CallbackSink::new(sink)?.given(|sink| {
                sink.check_manifest(builder.manifest())?;
                builder.builder(&build).writer(EitherSink::Right(sink))
            })?;
            out.publish(smz_export_writer { archive: Some(archive) });
            Ok(())
        })
    }
}

/// Frees a writer. NULL is fine. Before smz_export_writer_finish() it takes everything back. Since
/// 0.1.
///
/// @param writer The writer, or NULL.
/// @note Threads: any one; nobody uses the handle afterwards.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn smz_export_writer_free(writer: *mut smz_export_writer) {
    boundary::free(writer);
}

/// Adds a folder. Folders that have files in them need none. Since 0.1.
///
/// @param writer The writer, with no file begun.
/// @param name Its path in the export, `/` between folders and perhaps at the end. UTF-8.
/// @param attributes Its time and permissions, or NULL.
/// @param err Where an error goes, or NULL.
/// @return As smz_export_writer_begin_file().
/// @note Threads: one at a time with the same handle; another gets SMZ_ERR_BUSY.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn smz_export_writer_add_folder(
    writer: *mut smz_export_writer,
    name: *const c_char,
    attributes: *const smz_entry_attributes,
    err: *mut *mut smz_error,
) -> smz_status {
    // SAFETY: the header's promise about every pointer.
    unsafe {
        boundary::call(err, || {
            let mut writer = handles::exclusive(writer)?;
            let name = boundary::text(name, "name")?;
            Ok(writer.archive()?.add_folder(name, &read(attributes)?)?)
        })
    }
}

/// Begins a file. Its bytes follow by smz_export_writer_write(). Since 0.1.
///
/// @param writer The writer, with no file begun.
/// @param name Its path in the export, `/` between folders. UTF-8. A path that is refused does no
/// harm: the export goes on without it.
/// @param attributes Its time, permissions and largest size, or NULL.
/// @param err Where an error goes, or NULL.
/// @return SMZ_OK; SMZ_ERR_UNSAFE_PATH for a path that is not safe on every platform, and for one
/// that some file system takes for that of another entry; SMZ_ERR_INVALID_ARGUMENT if a file is
/// begun, and after the end; the error that came before, which sticks.
/// @note Threads: one at a time with the same handle; another gets SMZ_ERR_BUSY.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn smz_export_writer_begin_file(
    writer: *mut smz_export_writer,
    name: *const c_char,
    attributes: *const smz_entry_attributes,
    err: *mut *mut smz_error,
) -> smz_status {
    // SAFETY: the header's promise about every pointer.
    unsafe {
        boundary::call(err, || {
            let mut writer = handles::exclusive(writer)?;
            let name = boundary::text(name, "name")?;
            Ok(writer.archive()?.begin_entry(name, &read(attributes)?)?)
        })
    }
}

/// Writes the next bytes of the file that is begun, all of them. Since 0.1.
///
/// @param writer The writer.
/// @param data The bytes.
/// @param data_len How many.
/// @param err Where an error goes, or NULL.
/// @return SMZ_OK; SMZ_ERR_INVALID_ARGUMENT if no file is begun, or for more bytes than
/// smz_entry_attributes.max_size; SMZ_ERR_CANCELLED, SMZ_ERR_NO_SPACE, SMZ_ERR_IO. Errors stick.
/// @note Threads: one at a time with the same handle; another gets SMZ_ERR_BUSY.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn smz_export_writer_write(
    writer: *mut smz_export_writer,
    data: *const u8,
    data_len: usize,
    err: *mut *mut smz_error,
) -> smz_status {
    // SAFETY: the header's promise about every pointer.
    unsafe {
        boundary::call(err, || {
            let mut writer = handles::exclusive(writer)?;
            let data = boundary::bytes(data, data_len, "data")?;
            Ok(writer.archive()?.write_entry(data)?)
        })
    }
}

/// Says that the file that is begun is complete. Since 0.1.
///
/// @param writer The writer.
/// @param err Where an error goes, or NULL.
/// @return SMZ_OK; SMZ_ERR_INVALID_ARGUMENT if no file is begun; otherwise as
/// smz_export_writer_write().
/// @note Threads: one at a time with the same handle; another gets SMZ_ERR_BUSY.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn smz_export_writer_end_file(
    writer: *mut smz_export_writer,
    err: *mut *mut smz_error,
) -> smz_status {
    // SAFETY: the header's promise about every pointer.
    unsafe { boundary::call(err, || Ok(handles::exclusive(writer)?.archive()?.end_entry()?)) }
}

/// Ends the export: writes what is left, opens all parts again and verifies every entry unless
/// SMZ_BUILD_OPTION_READ_BACK is 0, and gives all parts their names. After a failure there is
/// nothing of them. The writer can only be freed afterwards. Since 0.1.
///
/// @param writer The writer, with no file begun.
/// @param out_receipt Where a receipt goes, to be freed with smz_receipt_free(); or NULL.
/// @param err Where an error goes, or NULL.
/// @return SMZ_OK; SMZ_ERR_INVALID_ARGUMENT if a file is begun (which does no harm), and for a
/// second call; SMZ_ERR_CORRUPT if what was made is not what it should be; SMZ_ERR_CANCELLED,
/// SMZ_ERR_NO_SPACE, SMZ_ERR_IO; what the callbacks return.
/// @note Threads: one at a time with the same handle; another gets SMZ_ERR_BUSY.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn smz_export_writer_finish(
    writer: *mut smz_export_writer,
    out_receipt: *mut *mut smz_receipt,
    err: *mut *mut smz_error,
) -> smz_status {
    // SAFETY: the header's promise about every pointer.
    unsafe {
        boundary::call(err, || {
            let mut writer = handles::exclusive(writer)?;
            if writer.archive()?.open_entry().is_some() {
                return Err(Failure::argument("a file is begun and not ended yet".into()));
            }
            let built = writer.archive.take().ok_or_else(finished)?.finish()?;
            finish(&built, out_receipt)
        })
    }
}

fn finished() -> Failure {
    Failure::argument("the export is finished".into())
}
