//! What only the crate itself can test: a panic inside every function becomes a status, and the
//! handles it passed can only be freed.

use std::cell::Cell;
use std::collections::BTreeSet;
use std::ptr::{null, null_mut};

use super::*;

thread_local! {
    static ARMED: Cell<bool> = const { Cell::new(false) };
}

/// Panics if a test asked for it.
pub(crate) fn maybe_panic() {
    assert!(!ARMED.replace(false), "asked for by a test");
}

/// Calls every function with arguments that lead nowhere; returns its name and, where it returns
/// one, its status. A function that is missing here is found by `every_function_is_listed`.
macro_rules! each_function {
    ($($name:ident($($argument:expr),*) $(-> $kind:ident)?;)*) => {
        /// The functions whose failure is a status.
        fn statuses(arm: bool) -> Vec<(&'static str, smz_status)> {
            let mut seen = Vec::new();
            $(each_function!(@call seen, arm, $name($($argument),*) $(-> $kind)?);)*
            seen
        }

        const NAMES: &[&str] = &[$(stringify!($name)),*];
    };
    (@call $seen:ident, $arm:ident, $name:ident($($argument:expr),*) -> status) => {
        ARMED.set($arm);
        // SAFETY: pointers are NULL, or those of this test.
        #[allow(unused_unsafe, reason = "not every function takes a pointer")]
        let status = unsafe { $name($($argument),*) };
        assert!(!ARMED.replace(false), "{} did not come to where it panics", stringify!($name));
        $seen.push((stringify!($name), status));
    };
    (@call $seen:ident, $arm:ident, $name:ident($($argument:expr),*)) => {
        ARMED.set($arm);
        // SAFETY: pointers are NULL, or those of this test.
        #[allow(unused_unsafe, reason = "not every function takes a pointer")]
        let _ = unsafe { $name($($argument),*) };
        ARMED.set(false);
    };
}

