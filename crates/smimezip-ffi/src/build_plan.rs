//! `smz_build_plan`: what an export would be made of; the dry run of `export_builder.rs`.

use std::ffi::{CString, c_char};
use std::path::PathBuf;
use std::ptr;

use smimezip::build::BuildPlan;

use crate::boundary;
use crate::call_options;
use crate::error::{Failure, smz_error, smz_error_info};
use crate::export_builder::smz_export_builder;
use crate::handles::{self, Handle};
use crate::options::smz_options;
use crate::status::smz_status;
use crate::struct_size::{self, StructSize};
use crate::text::c_string;

/// What an export would be made of. May be read by several threads at the same time.
pub struct smz_build_plan {
    entries: Vec<CString>,
    files: u64,
    folders: u64,
    bytes: u64,
    max_size: u64,
    max_parts: u64,
    skipped: Vec<smz_error>,
}

impl Handle for smz_build_plan {
    const NAME: &'static str = "smz_build_plan";
}

/// Numbers of a plan. Since 0.1.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct smz_build_plan_summary {
    /// To be set to sizeof(smz_build_plan_summary) before the call.
    pub struct_size: usize,
    /// Files and entries of folders: see smz_build_plan_entry().
    pub entries: u64,
    /// Files in the export.
    pub files: u64,
    /// Entries of folders.
    pub folders: u64,
    /// Bytes of the files, not compressed.
    pub bytes: u64,
    /// The most bytes that the archive can have, before its parts are sealed.
    pub max_size: u64,
    /// The most parts that there can be. How many there are depends on how well the files compress;
    /// more than 65,535 are not made.
    pub max_parts: u64,
    /// Files and folders left out, with SMZ_UNFIT_SKIP: see smz_build_plan_get_skipped().
    pub skipped: u64,
}

// SAFETY: `repr(C)`, the size first, numbers only.
unsafe impl StructSize for smz_build_plan_summary {
    const NAME: &'static str = "smz_build_plan_summary";
}

impl smz_build_plan {
    fn new(plan: &BuildPlan) -> Self {
        Self {
            entries: plan.entries.iter().map(c_string).collect(),
            files: plan.files,
            folders: plan.folders,
            bytes: plan.bytes,
            max_size: plan.max_size,
            max_parts: plan.max_parts,
            skipped: plan.skipped.iter().map(smz_error::of).collect(),
        }
    }
}

/// What smz_export_builder_build_folder() would make: everything that can be seen without opening a
/// file is, and nothing is written. Since 0.1.
///
/// @param builder The builder.
/// @param tree The folder: bytes on Unix, UTF-8 on Windows.
/// @param outbox Where the parts would go; need not be there: bytes on Unix, UTF-8 on Windows.
/// @param options Of these count: SMZ_OPTION_EXCLUDE, progress, cancel. Or NULL.
/// @param out_plan Where the plan goes, to be freed with smz_build_plan_free().
/// @param err Where an error goes, or NULL.
/// @return As smz_export_builder_build_folder(), as far as it can be seen.
/// @note Threads: several at the same time, also with the same handle.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn smz_export_builder_plan_folder(
    builder: *const smz_export_builder,
    tree: *const c_char,
    outbox: *const c_char,
    options: *const smz_options,
    out_plan: *mut *mut smz_build_plan,
    err: *mut *mut smz_error,
) -> smz_status {
    // SAFETY: the header's promise about every pointer.
    unsafe {
        boundary::call(err, || {
            let out = boundary::out(out_plan, "out_plan")?;
            let tree = boundary::path(tree, "tree")?;
            let outbox = boundary::path(outbox, "outbox")?;
            let builder = handles::shared(builder)?;
            let chosen = call_options::chosen(options)?;
            let core = builder.builder(&builder.build_options(&chosen));
            let plan = core.plan_folder(tree, outbox, &mut chosen.reporter())?;
            out.publish(smz_build_plan::new(&plan));
            Ok(())
        })
    }
}

