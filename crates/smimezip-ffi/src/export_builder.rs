//! `smz_export_builder`: how an export is made, and exports of files and folders.

use std::ffi::{CString, c_char};
use std::path::PathBuf;

use smimezip::build::{BuildOptions, Built, Unfit};
use smimezip::export::{ExportBuilder, ManifestContents};
use smimezip::keys::Recipient;
use smimezip::message::SealOptions;
use smimezip::parts::SetName;

use crate::boundary;
use crate::call_options::{self, CallOptions};
use crate::error::{Failure, smz_error};
use crate::handles::{self, Handle};
use crate::options::{one_of, smz_options};
use crate::receipt::smz_receipt;
use crate::recipients::smz_recipients;
use crate::seal_options::{self, smz_seal_options};
use crate::status::smz_status;
use crate::text::c_string;

/// How exports are made: for whom, under which name, in parts of which size. All that makes one may
/// be done by several threads at the same time.
pub struct smz_export_builder {
    recipients: Vec<Recipient>,
    name: SetName,
    shown_name: CString,
    seal: SealOptions,
    part_size: Option<u64>,
    level: Option<u32>,
    reproducible: bool,
    unfit: Unfit,
    read_back: bool,
    manifest: Option<ManifestContents>,
}

impl Handle for smz_export_builder {
    const NAME: &'static str = "smz_export_builder";
}

/// Which option of making to set; each takes a number. Since 0.1.
pub type smz_build_option = i32;

/// Bytes of a part before it is sealed, from 65,536 to 4,294,967,295; 0 for one part of any size.
/// Default: 0. In MIME with base64 a part becomes larger by 37 %.
pub const SMZ_BUILD_OPTION_PART_SIZE: smz_build_option = 1;
/// How hard to compress, from 0, not at all, to 9. Default: 5.
pub const SMZ_BUILD_OPTION_LEVEL: smz_build_option = 2;
/// 0 or 1: leave out times, and of permissions all but whether the owner may execute a file, so
/// that names and contents alone determine the archive. Default: 0.
pub const SMZ_BUILD_OPTION_REPRODUCIBLE: smz_build_option = 3;
/// What happens to files of a folder that an extraction would refuse (links, devices, names that
/// are not safe on every platform or collide): SMZ_UNFIT_… Default: refuse.
pub const SMZ_BUILD_OPTION_UNFIT: smz_build_option = 4;
/// SMZ_BUILD_OPTION_UNFIT: make nothing.
pub const SMZ_UNFIT_REFUSE: u64 = 0;
/// SMZ_BUILD_OPTION_UNFIT: leave them out; the receipt names them.
pub const SMZ_UNFIT_SKIP: u64 = 1;
/// 0 or 1: open all parts and verify every entry before any part gets its name, where they can be
/// read: in a folder, or by smz_part_sink.read_back. Default: 1.
pub const SMZ_BUILD_OPTION_READ_BACK: smz_build_option = 5;
/// A file STEM.manifest.json beside the parts: SMZ_MANIFEST_… Default: none.
pub const SMZ_BUILD_OPTION_MANIFEST: smz_build_option = 6;
/// SMZ_BUILD_OPTION_MANIFEST: no such file.
pub const SMZ_MANIFEST_NONE: u64 = 0;
/// SMZ_BUILD_OPTION_MANIFEST: name, size and SHA-256 of each part, which says nothing of what is in
/// the export.
pub const SMZ_MANIFEST_PARTS: u64 = 1;
/// SMZ_BUILD_OPTION_MANIFEST: also path, size and CRC-32 of each file in the export. **Whoever has
/// the manifest reads these without a key.**
pub const SMZ_MANIFEST_ENTRIES: u64 = 2;

impl smz_export_builder {
    fn new(recipients: Vec<Recipient>, name: SetName) -> Self {
        Self {
            recipients,
            shown_name: c_string(name.stem()),
            name,
            seal: SealOptions::new(),
            part_size: None,
            level: None,
            reproducible: false,
            unfit: Unfit::Refuse,
            read_back: true,
            manifest: None,
        }
    }