each_function! {
    smz_version_number();
    smz_version_string();
    smz_status_name(0);
    smz_error_free(null_mut());
    smz_error_message(null());
    smz_error_code(null());
    smz_error_get_info(null(), null_mut()) -> status;
    smz_error_get_number(null(), 0, null_mut()) -> status;
    smz_error_name_count(null(), 0);
    smz_error_name(null(), 0, 0);
    smz_cancel_new();
    smz_cancel_free(null_mut());
    smz_cancel_trigger(null());
    smz_options_new();
    smz_options_free(null_mut());
    smz_options_set_u64(null_mut(), 0, 0, null_mut()) -> status;
    smz_options_set_string(null_mut(), 0, null(), null_mut()) -> status;
    smz_options_set_progress(null_mut(), None, null_mut()) -> status;
    smz_options_set_filter(null_mut(), None, null_mut()) -> status;
    smz_options_set_local_time(null_mut(), None, null_mut()) -> status;
    smz_options_set_cancel(null_mut(), null()) -> status;
    smz_keyring_new();
    smz_keyring_free(null_mut());
    smz_keyring_key_count(null());
    smz_keyring_add_file(null_mut(), null(), None, null_mut(), null(), null_mut()) -> status;
    smz_keyring_add_memory(null_mut(), null(), 0, None, null_mut(), null(), null_mut()) -> status;
    smz_keyring_add_password(null_mut(), null(), 0, null_mut()) -> status;
    smz_keyring_add_secret_key(null_mut(), null(), 0, null(), 0, null_mut()) -> status;
    smz_keyring_add_external(null_mut(), null(), 0, None, null_mut(), null_mut()) -> status;
    smz_recipients_new();
    smz_recipients_free(null_mut());
    smz_recipients_add_certificate_file(null_mut(), null(), null(), null_mut()) -> status;
    smz_recipients_add_certificate_memory(null_mut(), null(), 0, null(), null_mut()) -> status;
    smz_recipients_add_password(null_mut(), null(), 0, 0, null_mut()) -> status;
    smz_recipients_add_secret_key(null_mut(), null(), 0, null(), 0, null_mut()) -> status;
    smz_recipients_count(null());
    smz_recipients_text(null(), 0);
    smz_seal_options_new();
    smz_seal_options_free(null_mut());
    smz_seal_options_set_u64(null_mut(), 0, 0, null_mut()) -> status;
    smz_sealer_new(null(), null(), null_mut(), null_mut()) -> status;
    smz_sealer_free(null_mut());
    smz_sealer_process(
        null_mut(), null(), 0, null_mut(), null_mut(), 0, null_mut(), null_mut()) -> status;
    smz_sealer_finish(null_mut(), null_mut(), 0, null_mut(), null_mut()) -> status;
    smz_export_builder_new(null(), null_mut(), null_mut()) -> status;
    smz_export_builder_free(null_mut());
    smz_export_builder_set_name(null_mut(), null(), null_mut()) -> status;
    smz_export_builder_name(null());
    smz_export_builder_set_u64(null_mut(), 0, 0, null_mut()) -> status;
    smz_export_builder_set_seal_options(null_mut(), null(), null_mut()) -> status;
    smz_export_builder_build_folder(
        null(), null(), null(), null(), null_mut(), null_mut()) -> status;
    smz_export_builder_build_paths(
        null(), null(), 0, null(), null(), null_mut(), null_mut()) -> status;
    smz_export_builder_plan_folder(
        null(), null(), null(), null(), null_mut(), null_mut()) -> status;
    smz_export_builder_plan_paths(
        null(), null(), 0, null(), null(), null_mut(), null_mut()) -> status;
    smz_build_plan_free(null_mut());
    smz_build_plan_get_summary(null(), null_mut()) -> status;
    smz_build_plan_entry(null(), 0);
    smz_build_plan_get_skipped(null(), 0, null_mut()) -> status;
    smz_receipt_free(null_mut());
    smz_receipt_get_summary(null(), null_mut()) -> status;
    smz_receipt_get_part(null(), 0, null_mut()) -> status;
    smz_receipt_get_skipped(null(), 0, null_mut()) -> status;
    smz_receipt_get_need(null(), 0, null_mut()) -> status;
    smz_receipt_manifest(null());
    smz_export_writer_new_folder(null(), null(), null(), null_mut(), null_mut()) -> status;
    smz_export_writer_new_sink(null(), null(), null(), null_mut(), null_mut()) -> status;
    smz_export_writer_free(null_mut());
    smz_export_writer_add_folder(null_mut(), null(), null(), null_mut()) -> status;
    smz_export_writer_begin_file(null_mut(), null(), null(), null_mut()) -> status;
    smz_export_writer_write(null_mut(), null(), 0, null_mut()) -> status;
    smz_export_writer_end_file(null_mut(), null_mut()) -> status;
    smz_export_writer_finish(null_mut(), null_mut(), null_mut()) -> status;
    smz_message_open_file(null(), null(), null_mut(), null_mut()) -> status;
    smz_message_open_memory(null(), 0, null(), null_mut(), null_mut()) -> status;
    smz_message_open_io(null(), null(), null_mut(), null_mut()) -> status;
    smz_message_free(null_mut());
    smz_message_get_info(null(), null_mut()) -> status;
    smz_message_get_recipient(null(), 0, null_mut()) -> status;
    smz_message_decrypt(null(), null(), null(), null_mut(), null_mut()) -> status;
    smz_message_decrypt_to_file(null(), null(), null(), null(), null_mut()) -> status;
    smz_reader_free(null_mut());
    smz_reader_size(null());
    smz_reader_integrity(null());
    smz_reader_recipient(null());
    smz_reader_read(null_mut(), null_mut(), 0, null_mut(), null_mut()) -> status;
    smz_reader_read_at(null(), 0, null_mut(), 0, null_mut(), null_mut()) -> status;
    smz_reader_seek(null_mut(), 0, 0, null_mut(), null_mut()) -> status;
    smz_decoder_new(null(), null(), null_mut(), null_mut()) -> status;
    smz_decoder_free(null_mut());
    smz_decoder_process(
        null_mut(), null(), 0, null_mut(), null_mut(), 0, null_mut(), null_mut()) -> status;
    smz_decoder_finish(null_mut(), null_mut(), 0, null_mut(), null_mut()) -> status;
    smz_set_discover(null(), null_mut(), null_mut()) -> status;
    smz_set_discover_all(null(), null_mut(), null_mut()) -> status;
    smz_set_list_free(null_mut());
    smz_set_list_count(null());
    smz_set_list_get(null(), 0, null_mut(), null_mut()) -> status;
    smz_set_new();
    smz_set_free(null_mut());
    smz_set_add_file(null_mut(), null(), null(), null_mut()) -> status;
    smz_set_add_memory(null_mut(), null(), null(), 0, null_mut()) -> status;
    smz_set_add_fd(null_mut(), null(), 0, null_mut()) -> status;
    smz_set_add_io(null_mut(), null(), null(), null_mut()) -> status;
    smz_set_name(null());
    smz_set_part_count(null());
    smz_set_get_part(null(), 0, null_mut()) -> status;
    smz_set_open_part(null(), 0, null(), null_mut(), null_mut()) -> status;
    smz_set_compare_duplicates(null_mut(), null_mut()) -> status;
    smz_set_find_status(null(), null(), null(), null_mut(), null_mut()) -> status;
    smz_set_list_find_statuses(null(), null(), null(), null_mut(), null_mut()) -> status;
    smz_set_statuses_free(null_mut());
    smz_set_statuses_count(null());
    smz_set_statuses_get(null(), 0, null_mut()) -> status;
    smz_set_statuses_name_count(null(), 0, 0);
    smz_set_statuses_name(null(), 0, 0, 0);
    smz_set_statuses_get_damage(null(), 0, null_mut()) -> status;
    smz_archive_open(null(), null(), null(), null_mut(), null_mut()) -> status;
    smz_archive_free(null_mut());
    smz_archive_entry_count(null());
    smz_archive_integrity(null());
    smz_archive_get_entry(null(), 0, null_mut()) -> status;
    smz_archive_entry_part_count(null(), 0);
    smz_archive_entry_part(null(), 0, 0);
    smz_archive_missing_part_count(null());
    smz_archive_missing_part(null(), 0);
    smz_archive_directory_part_count(null());
    smz_archive_directory_part(null(), 0);
    smz_archive_entry_missing_count(null(), 0);
    smz_archive_entry_missing(null(), 0, 0);
    smz_archive_oddity_count(null());
    smz_archive_get_oddity(null(), 0, null_mut()) -> status;
    smz_archive_find(null(), null(), null_mut(), null_mut()) -> status;
    smz_archive_open_entry(null(), 0, null_mut(), null_mut()) -> status;
    smz_archive_extract_entry(null(), 0, null(), null(), null_mut()) -> status;
    smz_archive_extract(null(), null(), null(), null_mut(), null_mut()) -> status;
    smz_archive_dry_run(null(), null(), null(), null_mut(), null_mut()) -> status;
    smz_archive_verify(null(), null(), null_mut(), null_mut()) -> status;
    smz_salvage_open(null(), null(), null(), null_mut(), null_mut()) -> status;
    smz_salvage_free(null_mut());
    smz_salvage_get_summary(null(), null_mut()) -> status;
    smz_salvage_missing_part(null(), 0);
    smz_salvage_get_damaged(null(), 0, null_mut()) -> status;
    smz_salvage_ambiguous_name(null(), 0);
    smz_salvage_get_lost(null(), 0, null_mut()) -> status;
    smz_salvage_get_archive(null(), null_mut(), null_mut()) -> status;
    smz_salvage_get_uncertain(null(), null_mut(), null_mut()) -> status;
    smz_salvage_extract(null(), null(), null(), null_mut(), null_mut()) -> status;
    smz_salvage_extract_uncertain(null(), null(), null(), null_mut(), null_mut()) -> status;
    smz_report_free(null_mut());
    smz_report_get_summary(null(), null_mut()) -> status;
    smz_report_get_skipped(null(), 0, null_mut()) -> status;
    smz_report_get_renamed(null(), 0, null_mut()) -> status;
    smz_report_get_oddity(null(), 0, null_mut()) -> status;
    smz_report_get_failed(null(), 0, null_mut()) -> status;
    smz_report_get_unavailable(null(), 0, null_mut()) -> status;
    smz_report_unavailable_part(null(), 0, 0);
}

