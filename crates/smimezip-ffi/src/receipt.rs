//! `smz_receipt`: what was made, and what was left out.

use std::ffi::{CString, c_char};
use std::ptr;

use smimezip::build::Built;
use smimezip::export::Manifest;
use smimezip::parts::PartReceipt;
use smimezip::{Limit, Limits};

use crate::boundary;
use crate::error::{Failure, smz_error, smz_error_info};
use crate::handles::{self, Handle};
use crate::option::smz_option;
use crate::status::smz_status;
use crate::struct_size::{self, StructSize};
use crate::text::c_string;

/// What a call made: the parts of an export. May be read by several threads at the same time.
pub struct smz_receipt {
    parts: Vec<ReceivedPart>,
    manifest: CString,
    files: u64,
    folders: u64,
    bytes: u64,
    sealed_bytes: u64,
    skipped: Vec<smz_error>,
    needs: Vec<(Limit, u64)>,
}

impl Handle for smz_receipt {
    const NAME: &'static str = "smz_receipt";
}

/// Numbers of a receipt. Since 0.1.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct smz_receipt_summary {
    /// To be set to sizeof(smz_receipt_summary) before the call.
    pub struct_size: usize,
    /// Parts of the export: see smz_receipt_get_part().
    pub parts: u64,
    /// Bytes of all parts, sealed.
    pub sealed_bytes: u64,
    /// Files in the export.
    pub files: u64,
    /// Entries of folders.
    pub folders: u64,
    /// Bytes of the files, not compressed.
    pub bytes: u64,
    /// Files and folders left out, with SMZ_UNFIT_SKIP: see smz_receipt_get_skipped().
    pub skipped: u64,
    /// Limits that those who get the export must raise: see smz_receipt_get_need().
    pub needs: u64,
}

// SAFETY: `repr(C)`, the size first, numbers only.
unsafe impl StructSize for smz_receipt_summary {
    const NAME: &'static str = "smz_receipt_summary";
}

/// A limit that those who get an export must raise from its default to extract all of it. Since
/// 0.1.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct smz_need {
    /// To be set to sizeof(smz_need).
    pub struct_size: usize,
    /// SMZ_OPTION_LIMIT_...
    pub limit: smz_option,
    /// The least value that will do.
    pub least: u64,
}

// SAFETY: `repr(C)`, the size first, numbers only.
unsafe impl StructSize for smz_need {
    const NAME: &'static str = "smz_need";
}

/// A part that was made. Since 0.1.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct smz_part_receipt {
    /// To be set to sizeof(smz_part_receipt) before the call.
    pub struct_size: usize,
    /// Its name in the set, the name of its file. UTF-8, owned by the receipt.
    pub name: *const c_char,
    /// The name it was begun under: another one for the last part of several, which is begun as
    /// `.zNN`, unless it is small, and gets its name `.zip` in the end. UTF-8, owned by the
    /// receipt.
    pub begun_as: *const c_char,
    /// Bytes of the part, sealed.
    pub size: u64,
    /// SHA-256 of these bytes, 32 of them, owned by the receipt.
    pub sha256: *const u8,
}

// SAFETY: `repr(C)`, the size first, numbers and pointers only.
unsafe impl StructSize for smz_part_receipt {
    const NAME: &'static str = "smz_part_receipt";
}

/// What the pointers of a [`smz_part_receipt`] point to.
pub(crate) struct ReceivedPart {
    name: CString,
    begun_as: CString,
    size: u64,
    sha256: Option<[u8; 32]>,
}

impl ReceivedPart {
    pub(crate) fn new(receipt: &PartReceipt) -> Self {
        Self {
            name: c_string(receipt.name().to_string()),
            begun_as: c_string(receipt.begun_as().to_string()),
            size: receipt.size(),
            sha256: receipt.sha256().copied(),
        }
    }

    /// The part; valid as long as `self` is.
    pub(crate) fn part(&self) -> smz_part_receipt {
        smz_part_receipt {
            name: self.name.as_ptr(),
            begun_as: self.begun_as.as_ptr(),
            size: self.size,
            sha256: self.sha256.as_ref().map_or(ptr::null(), |it| it.as_ptr()),
            ..struct_size::empty()
        }
    }
}

impl smz_receipt {
    pub(crate) fn new(built: &Built) -> Result<Self, Failure> {
        let manifest = Manifest::of(built)?;
        Ok(Self {
            parts: built.parts.iter().map(ReceivedPart::new).collect(),
            sealed_bytes: manifest.size(),
            manifest: c_string(manifest.to_json()),
            files: built.files,
            folders: built.folders,
            bytes: built.bytes,
            skipped: built.skipped.iter().map(smz_error::of).collect(),
            needs: built.needs(&Limits::default()),
        })
    }
}

/// Frees a receipt. NULL is fine. Since 0.1.
///
/// @param receipt The receipt, or NULL.
/// @note Threads: any one; nobody uses the handle afterwards.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn smz_receipt_free(receipt: *mut smz_receipt) {
    boundary::free(receipt);
}

/// The numbers of a receipt. Since 0.1.
///
/// @param receipt The receipt.
/// @param out_summary Where they go; its `struct_size` must be set.
/// @return SMZ_OK or SMZ_ERR_INVALID_ARGUMENT.
/// @note Threads: several at the same time, also with the same handle.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn smz_receipt_get_summary(
    receipt: *const smz_receipt,
    out_summary: *mut smz_receipt_summary,
) -> smz_status {
    // SAFETY: the header's promise about every pointer.
    unsafe {
        boundary::call(ptr::null_mut(), || {
            let receipt = handles::shared(receipt)?;
            let summary = smz_receipt_summary {
                parts: receipt.parts.len() as u64,
                sealed_bytes: receipt.sealed_bytes,
                files: receipt.files,
                folders: receipt.folders,
                bytes: receipt.bytes,
                skipped: receipt.skipped.len() as u64,
                needs: receipt.needs.len() as u64,
                ..struct_size::empty()
            };
            struct_size::write(out_summary, &summary)
        })
    }
}