    fn set_number(&mut self, option: smz_build_option, value: u64) -> Result<(), Failure> {
        let flag = || one_of(value, [(0, false), (1, true)]);
        match option {
            SMZ_BUILD_OPTION_PART_SIZE => self.part_size = Some(value).filter(|it| *it != 0),
            SMZ_BUILD_OPTION_LEVEL => {
                let level = u32::try_from(value).ok().filter(|level| *level <= 9);
                let unknown = || Failure::argument(format!("no such level: {value}"));
                self.level = Some(level.ok_or_else(unknown)?);
            }
            SMZ_BUILD_OPTION_REPRODUCIBLE => self.reproducible = flag()?,
            SMZ_BUILD_OPTION_UNFIT => {
                let all = [(SMZ_UNFIT_REFUSE, Unfit::Refuse), (SMZ_UNFIT_SKIP, Unfit::Skip)];
                self.unfit = one_of(value, all)?;
            }
            SMZ_BUILD_OPTION_READ_BACK => self.read_back = flag()?,
            SMZ_BUILD_OPTION_MANIFEST => {
                let all = [
                    (SMZ_MANIFEST_NONE, None),
                    (SMZ_MANIFEST_PARTS, Some(ManifestContents::Parts)),
                    (SMZ_MANIFEST_ENTRIES, Some(ManifestContents::Entries)),
                ];
                self.manifest = one_of(value, all)?;
            }
            _ => return Err(Failure::argument(format!("no option {option} of making"))),
        }
        Ok(())
    }

    pub(crate) fn name(&self) -> &SetName {
        &self.name
    }

    pub(crate) fn manifest(&self) -> Option<ManifestContents> {
        self.manifest
    }

    /// How the archive is made, for one call.
    pub(crate) fn build_options(&self, chosen: &CallOptions) -> BuildOptions {
        let build = chosen.build.clone().reproducible(self.reproducible).unfit(self.unfit);
        // A receipt has the SHA-256 of every part.
        let mut build = build.digests(true);
        if let Some(bytes) = self.part_size {
            build = build.part_size(bytes);
        }
        if let Some(level) = self.level {
            build = build.level(level);
        }
        if !chosen.exclude.is_empty() {
            let exclude = chosen.exclude.clone();
            build = build.filter(move |path| !exclude.matches(path));
        }
        build
    }

    /// The core's builder, for one call.
    pub(crate) fn builder(&self, build: &BuildOptions) -> ExportBuilder {
        let recipients = self.recipients.iter().cloned();
        let builder = ExportBuilder::new(self.name.clone())
            .build_options(build)
            .seal_options(&self.seal)
            .read_back(self.read_back);
        let builder = recipients.fold(builder, ExportBuilder::recipient);
        match self.manifest {
            Some(contents) => builder.manifest(contents),
            None => builder,
        }
    }
}

/// Makes a builder of exports with the defaults and a random name: `export-` and a UUID. Since 0.1.
///
/// @param recipients Whom exports are for, at least one; each opens every part with its own key
/// alone. It may be changed or freed afterwards.
/// @param out_builder Where the builder goes, to be freed with smz_export_builder_free().
/// @param err Where an error goes, or NULL.
/// @return SMZ_OK; SMZ_ERR_INVALID_ARGUMENT without recipients; SMZ_ERR_IO if the system gives no
/// random bytes.
/// @note Threads: several at the same time, also with the same handle.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn smz_export_builder_new(
    recipients: *const smz_recipients,
    out_builder: *mut *mut smz_export_builder,
    err: *mut *mut smz_error,
) -> smz_status {
    // SAFETY: the header's promise about every pointer.
    unsafe {
        boundary::call(err, || {
            let out = boundary::out(out_builder, "out_builder")?;
            let recipients = handles::shared(recipients)?.list.clone();
            if recipients.is_empty() {
                return Err(Failure::argument("an export without recipients".into()));
            }
            out.publish(smz_export_builder::new(recipients, SetName::random()?));
            Ok(())
        })
    }
}

