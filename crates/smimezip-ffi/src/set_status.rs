//! `smz_set_statuses`: what state the sets of a folder are in.

use std::ffi::{CString, c_char};
use std::time::SystemTime;

use smimezip::export::{SetStatus, Verdict};
use smimezip::{Export, Part};

use crate::boundary;
use crate::call_options;
use crate::error::{Failure, SMZ_UNKNOWN, smz_error, smz_error_info};
use crate::handles::{self, Handle};
use crate::keyring::smz_keyring;
use crate::options::smz_options;
use crate::set::smz_set;
use crate::set_list::smz_set_list;
use crate::status::smz_status;
use crate::struct_size::{self, StructSize};
use crate::text::c_string;
use crate::unix_time::unix_time;

/// What state sets were in when they were looked at. All functions may be called by several threads
/// at the same time.
pub struct smz_set_statuses {
    all: Vec<Found>,
}

impl Handle for smz_set_statuses {
    const NAME: &'static str = "smz_set_statuses";
}

/// smz_set_status.verdict: all parts are here.
pub const SMZ_VERDICT_COMPLETE: i32 = 1;
/// smz_set_status.verdict: parts are missing: SMZ_SET_STATUS_MISSING.
pub const SMZ_VERDICT_MISSING: i32 = 2;
/// smz_set_status.verdict: parts are missing, and more of them may come: a program is downloading
/// them (SMZ_SET_STATUS_UNFINISHED), or the last, which is fetched last, is not there yet.
pub const SMZ_VERDICT_STILL_DOWNLOADING: i32 = 3;
/// smz_set_status.verdict: files claim a position that a part has and are not the same, or one past
/// the end: SMZ_SET_STATUS_CONFLICTING.
pub const SMZ_VERDICT_CONFLICTING: i32 = 4;
/// smz_set_status.verdict: the parts that show in the names are here. Whether there are more is
/// seen with a key, of which none was given, or none fits.
pub const SMZ_VERDICT_NO_KEY: i32 = 5;
/// smz_set_status.verdict: the parts that show in the names are here, and a key seems to fit.
/// Whether there are more stands in the last part, which is authenticated and too large to be read
/// for a status.
pub const SMZ_VERDICT_NOT_COUNTED: i32 = 6;
/// smz_set_status.verdict: a part cannot be read, or is not what it should be:
/// smz_set_statuses_get_damage().
pub const SMZ_VERDICT_DAMAGED: i32 = 7;

/// What state a set is in. Since 0.1.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct smz_set_status {
    /// To be set to sizeof(smz_set_status) before the call.
    pub struct_size: usize,
    /// Its name, as smz_set_name() has it. UTF-8, owned by the statuses.
    pub name: *const c_char,
    /// SMZ_VERDICT_… Where several are true it is the first of CONFLICTING, DAMAGED,
    /// STILL_DOWNLOADING, MISSING, NO_KEY, NOT_COUNTED.
    pub verdict: i32,
    /// Whether one of the keys opens the last part, or the first if that is not here: 1 or 0; -1 if
    /// no key was given, or none is needed. Of a large authenticated part only names and kinds of
    /// keys were compared.
    pub key_fits: i32,
    /// The verdict as a word that programs may compare and store: "complete", "still_downloading".
    /// The same words as in JSON and in Rust. Owned by the statuses.
    pub verdict_code: *const c_char,
    /// How many parts are here: SMZ_SET_STATUS_PARTS.
    pub parts: u64,
    /// How many parts the set has; SMZ_UNKNOWN if that could not be read.
    pub total: u64,
    /// Bytes of the parts that are here, as they are.
    pub bytes: u64,
    /// When the first of them was written here: the oldest time of modification of their files, in
    /// seconds since 1970-01-01 00:00 UTC; INT64_MIN if no part is a file, or the system does not
    /// say.
    pub created: i64,
    /// Nanoseconds of that second.
    pub created_nanoseconds: u32,
}

