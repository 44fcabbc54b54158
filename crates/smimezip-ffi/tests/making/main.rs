//! Making in C, by its functions: what is made is opened again, and what a callback refuses at any
//! call leaves nothing.

#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod faults;
mod sealing;
mod sink;
mod writing;

use std::ffi::{CStr, CString, c_char};
use std::path::{Path, PathBuf};
use std::ptr::{null, null_mut};

use smimezip_ffi::*;

/// The key of [`recipients`], and its name.
const KEY: [u8; 16] = *b"sixteen bytes !!";
const NAME: &[u8] = b"of a test";

/// Takes the error of a call that failed: status, operating system's number, message.
fn taken(err: *mut smz_error) -> (smz_status, i32, String) {
    assert!(!err.is_null(), "a failure without an error");
    // SAFETY: all zeros are a value of the struct.
    let mut info: smz_error_info = unsafe { std::mem::zeroed() };
    info.struct_size = size_of::<smz_error_info>();
    // SAFETY: the error is alive, and freed once.
    unsafe {
        assert_eq!(smz_error_get_info(err, &raw mut info), SMZ_OK);
        let message = text(info.message);
        smz_error_free(err);
        (info.status, info.os_error, message)
    }
}

/// Calls what must succeed.
fn ok(call: impl FnOnce(*mut *mut smz_error) -> smz_status) {
    let mut err = null_mut();
    let status = call(&raw mut err);
    assert!(status == SMZ_OK, "{:?}", taken(err));
}

/// Calls what must fail.
fn failed(call: impl FnOnce(*mut *mut smz_error) -> smz_status) -> (smz_status, i32, String) {
    let mut err = null_mut();
    let status = call(&raw mut err);
    let error = taken(err);
    assert_eq!(status, error.0, "{error:?}");
    error
}

fn text(text: *const c_char) -> String {
    // SAFETY: it is a text of the library's, or of this test.
    unsafe { CStr::from_ptr(text) }.to_str().unwrap().to_owned()
}

fn c_path(path: &Path) -> CString {
    CString::new(path.to_str().unwrap()).unwrap()
}

fn example(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/data").join(name)
}

/// Whoever has [`KEY`].
fn recipients() -> *mut smz_recipients {
    let list = smz_recipients_new();
    // SAFETY: the list is alive, the bytes are there.
    ok(|err| unsafe {
        smz_recipients_add_secret_key(list, KEY.as_ptr(), KEY.len(), NAME.as_ptr(), NAME.len(), err)
    });
    list
}

/// For [`recipients`], as `e.zip.smime`.
fn builder(options: &[(smz_build_option, u64)]) -> *mut smz_export_builder {
    let (list, mut builder) = (recipients(), null_mut());
    // SAFETY: what is used is alive; the list is freed once.
    unsafe {
        ok(|err| smz_export_builder_new(list, &raw mut builder, err));
        ok(|err| smz_export_builder_set_name(builder, c"e".as_ptr(), err));
        for (option, value) in options {
            ok(|err| smz_export_builder_set_u64(builder, *option, *value, err));
        }
        smz_recipients_free(list);
    }
    builder
}

/// Opens the export of these parts with [`KEY`].
fn opened(parts: impl IntoIterator<Item = (String, Vec<u8>)>) -> smimezip::Archive {
    let mut keys = smimezip::KeyRing::new();
    keys.add_secret_key(KEY, Some(NAME.to_vec())).unwrap();
    let parts = parts.into_iter().map(|(name, bytes)| smimezip::Part::new(name, bytes));
    smimezip::Export::from_parts(parts).unwrap().unlock(&keys).unwrap()
}

/// The numbers of a receipt.
fn summary(receipt: *const smz_receipt) -> smz_receipt_summary {
    // SAFETY: all zeros are a value of the struct; the receipt is alive.
    unsafe {
        let mut summary: smz_receipt_summary = std::mem::zeroed();
        summary.struct_size = size_of::<smz_receipt_summary>();
        assert_eq!(smz_receipt_get_summary(receipt, &raw mut summary), SMZ_OK);
        summary
    }
}

fn no_attributes() -> *const smz_entry_attributes {
    null()
}
