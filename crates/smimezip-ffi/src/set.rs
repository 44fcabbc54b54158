//! `smz_set`: the parts of an export. How parts that are not found in a folder get into it is in
//! `set_add.rs`.

use std::ffi::{CString, c_char};
use std::path::PathBuf;
use std::sync::Arc;

use smimezip::parts::Position;
use smimezip::read_at::{FilePool, FileSource};
use smimezip::{Export, Part};

use crate::boundary;
use crate::call_options;
use crate::error::{Failure, SMZ_UNKNOWN, smz_error};
use crate::handles::{self, Handle};
use crate::message::smz_message;
use crate::options::smz_options;
use crate::status::{SMZ_ERR_NOT_FOUND, smz_status};
use crate::struct_size::{self, StructSize};
use crate::text::c_string;

/// The parts of one export: found from any one of them, or added one after the other. Functions
/// that take it as `const` may be called by several threads at the same time.
pub struct smz_set {
    export: Option<Export>,
    name: CString,
    /// Parts that the program added.
    added: Vec<Part>,
    /// Keeps the number of open files down.
    pool: Arc<FilePool>,
    listed: Vec<Listed>,
}

struct Listed {
    name: CString,
    number: u64,
    state: i32,
    is_stand_in: bool,
    part: Option<Part>,
}

impl Handle for smz_set {
    const NAME: &'static str = "smz_set";
}

/// smz_part.state: the part is there.
pub const SMZ_PART_PRESENT: i32 = 0;
/// smz_part.state: the part must exist and does not.
pub const SMZ_PART_MISSING: i32 = 1;
/// smz_part.state: a further file for a position that a part has: a copy by its name, as browsers
/// and file managers make them, or the same part under another name. smz_archive_open() ignores it
/// if it has the same bytes as the part, and refuses it otherwise.
pub const SMZ_PART_DUPLICATE: i32 = 2;
/// smz_part.state: such a file that does not have the same bytes as the part, which is known after
/// smz_set_compare_duplicates().
pub const SMZ_PART_CONFLICTING: i32 = 3;

/// One part of a set. Since 0.1.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct smz_part {
    /// To be set to sizeof(smz_part) before the call.
    pub struct_size: usize,
    /// Its file name. UTF-8, owned by the set, valid until it is freed or a part is added.
    pub name: *const c_char,
    /// NN of `.zNN` or `.zip.NNN`; 0 for `.zip`, which is the last part, and for those that are not
    /// present.
    pub number: u64,
    /// Bytes of the part as it is, or SMZ_UNKNOWN.
    pub size: u64,
    /// SMZ_PART_…
    pub state: i32,
    /// Whether the part is a copy by its name and is taken as the original is not there, as
    /// `X.z01 (1).smime` without an `X.z01.smime`: 0 or 1.
    pub is_stand_in: i32,
}

// SAFETY: `repr(C)`, the size first, numbers and pointers only.
unsafe impl StructSize for smz_part {
    const NAME: &'static str = "smz_part";
}

impl smz_set {
    fn empty() -> Self {
        Self {
            export: None,
            name: CString::default(),
            added: Vec::new(),
            pool: FilePool::new(),
            listed: Vec::new(),
        }
    }

    /// The set of an export that was found in a folder.
    pub(crate) fn of(export: Export) -> Self {
        let mut set = Self::empty();
        set.list(export);
        set
    }

    /// Whether parts can be added.
    pub(crate) fn check_open(&self) -> Result<(), Failure> {
        if self.export.is_some() && self.added.is_empty() {
            return Err(Failure::argument("the set was found in a folder".into()));
        }
        Ok(())
    }

    /// Adds a part; if that fails, the set is as it was.
    pub(crate) fn add(&mut self, part: Part) -> Result<(), Failure> {
        self.check_open()?;
        let mut added = self.added.clone();
        added.push(part);
        let export = Export::from_parts(added.clone())?;
        self.added = added;
        self.list(export);
        Ok(())
    }