// SAFETY: `repr(C)`, the size first, numbers and pointers only.
unsafe impl StructSize for smz_set_status {
    const NAME: &'static str = "smz_set_status";
}

/// A list of names that the status of a set has. Since 0.1.
pub type smz_set_status_list = i32;

/// The parts that are here, in their order: names of files.
pub const SMZ_SET_STATUS_PARTS: smz_set_status_list = 1;
/// For whom the last part is, or the first if that is not here: issuer and serial number, or key
/// identifier, one text for each recipient.
pub const SMZ_SET_STATUS_RECIPIENTS: smz_set_status_list = 2;
/// Further files for a position that a part has: names of files. Unless they are in
/// SMZ_SET_STATUS_CONFLICTING, they have its size and the same bytes at both ends; that they are
/// the same throughout is seen when the set is opened, or by smz_set_compare_duplicates().
pub const SMZ_SET_STATUS_DUPLICATES: smz_set_status_list = 3;
/// Parts that are copies by their names and are taken as the original is not there: names of files.
pub const SMZ_SET_STATUS_STAND_INS: smz_set_status_list = 4;
/// With SMZ_VERDICT_MISSING and SMZ_VERDICT_STILL_DOWNLOADING: the parts that are not here, as far
/// as it is known.
pub const SMZ_SET_STATUS_MISSING: smz_set_status_list = 5;
/// With SMZ_VERDICT_STILL_DOWNLOADING: files that are being downloaded.
pub const SMZ_SET_STATUS_UNFINISHED: smz_set_status_list = 6;
/// With SMZ_VERDICT_CONFLICTING: the files that do not agree with a part, or are past the end.
pub const SMZ_SET_STATUS_CONFLICTING: smz_set_status_list = 7;

/// The status of one set as C programs are given it.
struct Found {
    name: CString,
    verdict: i32,
    code: CString,
    key_fits: Option<bool>,
    total: Option<u32>,
    bytes: u64,
    created: Option<SystemTime>,
    /// In the order of SMZ_SET_STATUS_…
    lists: [Vec<CString>; 7],
    damage: Option<smz_error>,
}

impl Found {
    fn new(export: &Export, status: &SetStatus) -> Self {
        let (mut missing, mut unfinished, mut conflicting) = (Vec::new(), Vec::new(), Vec::new());
        let mut damage = None;
        let verdict = match status.verdict() {
            Verdict::Complete => SMZ_VERDICT_COMPLETE,
            Verdict::Missing(names) => {
                missing = texts(names);
                SMZ_VERDICT_MISSING
            }
            Verdict::StillDownloading { missing: names, files } => {
                missing = texts(names);
                unfinished = texts(files);
                SMZ_VERDICT_STILL_DOWNLOADING
            }
            Verdict::Conflicting(files) => {
                conflicting = texts(files);
                SMZ_VERDICT_CONFLICTING
            }
            Verdict::NoKey => SMZ_VERDICT_NO_KEY,
            Verdict::NotCounted => SMZ_VERDICT_NOT_COUNTED,
            Verdict::Damaged(error) => {
                damage = Some(smz_error::of(error));
                SMZ_VERDICT_DAMAGED
            }
            // None that this header knows; the word says it.
            _ => 0,
        };
        let parts = export.parts().iter().map(Part::name).map(c_string).collect();
        Self {
            name: c_string(status.name()),
            verdict,
            code: c_string(status.verdict().code()),
            key_fits: status.key_fits(),
            total: status.total(),
            bytes: status.bytes(),
            created: status.created(),
            lists: [
                parts,
                texts(status.recipients()),
                texts(status.duplicates()),
                texts(status.stand_ins()),
                missing,
                unfinished,
                conflicting,
            ],
            damage,
        }
    }

    fn list(&self, list: smz_set_status_list) -> &[CString] {
        let place = usize::try_from(list).ok().and_then(|number| number.checked_sub(1));
        place.and_then(|place| self.lists.get(place)).map_or(&[], Vec::as_slice)
    }