/// A part that was made, in their order; the last one is `.zip`. Since 0.1.
///
/// @param receipt The receipt.
/// @param index Counted from 0, below smz_receipt_summary.parts.
/// @param out_part Where it goes; its `struct_size` must be set. What it points to is the
/// receipt's.
/// @return SMZ_OK, SMZ_ERR_NOT_FOUND or SMZ_ERR_INVALID_ARGUMENT.
/// @note Threads: several at the same time, also with the same handle.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn smz_receipt_get_part(
    receipt: *const smz_receipt,
    index: u64,
    out_part: *mut smz_part_receipt,
) -> smz_status {
    // SAFETY: the header's promise about every pointer.
    unsafe {
        boundary::call(ptr::null_mut(), || {
            struct_size::check(out_part)?;
            let receipt = handles::shared(receipt)?;
            let part = receipt.parts.get(boundary::index(index)?).ok_or_else(Failure::no_index)?;
            struct_size::write(out_part, &part.part())
        })
    }
}

/// A file or folder that was left out, and why. Since 0.1.
///
/// @param receipt The receipt.
/// @param index Counted from 0, below smz_receipt_summary.skipped.
/// @param out_info Where it goes; its `struct_size` must be set. Texts are the receipt's.
/// @return SMZ_OK, SMZ_ERR_NOT_FOUND or SMZ_ERR_INVALID_ARGUMENT.
/// @note Threads: several at the same time, also with the same handle.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn smz_receipt_get_skipped(
    receipt: *const smz_receipt,
    index: u64,
    out_info: *mut smz_error_info,
) -> smz_status {
    // SAFETY: the header's promise about every pointer.
    unsafe {
        boundary::call(ptr::null_mut(), || {
            struct_size::check(out_info)?;
            let receipt = handles::shared(receipt)?;
            let index = boundary::index(index)?;
            let error = receipt.skipped.get(index).ok_or_else(Failure::no_index)?;
            struct_size::write(out_info, &error.info())
        })
    }
}

/// A limit that whoever extracts the export must raise from its default, as what is made may have
/// any size, and an export of that size from somebody else may be an attack. Since 0.1.
///
/// @param receipt The receipt.
/// @param index Counted from 0, below smz_receipt_summary.needs.
/// @param out_need Where it goes; its `struct_size` must be set.
/// @return SMZ_OK, SMZ_ERR_NOT_FOUND or SMZ_ERR_INVALID_ARGUMENT.
/// @note Threads: several at the same time, also with the same handle.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn smz_receipt_get_need(
    receipt: *const smz_receipt,
    index: u64,
    out_need: *mut smz_need,
) -> smz_status {
    // SAFETY: the header's promise about every pointer.
    unsafe {
        boundary::call(ptr::null_mut(), || {
            struct_size::check(out_need)?;
            let receipt = handles::shared(receipt)?;
            let need = receipt.needs.get(boundary::index(index)?);
            let &(limit, least) = need.ok_or_else(Failure::no_index)?;
            let need = smz_need { limit: limit.number(), least, ..struct_size::empty() };
            struct_size::write(out_need, &need)
        })
    }
}

/// The manifest of the parts, for sinks that store it in a way of their own: JSON with the name,
/// size and SHA-256 of each, as SMZ_MANIFEST_PARTS has it in a file beside them. `smimezip verify
/// --manifest` checks parts by it, without a key. Since 0.1.
///
/// @param receipt The receipt.
/// @return UTF-8, owned by the receipt; NULL if `receipt` is none.
/// @note Threads: several at the same time, also with the same handle.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn smz_receipt_manifest(receipt: *const smz_receipt) -> *const c_char {
    boundary::value(ptr::null(), || Ok(handles::shared(receipt)?.manifest.as_ptr()))
}

#[cfg(test)]
mod tests {
    use smimezip::parts::PartName;

    use super::*;
    use crate::option::SMZ_OPTION_LIMIT_RATIO;
    use crate::status::{SMZ_ERR_NOT_FOUND, SMZ_OK};

    /// Of zeros, which compress a thousandfold.
    #[test]
    fn limits_that_must_be_raised_are_said() {
        let mut built = Built::default();
        (built.bytes, built.compressed_bytes) = (2 << 30, 2 << 20);
        let name = PartName::parse("e.zip.smime").unwrap();
        built.parts = vec![PartReceipt::new(name, 3 << 20).with_sha256([0; 32])];
        let receipt = handles::publish(smz_receipt::new(&built).ok().unwrap());
        let mut need: smz_need = struct_size::empty();
        // SAFETY: it is alive, and freed once.
        unsafe {
            assert_eq!(smz_receipt_get_need(receipt, 0, &raw mut need), SMZ_OK);
            assert_eq!((need.limit, need.least), (SMZ_OPTION_LIMIT_RATIO, 1024));
            assert_eq!(smz_receipt_get_need(receipt, 1, &raw mut need), SMZ_ERR_NOT_FOUND);
            let mut summary: smz_receipt_summary = struct_size::empty();
            assert_eq!(smz_receipt_get_summary(receipt, &raw mut summary), SMZ_OK);
            assert_eq!(summary.needs, 1);
            smz_receipt_free(receipt);
        }
    }
}