/// Frees a builder. NULL is fine; writers made with it stay. Since 0.1.
///
/// @param builder The builder, or NULL.
/// @note Threads: any one; nobody uses the handle afterwards.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn smz_export_builder_free(builder: *mut smz_export_builder) {
    boundary::free(builder);
}

/// Names the next exports: STEM.z01.smime … STEM.zip.smime. Since 0.1.
///
/// @param builder The builder.
/// @param stem UTF-8, safe as the name of a file on every platform. It is copied.
/// @param err Where an error goes, or NULL.
/// @return SMZ_OK; SMZ_ERR_INVALID_ARGUMENT for a stem that no part can have. One that is not safe
/// as the name of a file is refused when an export is made.
/// @note Threads: one at a time with the same handle; another gets SMZ_ERR_BUSY.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn smz_export_builder_set_name(
    builder: *mut smz_export_builder,
    stem: *const c_char,
    err: *mut *mut smz_error,
) -> smz_status {
    // SAFETY: the header's promise about every pointer.
    unsafe {
        boundary::call(err, || {
            let mut builder = handles::exclusive(builder)?;
            let stem = boundary::text(stem, "stem")?;
            let none = || Failure::argument(format!("no part can be named {stem:?}"));
            builder.name = SetName::new(stem).ok_or_else(none)?;
            builder.shown_name = c_string(stem);
            Ok(())
        })
    }
}

/// What the names of the next export's parts begin with. Since 0.1.
///
/// @param builder The builder.
/// @return UTF-8, owned by the builder, valid until it is named anew or freed; NULL if `builder` is
/// none.
/// @note Threads: several at the same time, also with the same handle.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn smz_export_builder_name(
    builder: *const smz_export_builder,
) -> *const c_char {
    boundary::value(std::ptr::null(), || Ok(handles::shared(builder)?.shown_name.as_ptr()))
}

/// Sets an option of making. Since 0.1.
///
/// @param builder The builder.
/// @param build_option SMZ_BUILD_OPTION_…
/// @param value The number.
/// @param err Where an error goes, or NULL.
/// @return SMZ_OK; SMZ_ERR_INVALID_ARGUMENT for an unknown option or value.
/// @note Threads: one at a time with the same handle; another gets SMZ_ERR_BUSY.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn smz_export_builder_set_u64(
    builder: *mut smz_export_builder,
    build_option: smz_build_option,
    value: u64,
    err: *mut *mut smz_error,
) -> smz_status {
    // SAFETY: the header's promise about every pointer.
    unsafe { boundary::call(err, || handles::exclusive(builder)?.set_number(build_option, value)) }
}

/// Says how each part is sealed. Since 0.1.
///
/// @param builder The builder.
/// @param seal_options The options, which are copied; NULL for the defaults.
/// @param err Where an error goes, or NULL.
/// @return SMZ_OK or SMZ_ERR_INVALID_ARGUMENT.
/// @note Threads: one at a time with the same handle; another gets SMZ_ERR_BUSY.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn smz_export_builder_set_seal_options(
    builder: *mut smz_export_builder,
    seal_options: *const smz_seal_options,
    err: *mut *mut smz_error,
) -> smz_status {
    // SAFETY: the header's promise about every pointer.
    unsafe {
        boundary::call(err, || {
            let seal = seal_options::chosen(seal_options)?;
            handles::exclusive(builder)?.seal = seal;
            Ok(())
        })
    }
}