    /// A file that shares the set's number of open files with others.
    pub(crate) fn file(&self, path: PathBuf) -> std::io::Result<FileSource> {
        FileSource::in_pool(Arc::clone(&self.pool), path)
    }

    fn list(&mut self, export: Export) {
        self.name = c_string(export.name());
        let absent = |names: Vec<String>, state| {
            names.into_iter().map(move |name| {
                let (name, part) = (c_string(name), None);
                Listed { name, number: 0, state, is_stand_in: false, part }
            })
        };
        let stand_ins = export.stand_ins();
        let present = export.parts().iter().map(|part| {
            let number = match part.position() {
                Position::Split(number) | Position::Piece(number) => number.into(),
                _ => 0,
            };
            let is_stand_in = stand_ins.iter().any(|name| name == part.name());
            let (name, state) = (c_string(part.name()), SMZ_PART_PRESENT);
            Listed { name, number, state, is_stand_in, part: Some(part.clone()) }
        });
        self.listed = present
            .chain(absent(
                export.missing().iter().map(ToString::to_string).collect(),
                SMZ_PART_MISSING,
            ))
            .chain(absent(export.duplicates(), SMZ_PART_DUPLICATE))
            .collect();
        self.export = Some(export);
    }

    pub(crate) fn export(&self) -> Result<&Export, Failure> {
        self.export.as_ref().ok_or_else(|| Failure::argument("the set has no parts yet".into()))
    }

    /// Finds out which duplicates differ from their parts.
    fn compare_duplicates(&mut self) -> Result<(), Failure> {
        let conflicting = self.export()?.conflicting()?;
        let conflicting: Vec<CString> = conflicting.into_iter().map(c_string).collect();
        let states = [SMZ_PART_DUPLICATE, SMZ_PART_CONFLICTING];
        for listed in self.listed.iter_mut().filter(|it| states.contains(&it.state)) {
            let differs = conflicting.contains(&listed.name);
            listed.state = if differs { SMZ_PART_CONFLICTING } else { SMZ_PART_DUPLICATE };
        }
        Ok(())
    }

    fn listed(&self, index: u64) -> Result<&Listed, Failure> {
        self.listed.get(boundary::index(index)?).ok_or_else(Failure::no_index)
    }
}

/// Finds the set that a file is a part of, or the only one in a folder. Reads names only. Since
/// 0.1.
///
/// @param any_part A part of the set, or the folder: bytes on Unix, UTF-8 on Windows.
/// @param out_set Where the set goes, to be freed with smz_set_free().
/// @param err Where an error goes, or NULL.
/// @return SMZ_OK, SMZ_ERR_AMBIGUOUS, SMZ_ERR_FORMAT, SMZ_ERR_IO. Missing parts are no error here.
/// @note Threads: any.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn smz_set_discover(
    any_part: *const c_char,
    out_set: *mut *mut smz_set,
    err: *mut *mut smz_error,
) -> smz_status {
    // SAFETY: the header's promise about every pointer.
    unsafe {
        boundary::call(err, || {
            let out = boundary::out(out_set, "out_set")?;
            let path = boundary::path(any_part, "any_part")?;
            out.publish(smz_set::of(Export::discover(path)?));
            Ok(())
        })
    }
}

/// Makes an empty set, to which parts are added: smz_set_add_file(), smz_set_add_memory(),
/// smz_set_add_fd(), smz_set_add_io(). Where all parts are in one folder under their own names,
/// smz_set_discover() needs less. Since 0.1.
///
/// @return The set, to be freed with smz_set_free(); NULL only after a bug.
/// @note Threads: any.
#[unsafe(no_mangle)]
pub extern "C" fn smz_set_new() -> *mut smz_set {
    boundary::value(std::ptr::null_mut(), || Ok(handles::publish(smz_set::empty())))
}

/// Frees a set. NULL is fine. Archives opened from it stay open. Since 0.1.
///
/// @param set The set, or NULL.
/// @note Threads: any one; nobody uses the handle afterwards.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn smz_set_free(set: *mut smz_set) {
    boundary::free(set);
}