    /// The status; valid as long as `self` is.
    fn status(&self) -> smz_set_status {
        let (created, created_nanoseconds) = self.created.map_or((i64::MIN, 0), unix_time);
        smz_set_status {
            name: self.name.as_ptr(),
            verdict: self.verdict,
            key_fits: self.key_fits.map_or(-1, i32::from),
            verdict_code: self.code.as_ptr(),
            parts: self.list(SMZ_SET_STATUS_PARTS).len() as u64,
            total: self.total.map_or(SMZ_UNKNOWN, u64::from),
            bytes: self.bytes,
            created,
            created_nanoseconds,
            ..struct_size::empty()
        }
    }
}

fn texts(names: &[impl ToString]) -> Vec<CString> {
    names.iter().map(|name| c_string(name.to_string())).collect()
}

impl smz_set_statuses {
    fn of(
        exports: &[Export],
        keyring: *const smz_keyring,
        options: *const smz_options,
    ) -> Result<Self, Failure> {
        let keyring = handles::shared(keyring)?;
        let chosen = call_options::chosen(options)?;
        let all = SetStatus::of_all(exports, &keyring.ring, &chosen.opening())?;
        let all = exports.iter().zip(&all).map(|(export, status)| Found::new(export, status));
        Ok(Self { all: all.collect() })
    }

    fn found(&self, index: u64) -> Result<&Found, Failure> {
        self.all.get(boundary::index(index)?).ok_or_else(Failure::no_index)
    }
}

/// Finds out what state a set is in: from names and sizes, the heads of its parts, and, with a key
/// that fits, the end record in the last part, which says how many there are. What stands in the
/// parts is not read, so damage there shows only in smz_archive_verify(). Since 0.1.
///
/// @param set The set.
/// @param keyring The keys; without any in it nobody knows how many parts there are, unless none is
/// sealed.
/// @param options Limits, what is accepted, cancel; or NULL.
/// @param out_statuses Where the status goes, the only one of its list, to be freed with
/// smz_set_statuses_free().
/// @param err Where an error goes, or NULL.
/// @return SMZ_OK, SMZ_ERR_CANCELLED. Whatever is wrong with the set is its state.
/// @note Threads: several at the same time, also with the same handle.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn smz_set_find_status(
    set: *const smz_set,
    keyring: *const smz_keyring,
    options: *const smz_options,
    out_statuses: *mut *mut smz_set_statuses,
    err: *mut *mut smz_error,
) -> smz_status {
    // SAFETY: the header's promise about every pointer.
    unsafe {
        boundary::call(err, || {
            let out = boundary::out(out_statuses, "out_statuses")?;
            let set = handles::shared(set)?;
            let exports = std::slice::from_ref(set.export()?);
            out.publish(smz_set_statuses::of(exports, keyring, options)?);
            Ok(())
        })
    }
}

/// As smz_set_find_status(), of all the sets of a list, by several threads: a key that fits takes a
/// private-key operation for each set. Since 0.1.
///
/// @param list The sets.
/// @param keyring The keys, used on other threads.
/// @param options Limits, what is accepted, threads, cancel; or NULL.
/// @param out_statuses Where the statuses go, in the order of the list, to be freed with
/// smz_set_statuses_free().
/// @param err Where an error goes, or NULL.
/// @return SMZ_OK, SMZ_ERR_CANCELLED. Whatever is wrong with a set is its state.
/// @note Threads: several at the same time, also with the same handle.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn smz_set_list_find_statuses(
    list: *const smz_set_list,
    keyring: *const smz_keyring,
    options: *const smz_options,
    out_statuses: *mut *mut smz_set_statuses,
    err: *mut *mut smz_error,
) -> smz_status {
    // SAFETY: the header's promise about every pointer.
    unsafe {
        boundary::call(err, || {
            let out = boundary::out(out_statuses, "out_statuses")?;
            let list = handles::shared(list)?;
            out.publish(smz_set_statuses::of(&list.exports, keyring, options)?);
            Ok(())
        })
    }
}