#[test]
fn every_function_is_listed() {
    let mut exported = BTreeSet::new();
    let src = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    for entry in std::fs::read_dir(src).unwrap() {
        let path = entry.unwrap().path();
        let text = std::fs::read_to_string(&path).unwrap();
        for rest in text.split("#[unsafe(no_mangle)]\npub ").skip(1) {
            let name = rest.split("fn ").nth(1).unwrap().split('(').next().unwrap();
            exported.insert(name.to_owned());
        }
    }
    let listed: BTreeSet<_> = NAMES.iter().map(|name| (*name).to_owned()).collect();
    assert_eq!(exported, listed);
}

#[test]
fn x1_a_panic_in_any_function_becomes_a_status() {
    for (name, status) in statuses(true) {
        assert_eq!(status, SMZ_ERR_INTERNAL, "{name}");
    }
    for (name, status) in statuses(false) {
        assert_eq!(status, SMZ_ERR_INVALID_ARGUMENT, "{name}");
    }
}

#[test]
fn x1_a_constructor_that_panics_gives_null() {
    for make in [
        || smz_options_new().is_null(),
        || smz_keyring_new().is_null(),
        || smz_cancel_new().is_null(),
        || smz_set_new().is_null(),
        || smz_recipients_new().is_null(),
        || smz_seal_options_new().is_null(),
    ] {
        ARMED.set(true);
        assert!(make());
    }
}

/// A callback of the program, which panics in place of the library.
unsafe extern "C-unwind" fn fail(
    _: *mut std::ffi::c_void,
    _: *const std::ffi::c_char,
    _: *mut u8,
    _: usize,
    _: *mut usize,
) -> std::ffi::c_int {
    panic!("asked for by a test")
}

#[test]
fn x1_a_handle_that_a_panic_passed_is_dead() {
    let pem = include_bytes!("../../smimezip/tests/data/keys/main.pbes2-aes256.pem");
    let keyring = smz_keyring_new();
    let mut err = null_mut();
    let mut add = |callback| {
        // SAFETY: the ring is alive, the bytes are there.
        unsafe {
            let (user, options) = (null_mut(), null());
            smz_keyring_add_memory(
                keyring,
                pem.as_ptr(),
                pem.len(),
                callback,
                user,
                options,
                &raw mut err,
            )
        }
    };
    assert_eq!(add(None), SMZ_ERR_PASSPHRASE);
    assert_eq!(add(Some(fail)), SMZ_ERR_INTERNAL);
    assert_eq!(add(None), SMZ_ERR_INTERNAL);
    // SAFETY: each is alive, and freed once; the two errors before were overwritten.
    unsafe {
        let message = std::ffi::CStr::from_ptr(smz_error_message(err));
        assert!(message.to_str().unwrap().contains("unusable"), "{message:?}");
        smz_error_free(err);
        smz_keyring_free(keyring);
    }
}