/// What the names of the parts have in common; for a lone part with another name, the whole name.
/// Since 0.1.
///
/// @param set The set.
/// @return UTF-8, owned by the set, valid until it is freed or a part is added; never NULL, empty
/// if there are no parts yet.
/// @note Threads: several at the same time, also with the same handle.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn smz_set_name(set: *const smz_set) -> *const c_char {
    boundary::value(c"".as_ptr(), || Ok(handles::shared(set)?.name.as_ptr()))
}

/// How many parts are known: present, missing (as far as the names of the others show; those past
/// the last are named by smz_archive_open()), and duplicates. Since 0.1.
///
/// @param set The set.
/// @return The number; 0 for NULL.
/// @note Threads: several at the same time, also with the same handle.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn smz_set_part_count(set: *const smz_set) -> u64 {
    boundary::value(0, || Ok(handles::shared(set)?.listed.len() as u64))
}

/// One part of a set. Since 0.1.
///
/// @param set The set.
/// @param index Counted from 0, below smz_set_part_count().
/// @param out_part Where it goes; its `struct_size` must be set. Its name is owned by the set.
/// @return SMZ_OK, SMZ_ERR_NOT_FOUND or SMZ_ERR_INVALID_ARGUMENT.
/// @note Threads: several at the same time, also with the same handle.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn smz_set_get_part(
    set: *const smz_set,
    index: u64,
    out_part: *mut smz_part,
) -> smz_status {
    // SAFETY: the header's promise about every pointer.
    unsafe {
        boundary::call(std::ptr::null_mut(), || {
            struct_size::check(out_part)?;
            let set = handles::shared(set)?;
            let listed = set.listed(index)?;
            let size = listed
                .part
                .as_ref()
                .and_then(|part| part.open().ok())
                .and_then(|source| source.size().ok());
            let part = smz_part {
                name: listed.name.as_ptr(),
                number: listed.number,
                size: size.unwrap_or(SMZ_UNKNOWN),
                state: listed.state,
                is_stand_in: i32::from(listed.is_stand_in),
                ..struct_size::empty()
            };
            struct_size::write(out_part, &part)
        })
    }
}

/// Compares duplicates with the parts whose positions they claim; those that do not have the same
/// bytes become SMZ_PART_CONFLICTING. Of files of one size both are read whole. Since 0.1.
///
/// @param set The set.
/// @param err Where an error goes, or NULL.
/// @return SMZ_OK, SMZ_ERR_IO. Files that differ are no error here.
/// @note Threads: one at a time with the same handle; another gets SMZ_ERR_BUSY.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn smz_set_compare_duplicates(
    set: *mut smz_set,
    err: *mut *mut smz_error,
) -> smz_status {
    // SAFETY: the header's promise about every pointer.
    unsafe { boundary::call(err, || handles::exclusive(set)?.compare_duplicates()) }
}

/// Opens a part as the message it is: to see its recipients without a key, or to decrypt it alone.
/// Since 0.1.
///
/// @param set The set.
/// @param index Counted from 0, below smz_set_part_count().
/// @param options Limits, or NULL.
/// @param out_message Where the message goes, to be freed with smz_message_free().
/// @param err Where an error goes, or NULL.
/// @return As smz_message_open_file(); SMZ_ERR_NOT_FOUND for a part that is not present.
/// @note Threads: several at the same time, also with the same handle.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn smz_set_open_part(
    set: *const smz_set,
    index: u64,
    options: *const smz_options,
    out_message: *mut *mut smz_message,
    err: *mut *mut smz_error,
) -> smz_status {
    // SAFETY: the header's promise about every pointer.
    unsafe {
        boundary::call(err, || {
            let out = boundary::out(out_message, "out_message")?;
            let set = handles::shared(set)?;
            let chosen = call_options::chosen(options)?;
            let listed = set.listed(index)?;
            let Some(part) = &listed.part else {
                return Err(Failure::Here(SMZ_ERR_NOT_FOUND, "the part is not present".into()));
            };
            let message = smz_message::open(part.open()?, chosen)
                .map_err(|failure| failure.in_part(part.name()))?;
            out.publish(message);
            Ok(())
        })
    }
}