/// Makes an export of all that is in a folder: zipped on all cores, cut into parts, each of them
/// sealed with a key of its own, opened again and verified before any part gets its name. Nothing
/// of the plaintext is written anywhere. After a failure the outbox is as it was. Since 0.1.
///
/// @param builder The builder. What it makes next has the same name, unless it is given another.
/// @param tree The folder: bytes on Unix, UTF-8 on Windows.
/// @param outbox Where the parts go; made if it is not there: bytes on Unix, UTF-8 on Windows.
/// @param options Of these count: SMZ_OPTION_THREADS, SMZ_OPTION_DURABLE, SMZ_OPTION_EXCLUDE (a
/// folder with all that is in it), progress, cancel. Or NULL.
/// @param out_receipt Where a receipt goes, to be freed with smz_receipt_free(); or NULL.
/// @param err Where an error goes, or NULL.
/// @return SMZ_OK; SMZ_ERR_INVALID_ARGUMENT also for an outbox in the tree and for options that
/// make no sense; SMZ_ERR_EXISTS if a part of this name is in the outbox; SMZ_ERR_UNSAFE_PATH or
/// SMZ_ERR_UNSUPPORTED for what an extraction would refuse; SMZ_ERR_IO, also for a file that
/// changes while it is read; SMZ_ERR_NO_SPACE, SMZ_ERR_CANCELLED.
/// @note Threads: several at the same time, also with the same handle.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn smz_export_builder_build_folder(
    builder: *const smz_export_builder,
    tree: *const c_char,
    outbox: *const c_char,
    options: *const smz_options,
    out_receipt: *mut *mut smz_receipt,
    err: *mut *mut smz_error,
) -> smz_status {
    // SAFETY: the header's promise about every pointer.
    unsafe {
        boundary::call(err, || {
            let tree = boundary::path(tree, "tree")?;
            let outbox = boundary::path(outbox, "outbox")?;
            let builder = handles::shared(builder)?;
            let chosen = call_options::chosen(options)?;
            let core = builder.builder(&builder.build_options(&chosen));
            let built = core.build_folder(tree, outbox, &mut chosen.reporter())?;
            finish(&built, out_receipt)
        })
    }
}

/// As smz_export_builder_build_folder(), of several files and folders, each of which goes into the
/// archive under the last component of its path. A link that is named is what it leads to; in
/// folders none is followed. Since 0.1.
///
/// @param builder The builder.
/// @param paths The files and folders: bytes on Unix, UTF-8 on Windows.
/// @param path_count How many.
/// @param outbox Where the parts go; made if it is not there: bytes on Unix, UTF-8 on Windows.
/// @param options As for smz_export_builder_build_folder(), or NULL.
/// @param out_receipt Where a receipt goes, to be freed with smz_receipt_free(); or NULL.
/// @param err Where an error goes, or NULL.
/// @return As smz_export_builder_build_folder(); SMZ_ERR_INVALID_ARGUMENT also for two paths of one
/// name, and for one that has none, as `.`.
/// @note Threads: several at the same time, also with the same handle.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn smz_export_builder_build_paths(
    builder: *const smz_export_builder,
    paths: *const *const c_char,
    path_count: usize,
    outbox: *const c_char,
    options: *const smz_options,
    out_receipt: *mut *mut smz_receipt,
    err: *mut *mut smz_error,
) -> smz_status {
    // SAFETY: the header's promise about every pointer.
    unsafe {
        boundary::call(err, || {
            let paths = boundary::pointers(paths, path_count, "paths")?.iter();
            let paths: Vec<PathBuf> =
                paths.map(|path| boundary::path(*path, "a path")).collect::<Result<_, _>>()?;
            let outbox = boundary::path(outbox, "outbox")?;
            let builder = handles::shared(builder)?;
            let chosen = call_options::chosen(options)?;
            let core = builder.builder(&builder.build_options(&chosen));
            let built = core.build_paths(&paths, outbox, &mut chosen.reporter())?;
            finish(&built, out_receipt)
        })
    }
}

/// Hands the receipt out, if it was asked for.
///
/// # Safety
/// `out_receipt` is NULL or may be written.
pub(crate) unsafe fn finish(
    built: &Built,
    out_receipt: *mut *mut smz_receipt,
) -> Result<(), Failure> {
    if !out_receipt.is_null() {
        // SAFETY: promised by the caller.
        unsafe { boundary::out(out_receipt, "out_receipt") }?.publish(smz_receipt::new(built)?);
    }
    Ok(())
}