/// Frees statuses. NULL is fine. Since 0.1.
///
/// @param statuses The statuses, or NULL.
/// @note Threads: any one; nobody uses the handle afterwards.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn smz_set_statuses_free(statuses: *mut smz_set_statuses) {
    boundary::free(statuses);
}

/// How many statuses there are. Since 0.1.
///
/// @param statuses The statuses.
/// @return The number; 0 for NULL.
/// @note Threads: several at the same time, also with the same handle.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn smz_set_statuses_count(statuses: *const smz_set_statuses) -> u64 {
    boundary::value(0, || Ok(handles::shared(statuses)?.all.len() as u64))
}

/// The status of one set. Since 0.1.
///
/// @param statuses The statuses.
/// @param index Counted from 0, below smz_set_statuses_count().
/// @param out_status Where it goes; its `struct_size` must be set. Texts are the statuses'.
/// @return SMZ_OK, SMZ_ERR_NOT_FOUND or SMZ_ERR_INVALID_ARGUMENT.
/// @note Threads: several at the same time, also with the same handle.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn smz_set_statuses_get(
    statuses: *const smz_set_statuses,
    index: u64,
    out_status: *mut smz_set_status,
) -> smz_status {
    // SAFETY: the header's promise about every pointer.
    unsafe {
        boundary::call(std::ptr::null_mut(), || {
            struct_size::check(out_status)?;
            let statuses = handles::shared(statuses)?;
            struct_size::write(out_status, &statuses.found(index)?.status())
        })
    }
}

/// How many names a list of a status has. Since 0.1.
///
/// @param statuses The statuses.
/// @param index Counted from 0, below smz_set_statuses_count().
/// @param list Which: SMZ_SET_STATUS_PARTS to SMZ_SET_STATUS_CONFLICTING.
/// @return The number; 0 if there is no such status or list.
/// @note Threads: several at the same time, also with the same handle.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn smz_set_statuses_name_count(
    statuses: *const smz_set_statuses,
    index: u64,
    list: smz_set_status_list,
) -> u64 {
    boundary::value(0, || Ok(handles::shared(statuses)?.found(index)?.list(list).len() as u64))
}

/// One name of a list of a status. Since 0.1.
///
/// @param statuses The statuses.
/// @param index Counted from 0, below smz_set_statuses_count().
/// @param list Which: SMZ_SET_STATUS_PARTS to SMZ_SET_STATUS_CONFLICTING.
/// @param name_index Counted from 0, below smz_set_statuses_name_count().
/// @return UTF-8, owned by the statuses; NULL if there is none.
/// @note Threads: several at the same time, also with the same handle.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn smz_set_statuses_name(
    statuses: *const smz_set_statuses,
    index: u64,
    list: smz_set_status_list,
    name_index: u64,
) -> *const c_char {
    boundary::value(std::ptr::null(), || {
        let statuses = handles::shared(statuses)?;
        let name = statuses.found(index)?.list(list).get(boundary::index(name_index)?);
        Ok(name.map_or(std::ptr::null(), |name| name.as_ptr()))
    })
}

/// What is wrong with a part, with SMZ_VERDICT_DAMAGED. Since 0.1.
///
/// @param statuses The statuses.
/// @param index Counted from 0, below smz_set_statuses_count().
/// @param out_info Where it goes; its `struct_size` must be set. Texts are the statuses'.
/// @return SMZ_OK; SMZ_ERR_NOT_FOUND also for another verdict; SMZ_ERR_INVALID_ARGUMENT.
/// @note Threads: several at the same time, also with the same handle.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn smz_set_statuses_get_damage(
    statuses: *const smz_set_statuses,
    index: u64,
    out_info: *mut smz_error_info,
) -> smz_status {
    // SAFETY: the header's promise about every pointer.
    unsafe {
        boundary::call(std::ptr::null_mut(), || {
            struct_size::check(out_info)?;
            let statuses = handles::shared(statuses)?;
            let damage = statuses.found(index)?.damage.as_ref().ok_or_else(Failure::no_index)?;
            struct_size::write(out_info, &damage.info())
        })
    }
}