/// As smz_export_builder_plan_folder(), for smz_export_builder_build_paths(). Since 0.1.
///
/// @param builder The builder.
/// @param paths The files and folders: bytes on Unix, UTF-8 on Windows.
/// @param path_count How many.
/// @param outbox Where the parts would go; need not be there: bytes on Unix, UTF-8 on Windows.
/// @param options As for smz_export_builder_plan_folder(), or NULL.
/// @param out_plan Where the plan goes, to be freed with smz_build_plan_free().
/// @param err Where an error goes, or NULL.
/// @return As smz_export_builder_build_paths(), as far as it can be seen.
/// @note Threads: several at the same time, also with the same handle.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn smz_export_builder_plan_paths(
    builder: *const smz_export_builder,
    paths: *const *const c_char,
    path_count: usize,
    outbox: *const c_char,
    options: *const smz_options,
    out_plan: *mut *mut smz_build_plan,
    err: *mut *mut smz_error,
) -> smz_status {
    // SAFETY: the header's promise about every pointer.
    unsafe {
        boundary::call(err, || {
            let out = boundary::out(out_plan, "out_plan")?;
            let paths = boundary::pointers(paths, path_count, "paths")?.iter();
            let paths: Vec<PathBuf> =
                paths.map(|path| boundary::path(*path, "a path")).collect::<Result<_, _>>()?;
            let outbox = boundary::path(outbox, "outbox")?;
            let builder = handles::shared(builder)?;
            let chosen = call_options::chosen(options)?;
            let core = builder.builder(&builder.build_options(&chosen));
            let plan = core.plan_paths(&paths, outbox, &mut chosen.reporter())?;
            out.publish(smz_build_plan::new(&plan));
            Ok(())
        })
    }
}

/// Frees a plan. NULL is fine. Since 0.1.
///
/// @param plan The plan, or NULL.
/// @note Threads: any one; nobody uses the handle afterwards.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn smz_build_plan_free(plan: *mut smz_build_plan) {
    boundary::free(plan);
}

/// The numbers of a plan. Since 0.1.
///
/// @param plan The plan.
/// @param out_summary Where they go; its `struct_size` must be set.
/// @return SMZ_OK or SMZ_ERR_INVALID_ARGUMENT.
/// @note Threads: several at the same time, also with the same handle.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn smz_build_plan_get_summary(
    plan: *const smz_build_plan,
    out_summary: *mut smz_build_plan_summary,
) -> smz_status {
    // SAFETY: the header's promise about every pointer.
    unsafe {
        boundary::call(ptr::null_mut(), || {
            let plan = handles::shared(plan)?;
            let summary = smz_build_plan_summary {
                entries: plan.entries.len() as u64,
                files: plan.files,
                folders: plan.folders,
                bytes: plan.bytes,
                max_size: plan.max_size,
                max_parts: plan.max_parts,
                skipped: plan.skipped.len() as u64,
                ..struct_size::empty()
            };
            struct_size::write(out_summary, &summary)
        })
    }
}

/// A path that the archive would have, in its order; that of a folder ends in `/`. Since 0.1.
///
/// @param plan The plan.
/// @param index Counted from 0, below smz_build_plan_summary.entries.
/// @return UTF-8, owned by the plan; NULL if there is none.
/// @note Threads: several at the same time, also with the same handle.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn smz_build_plan_entry(
    plan: *const smz_build_plan,
    index: u64,
) -> *const c_char {
    boundary::value(ptr::null(), || {
        let plan = handles::shared(plan)?;
        let entry = plan.entries.get(boundary::index(index)?);
        Ok(entry.map_or(ptr::null(), |entry| entry.as_ptr()))
    })
}

/// A file or folder that would be left out, and why. Since 0.1.
///
/// @param plan The plan.
/// @param index Counted from 0, below smz_build_plan_summary.skipped.
/// @param out_info Where it goes; its `struct_size` must be set. Texts are the plan's.
/// @return SMZ_OK, SMZ_ERR_NOT_FOUND or SMZ_ERR_INVALID_ARGUMENT.
/// @note Threads: several at the same time, also with the same handle.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn smz_build_plan_get_skipped(
    plan: *const smz_build_plan,
    index: u64,
    out_info: *mut smz_error_info,
) -> smz_status {
    // SAFETY: the header's promise about every pointer.
    unsafe {
        boundary::call(ptr::null_mut(), || {
            struct_size::check(out_info)?;
            let plan = handles::shared(plan)?;
            let error = plan.skipped.get(boundary::index(index)?).ok_or_else(Failure::no_index)?;
            struct_size::write(out_info, &error.info())
        })
    }
}
