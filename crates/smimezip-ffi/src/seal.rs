//! A folder sealed as an export.

use std::ffi::c_char;

use smimezip::build::BuildOptions;
use smimezip::export::ExportBuilder;
use smimezip::parts::SetName;

use crate::boundary;
use crate::call_options;
use crate::error::{Failure, smz_error};
use crate::handles;
use crate::options::smz_options;
use crate::recipients::smz_recipients;
use crate::status::smz_status;

/// Makes an export of all that is in a folder: zipped, cut into parts, each of them sealed for all
/// recipients, opened again and verified before any part gets its name. After a failure the outbox
/// is as it was. Progress is reported on this thread. Since 0.1.
///
/// @param recipients Whom it is for; at least one.
/// @param tree The folder: bytes on Unix, UTF-8 on Windows.
/// @param outbox Where the parts go; made if it is not there: bytes on Unix, UTF-8 on Windows.
/// @param part_size Size of a part before it is sealed, from 65,536 to 4,294,967,295; 0 for one
/// part. In base64 it becomes larger by 37 %.
/// @param options Progress, cancel; or NULL. Others do not count.
/// @param err Where an error goes, or NULL.
/// @return SMZ_OK; SMZ_ERR_INVALID_ARGUMENT without recipients, for another size, or if the outbox
/// is in the tree; SMZ_ERR_UNSAFE_PATH, SMZ_ERR_UNSUPPORTED for what an extraction would refuse;
/// SMZ_ERR_IO, also for a file that changes meanwhile; SMZ_ERR_CANCELLED, SMZ_ERR_NO_SPACE.
/// @note Threads: several at the same time, also with the same handle.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn smz_seal_folder(
    recipients: *const smz_recipients,
    tree: *const c_char,
    outbox: *const c_char,
    part_size: u64,
    options: *const smz_options,
    err: *mut *mut smz_error,
) -> smz_status {
    // SAFETY: the header's promise about every pointer.
    unsafe {
        boundary::call(err, || {
            let tree = boundary::path(tree, "tree")?;
            let outbox = boundary::path(outbox, "outbox")?;
            let recipients = handles::shared(recipients)?;
            let chosen = call_options::chosen(options)?;
            let mut build = BuildOptions::new().cancel(&chosen.cancel);
            if part_size != 0 {
                build = build.part_size(part_size);
            }
            let builder = builder(&recipients)?.build_options(&build);
            builder.build_folder(tree, outbox, &mut chosen.reporter())?;
            Ok(())
        })
    }
}

/// For a set with a name of its own.
fn builder(recipients: &smz_recipients) -> Result<ExportBuilder, Failure> {
    let builder = ExportBuilder::new(SetName::random()?);
    Ok(recipients.list.iter().cloned().fold(builder, ExportBuilder::recipient))
}
