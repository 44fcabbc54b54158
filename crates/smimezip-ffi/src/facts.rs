//! What an error knows as data: numbers, and lists of names. What it says in words is in
//! `error.rs`.

use std::ffi::{CString, c_char};

use smimezip::ErrorKind;

use crate::boundary;
use crate::error::{Failure, smz_error};
use crate::handles;
use crate::status::smz_status;
use crate::text::c_string;

/// A number that an error may have. Since 0.1.
pub type smz_error_number = i32;

/// With SMZ_ERR_LIMIT: the SMZ_OPTION_LIMIT_… that was reached.
pub const SMZ_ERROR_LIMIT: smz_error_number = 1;
/// With SMZ_ERR_LIMIT: the limit's value.
pub const SMZ_ERROR_ALLOWED: smz_error_number = 2;
/// With SMZ_ERR_NO_SPACE: the bytes that are needed.
pub const SMZ_ERROR_NEEDED: smz_error_number = 3;
/// With SMZ_ERR_NO_SPACE: the bytes that are free.
pub const SMZ_ERROR_AVAILABLE: smz_error_number = 4;
/// The bytes that follow the end of a message.
pub const SMZ_ERROR_TRAILING: smz_error_number = 5;

/// A list of names that an error may have. Since 0.1.
pub type smz_error_list = i32;

/// With SMZ_ERR_MISSING_PART: parts that are not there.
pub const SMZ_ERROR_MISSING: smz_error_list = 1;
/// With SMZ_ERR_MISSING_PART: parts past the end of the set.
pub const SMZ_ERROR_EXTRA: smz_error_list = 2;
/// With SMZ_ERR_MISSING_PART: further files for a part that is there, with other bytes than it.
pub const SMZ_ERROR_DUPLICATES: smz_error_list = 3;
/// With SMZ_ERR_MISSING_PART: missing parts that are still being downloaded.
pub const SMZ_ERROR_UNFINISHED: smz_error_list = 4;
/// With SMZ_ERR_MISSING_PART: missing parts with something appended to their names.
pub const SMZ_ERROR_MISNAMED: smz_error_list = 5;
/// With SMZ_ERR_AMBIGUOUS: the sets of the folder.
pub const SMZ_ERROR_SETS: smz_error_list = 6;
/// With SMZ_ERR_NO_MATCHING_KEY and SMZ_ERR_DECRYPT: for whom the message is, one text for each
/// recipient.
pub const SMZ_ERROR_RECIPIENTS: smz_error_list = 7;
/// With SMZ_ERR_NO_MATCHING_KEY and SMZ_ERR_DECRYPT: what was given, one text for each key.
pub const SMZ_ERROR_KEYS_GIVEN: smz_error_list = 8;
/// The parts it may have happened in: one, or all that hold the entry. What smz_error_info.part
/// abridges.
pub const SMZ_ERROR_PARTS: smz_error_list = 9;
/// With SMZ_ERR_UNSUITABLE_CERTIFICATE: the certificate's subject (RFC 4514), one name.
pub const SMZ_ERROR_SUBJECT: smz_error_list = 10;
/// With SMZ_ERR_UNSUITABLE_CERTIFICATE: what is wrong with it, one word that programs may compare,
/// such as "expired" or "key_usage".
pub const SMZ_ERROR_PROBLEM: smz_error_list = 11;

/// The facts of one error.
#[derive(Default)]
pub(crate) struct Facts {
    numbers: Vec<(smz_error_number, u64)>,
    lists: Vec<(smz_error_list, Vec<CString>)>,
}

impl Facts {
    pub(crate) fn of(error: &smimezip::Error) -> Self {
        let mut facts = Self::default();
        match error.kind() {
            ErrorKind::Limit { limit, allowed } => {
                let number = u64::try_from(limit.number()).unwrap_or(0);
                facts.numbers = vec![(SMZ_ERROR_LIMIT, number), (SMZ_ERROR_ALLOWED, *allowed)];
            }
            ErrorKind::NoSpace { needed, available } => {
                facts.numbers =
                    vec![(SMZ_ERROR_NEEDED, *needed), (SMZ_ERROR_AVAILABLE, *available)];
            }
            ErrorKind::TrailingData { count } => {
                facts.numbers = vec![(SMZ_ERROR_TRAILING, *count)];
            }
            ErrorKind::IncompleteSet {
                missing, extra, duplicates, unfinished, misnamed, ..
            } => {
                facts.list(SMZ_ERROR_MISSING, missing);
                facts.list(SMZ_ERROR_EXTRA, extra);
                facts.list(SMZ_ERROR_DUPLICATES, duplicates);
                facts.list(SMZ_ERROR_UNFINISHED, unfinished);
                facts.list(SMZ_ERROR_MISNAMED, misnamed);
            }
            ErrorKind::SeveralSets(names) => facts.list(SMZ_ERROR_SETS, names),
            ErrorKind::UnsuitableCertificate { subject, problem, .. } => {
                facts.list(SMZ_ERROR_SUBJECT, &[subject]);
                facts.list(SMZ_ERROR_PROBLEM, &[problem.code()]);
            }
            _ => {}
        }
        facts.list(SMZ_ERROR_RECIPIENTS, error.recipients());
        facts.list(SMZ_ERROR_KEYS_GIVEN, error.keys_given());
        facts.list(SMZ_ERROR_PARTS, error.parts());
        facts
    }

