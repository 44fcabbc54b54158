//! What is done alike to what is certain of a salvaged export and to what is not.

use std::ffi::c_char;
use std::sync::Arc;

use smimezip::export::Salvage;

use crate::archive::{Opened, smz_archive};
use crate::boundary;
use crate::call_options;
use crate::error::smz_error;
use crate::extract;
use crate::handles;
use crate::options::smz_options;
use crate::report::smz_report;
use crate::salvage::smz_salvage;
use crate::status::smz_status;

/// Which of what was found is meant.
#[derive(Clone, Copy)]
pub(crate) enum Found {
    Certain,
    Uncertain,
}

/// Gives an archive of some of what was found.
///
/// # Safety
/// The header's promise about every pointer.
pub(crate) unsafe fn publish(
    salvage: *const smz_salvage,
    found: fn(Arc<Salvage>) -> Opened,
    out_archive: *mut *mut smz_archive,
    err: *mut *mut smz_error,
) -> smz_status {
    // SAFETY: the caller's promise.
    unsafe {
        boundary::call(err, || {
            let out = boundary::out(out_archive, "out_archive")?;
            let salvage = handles::shared(salvage)?;
            let parts = salvage.parts.iter().map(String::as_str);
            out.publish(smz_archive::new(found(Arc::clone(&salvage.salvage)), parts));
            Ok(())
        })
    }
}

/// Extracts some of what was found.
///
/// # Safety
/// The header's promise about every pointer.
pub(crate) unsafe fn extract_of(
    salvage: *const smz_salvage,
    found: Found,
    directory: *const c_char,
    options: *const smz_options,
    out_report: *mut *mut smz_report,
    err: *mut *mut smz_error,
) -> smz_status {
    // SAFETY: the caller's promise.
    unsafe {
        boundary::call_status(err, || {
            let directory = boundary::path(directory, "directory")?;
            let salvage = &handles::shared(salvage)?.salvage;
            let mut chosen = call_options::chosen(options)?;
            let archive = match found {
                Found::Certain => salvage.archive(),
                Found::Uncertain => salvage.uncertain(),
            };
            chosen.choose(archive.entries())?;
            let mut progress = chosen.reporter();
            let (extract, progress) = (&chosen.extract, &mut progress);
            let report = match found {
                Found::Certain => salvage.extract_with(directory, extract, progress),
                Found::Uncertain => salvage.extract_uncertain_with(directory, extract, progress),
            };
            extract::finish(&report?, out_report)
        })
    }
}
