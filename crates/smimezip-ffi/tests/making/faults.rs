//! A sink that refuses one of its calls, each in turn: by what it returns, and by a panic.

use std::ptr::null_mut;

use smimezip_ffi::*;

use crate::sink::{Memory, REFUSED, Refusal};
use crate::{builder, failed, no_attributes, opened, taken};

/// Bytes that do not compress, for more than one part.
fn noise() -> Vec<u8> {
    let mut state = 1_u32;
    let mut byte = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        state.to_be_bytes()[0]
    };
    (0..150_000).map(|_| byte()).collect()
}

/// Makes an export in three parts with a manifest; the status of the first call that failed.
fn make(memory: &mut Box<Memory>, noise: &[u8]) -> Result<(), (smz_status, i32, String)> {
    let options =
        [(SMZ_BUILD_OPTION_PART_SIZE, 65_536), (SMZ_BUILD_OPTION_MANIFEST, SMZ_MANIFEST_ENTRIES)];
    let writer = memory.writer(builder(&options));
    let mut err = null_mut();
    // SAFETY: the writer is alive, the bytes are there.
    let status = unsafe {
        let mut status =
            smz_export_writer_begin_file(writer, c"data".as_ptr(), no_attributes(), &raw mut err);
        for piece in noise.chunks(30_000) {
            if status == SMZ_OK {
                status = smz_export_writer_write(writer, piece.as_ptr(), piece.len(), &raw mut err);
            }
        }
        if status == SMZ_OK {
            status = smz_export_writer_end_file(writer, &raw mut err);
        }
        if status == SMZ_OK {
            status = smz_export_writer_finish(writer, null_mut(), &raw mut err);
        }
        status
    };
    // SAFETY: it is alive, and freed once.
    unsafe { smz_export_writer_free(writer) };
    if status == SMZ_OK { Ok(()) } else { Err(taken(err)) }
}

/// Has each call refused; `expected` is what comes of it.
fn at_each_call(how: Refusal, expected: (smz_status, i32)) {
    let noise = noise();
    let mut whole = Memory::new(None);
    make(&mut whole, &noise).unwrap();
    whole.check_ended();
    assert_eq!((whole.committed.len(), whole.files.len()), (3, 1));
    let archive = opened(std::mem::take(&mut whole.committed));
    let mut data = Vec::new();
    std::io::Read::read_to_end(&mut archive.by_name("data").unwrap(), &mut data).unwrap();
    assert!(data == noise);

    for callback in ["begin", "write", "finish", "read_back", "add_file", "commit"] {
        assert!(whole.calls.contains(&callback), "{callback} is not called");
    }
    for (call, callback) in whole.calls.iter().enumerate() {
        let mut memory = Memory::new(Some((call, how)));
        let (status, os_error, message) = make(&mut memory, &noise).unwrap_err();
        assert_eq!((status, os_error), expected, "{call}, {callback}: {message}");
        assert!(memory.committed.is_empty(), "{call}, {callback}");
        memory.check_ended();
    }
}

#[test]
fn x1_a_refused_call_of_a_sink_leaves_nothing() {
    at_each_call(Refusal::Returns(REFUSED), (SMZ_ERR_IO, REFUSED));
}

/// EINTR: another call with the same bytes could store them twice.
#[test]
fn x1_an_interrupted_call_of_a_sink_is_not_made_again() {
    let code = std::ffi::c_int::from(4_u8);
    assert_eq!(std::io::Error::from_raw_os_error(code).kind(), std::io::ErrorKind::Interrupted);
    at_each_call(Refusal::Returns(code), (SMZ_ERR_IO, code));
}

/// The program ends a sink that is not taken, by itself.
#[test]
fn a_sink_is_given_back_where_an_argument_is_invalid() {
    let mut memory = Memory::new(None);
    let without_files = smz_part_sink { add_file: None, ..memory.sink() };
    let without_reading = smz_part_sink { read_back: None, ..memory.sink() };
    for (sink, option, value) in [
        (memory.sink(), SMZ_BUILD_OPTION_PART_SIZE, 1),
        (without_files, SMZ_BUILD_OPTION_MANIFEST, SMZ_MANIFEST_PARTS),
        (without_reading, SMZ_BUILD_OPTION_MANIFEST, SMZ_MANIFEST_ENTRIES),
    ] {
        let (builder, mut writer) = (builder(&[(option, value)]), null_mut());
        // SAFETY: what is used is alive, and freed once.
        let (status, ..) = unsafe {
            let refused = failed(|err| {
                let options = std::ptr::null();
                smz_export_writer_new_sink(builder, &raw const sink, options, &raw mut writer, err)
            });
            smz_export_builder_free(builder);
            refused
        };
        assert_eq!(status, SMZ_ERR_INVALID_ARGUMENT);
        assert_eq!((memory.aborted, memory.closed, memory.calls.len()), (0, 0, 0));
    }
}

#[test]
fn x1_a_call_of_a_sink_that_cancels_leaves_nothing() {
    at_each_call(Refusal::Returns(SMZ_ERR_CANCELLED), (SMZ_ERR_CANCELLED, 0));
}

#[test]
fn x1_a_panic_in_a_call_of_a_sink_leaves_nothing() {
    at_each_call(Refusal::Panics, (SMZ_ERR_INTERNAL, 0));
}