    fn list<T: ToString>(&mut self, list: smz_error_list, names: &[T]) {
        if !names.is_empty() {
            self.lists.push((list, names.iter().map(|it| c_string(it.to_string())).collect()));
        }
    }

    fn names(&self, list: smz_error_list) -> &[CString] {
        self.lists.iter().find(|(it, _)| *it == list).map_or(&[], |(_, names)| names)
    }
}

/// A number that an error has beside its words. Since 0.1.
///
/// @param error The error.
/// @param number Which: SMZ_ERROR_LIMIT to SMZ_ERROR_TRAILING.
/// @param out_value Where it goes.
/// @return SMZ_OK; SMZ_ERR_NOT_FOUND if this error has none; SMZ_ERR_INVALID_ARGUMENT.
/// @note Threads: several at the same time, also with the same handle.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn smz_error_get_number(
    error: *const smz_error,
    number: smz_error_number,
    out_value: *mut u64,
) -> smz_status {
    // SAFETY: the header's promise about every pointer.
    unsafe {
        boundary::call(std::ptr::null_mut(), || {
            let out = boundary::out(out_value, "out_value")?;
            let error = handles::shared(error)?;
            let found = error.facts().numbers.iter().find(|(it, _)| *it == number);
            let (_, value) = found.ok_or_else(Failure::no_index)?;
            out.set(*value);
            Ok(())
        })
    }
}

/// How many names a list of an error has: 0 if it has no such list. Since 0.1.
///
/// @param error The error, or NULL.
/// @param list Which: SMZ_ERROR_MISSING to SMZ_ERROR_PROBLEM.
/// @return The number of names.
/// @note Threads: several at the same time, also with the same handle.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn smz_error_name_count(
    error: *const smz_error,
    list: smz_error_list,
) -> u64 {
    boundary::value(0, || Ok(handles::shared(error)?.facts().names(list).len() as u64))
}

/// One name of a list of an error. Since 0.1.
///
/// @param error The error, or NULL.
/// @param list Which: SMZ_ERROR_MISSING to SMZ_ERROR_PROBLEM.
/// @param index From 0.
/// @return UTF-8, owned by the error; NULL if there is none.
/// @note Threads: several at the same time, also with the same handle.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn smz_error_name(
    error: *const smz_error,
    list: smz_error_list,
    index: u64,
) -> *const c_char {
    boundary::value(std::ptr::null(), || {
        let error = handles::shared(error)?;
        let names = error.facts().names(list);
        let name = usize::try_from(index).ok().and_then(|index| names.get(index));
        Ok(name.map_or(std::ptr::null(), |name| name.as_ptr()))
    })
}

#[cfg(test)]
mod tests {
    use std::ffi::CStr;
    use std::time::SystemTime;

    use smimezip::error::CertificateProblem;

    use super::*;
    use crate::status::SMZ_ERR_UNSUITABLE_CERTIFICATE;

    #[test]
    fn what_is_wrong_with_a_certificate_is_said_in_words_and_as_data() {
        let problem = CertificateProblem::Expired { not_after: SystemTime::UNIX_EPOCH };
        let kind = ErrorKind::UnsuitableCertificate { subject: "CN=a".into(), problem };
        let error = smz_error::of(&kind.into());
        let info = error.info();
        assert_eq!(info.status, SMZ_ERR_UNSUITABLE_CERTIFICATE);
        // SAFETY: the message is a text that the error owns.
        let message = unsafe { CStr::from_ptr(info.message) }.to_str().unwrap();
        for words in ["CN=a", "expired on 1970-01-01", "ask its owner for the new one"] {
            assert!(message.contains(words), "{message}");
        }
        assert_eq!(error.facts().names(SMZ_ERROR_SUBJECT), [c"CN=a".to_owned()]);
        assert_eq!(error.facts().names(SMZ_ERROR_PROBLEM), [c"expired".to_owned()]);
    }
}
