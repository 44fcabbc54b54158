//! Builders and writers: what may be asked of them, and what they refuse without harm.

use std::collections::BTreeMap;
use std::ffi::{c_char, c_int, c_void};
use std::ptr::{null, null_mut};

use smimezip::zip::Modified;
use smimezip_ffi::*;

use crate::sink::Memory;
use crate::{builder, c_path, failed, no_attributes, ok, opened, summary, text};

fn attributes() -> smz_entry_attributes {
    smz_entry_attributes {
        struct_size: size_of::<smz_entry_attributes>(),
        modified: 1_700_000_000,
        max_size: 5,
        permissions: 0o600,
        has_modified: 1,
        has_permissions: 1,
    }
}

#[test]
fn entries_one_after_the_other() {
    let mut memory = Memory::new(None);
    let writer = memory.writer(builder(&[]));
    let (attributes, mut receipt) = (attributes(), null_mut());
    // SAFETY: what is used is alive, and freed once.
    unsafe {
        ok(|err| smz_export_writer_add_folder(writer, c"empty/".as_ptr(), no_attributes(), err));
        ok(|err| smz_export_writer_begin_file(writer, c"a/b".as_ptr(), &raw const attributes, err));
        // One thing after the other; what is refused does no harm.
        for status in [
            failed(|err| smz_export_writer_begin_file(writer, c"c".as_ptr(), null(), err)).0,
            failed(|err| smz_export_writer_add_folder(writer, c"c".as_ptr(), null(), err)).0,
            failed(|err| smz_export_writer_finish(writer, null_mut(), err)).0,
        ] {
            assert_eq!(status, SMZ_ERR_INVALID_ARGUMENT);
        }
        ok(|err| smz_export_writer_write(writer, b"Hello".as_ptr(), 5, err));
        ok(|err| smz_export_writer_end_file(writer, err));
        for name in [c"../x", c"/x", c"a:b", c"A/B"] {
            let error =
                failed(|err| smz_export_writer_begin_file(writer, name.as_ptr(), null(), err));
            assert_eq!(error.0, SMZ_ERR_UNSAFE_PATH, "{name:?}: {error:?}");
        }
        for status in [
            failed(|err| smz_export_writer_write(writer, b"Hello".as_ptr(), 5, err)).0,
            failed(|err| smz_export_writer_end_file(writer, err)).0,
        ] {
            assert_eq!(status, SMZ_ERR_INVALID_ARGUMENT);
        }
        ok(|err| smz_export_writer_finish(writer, &raw mut receipt, err));
        let again = failed(|err| smz_export_writer_finish(writer, null_mut(), err));
        assert_eq!(again.0, SMZ_ERR_INVALID_ARGUMENT);
        smz_export_writer_free(writer);
        let summary = summary(receipt);
        assert_eq!((summary.files, summary.folders, summary.bytes, summary.parts), (1, 1, 5, 1));
        let mut part: smz_part_receipt = std::mem::zeroed();
        part.struct_size = size_of::<smz_part_receipt>();
        assert_eq!(smz_receipt_get_part(receipt, 1, &raw mut part), SMZ_ERR_NOT_FOUND);
        assert_eq!(smz_receipt_get_part(receipt, 0, &raw mut part), SMZ_OK);
        assert_eq!(text(part.name), "e.zip.smime");
        assert!(!part.sha256.is_null());
        assert!(text(smz_receipt_manifest(receipt)).contains("\"name\": \"e.zip.smime\""));
        smz_receipt_free(receipt);
    }
    memory.check_ended();
    let archive = opened(std::mem::take(&mut memory.committed));
    let entry = archive.entries().iter().find(|it| it.raw_name() == "a/b").unwrap();
    assert_eq!(entry.permissions().map(|it| it & 0o777), Some(0o600));
    let then = std::time::UNIX_EPOCH + std::time::Duration::from_secs(1_700_000_000);
    assert!(matches!(entry.modified(), Modified::Instant(time) if time == then));
}

#[test]
fn errors_stick_and_a_writer_that_is_freed_takes_all_back() {
    let mut memory = Memory::new(None);
    let writer = memory.writer(builder(&[]));
    let attributes = attributes();
    // SAFETY: what is used is alive, and freed once.
    unsafe {
        ok(|err| smz_export_writer_begin_file(writer, c"a".as_ptr(), &raw const attributes, err));
        for _ in 0..2 {
            let more = failed(|err| smz_export_writer_write(writer, b"sixsix".as_ptr(), 6, err));
            assert_eq!(more.0, SMZ_ERR_INVALID_ARGUMENT, "{more:?}");
        }
        assert_eq!(failed(|err| smz_export_writer_end_file(writer, err)).0, -1);
        let last = failed(|err| smz_export_writer_finish(writer, null_mut(), err));
        assert!(last.2.contains("more than the 5 bytes"), "{last:?}");
        smz_export_writer_free(writer);
    }
    memory.check_ended();
    assert_eq!(memory.aborted, 1);

    let mut memory = Memory::new(None);
    let writer = memory.writer(builder(&[]));
    // SAFETY: as above. A file is open in it.
    unsafe {
        ok(|err| smz_export_writer_begin_file(writer, c"a".as_ptr(), no_attributes(), err));
        smz_export_writer_free(writer);
    }
    memory.check_ended();
    assert_eq!(memory.aborted, 1);
}

#[test]
fn a_cancel_handle_stops_a_writer() {
    let (builder, options, cancel) = (builder(&[]), smz_options_new(), smz_cancel_new());
    let temporary = tempfile::tempdir().unwrap();
    let outbox = c_path(&temporary.path().join("outbox"));
    let mut writer = null_mut();
    // SAFETY: what is used is alive, and freed once.
    unsafe {
        assert_eq!(smz_options_set_cancel(options, cancel), SMZ_OK);
        ok(|err| {
            let outbox = outbox.as_ptr();
            smz_export_writer_new_folder(builder, outbox, options, &raw mut writer, err)
        });
        smz_options_free(options);
        smz_export_builder_free(builder);
        ok(|err| smz_export_writer_begin_file(writer, c"a".as_ptr(), no_attributes(), err));
        smz_cancel_trigger(cancel);
        assert_eq!(failed(|err| smz_export_writer_end_file(writer, err)).0, SMZ_ERR_CANCELLED);
        let end = failed(|err| smz_export_writer_finish(writer, null_mut(), err));
        assert_eq!(end.0, SMZ_ERR_CANCELLED);
        smz_export_writer_free(writer);
        smz_cancel_free(cancel);
    }
    assert!(!temporary.path().join("outbox").exists());
}

/// Calls the writer that it serves.
unsafe extern "C-unwind" fn reenter(
    user: *mut c_void,
    _: *const *const smz_part_receipt,
    _: usize,
) -> c_int {
    // SAFETY: `user` is where the test has the writer.
    let status = unsafe { smz_export_writer_end_file(*user.cast(), null_mut()) };
    assert_eq!(status, SMZ_ERR_BUSY);
    0
}

unsafe extern "C-unwind" fn nothing(_: *mut c_void, _: *mut c_void) -> c_int {
    0
}

unsafe extern "C-unwind" fn nothing_either(_: *mut c_void, _: *mut c_void) {}

unsafe extern "C-unwind" fn no_name(
    _: *mut c_void,
    _: *const c_char,
    _: *mut *mut c_void,
) -> c_int {
    0
}

unsafe extern "C-unwind" fn no_bytes(
    _: *mut c_void,
    _: *mut c_void,
    _: *const u8,
    _: usize,
) -> c_int {
    0
}

#[test]
fn a_sink_with_the_least_and_one_that_calls_its_writer() {
    let mut writer: *mut smz_export_writer = null_mut();
    let sink = smz_part_sink {
        struct_size: size_of::<smz_part_sink>(),
        user: (&raw mut writer).cast(),
        begin: Some(no_name),
        write: Some(no_bytes),
        finish: Some(nothing),
        drop: Some(nothing_either),
        add_file: None,
        read_back: None,
        commit: Some(reenter),
        abort: None,
        close: None,
    };
    let plain = builder(&[]);
    let with_manifest = builder(&[(SMZ_BUILD_OPTION_MANIFEST, SMZ_MANIFEST_PARTS)]);
    // SAFETY: what is used is alive, and freed once.
    unsafe {
        let mut made = null_mut();
        ok(|err| smz_export_writer_new_sink(plain, &raw const sink, null(), &raw mut made, err));
        writer = made;
        ok(|err| smz_export_writer_finish(made, null_mut(), err));
        smz_export_writer_free(made);
        let refused = failed(|err| {
            smz_export_writer_new_sink(with_manifest, &raw const sink, null(), &raw mut made, err)
        });
        assert_eq!(refused.0, SMZ_ERR_INVALID_ARGUMENT);
        let without = smz_part_sink { commit: None, ..sink };
        let refused = failed(|err| {
            smz_export_writer_new_sink(plain, &raw const without, null(), &raw mut made, err)
        });
        assert_eq!(refused.0, SMZ_ERR_INVALID_ARGUMENT);
        smz_export_builder_free(plain);
        smz_export_builder_free(with_manifest);
    }
    assert!(!writer.is_null());
}

unsafe extern "C-unwind" fn stop(user: *mut c_void, _: *const smz_progress) -> c_int {
    // SAFETY: `user` is the test's counter.
    unsafe { *user.cast::<u32>() += 1 };
    1
}

#[test]
fn folders_and_paths_to_a_folder() {
    let temporary = tempfile::tempdir().unwrap();
    let tree = temporary.path().join("tree");
    std::fs::create_dir_all(tree.join("sub")).unwrap();
    std::fs::write(tree.join("sub/a.txt"), "Hello").unwrap();
    std::fs::write(tree.join("b.tmp"), "not wanted").unwrap();
    let [outbox, other, third] =
        ["outbox", "other", "third"].map(|name| c_path(&temporary.path().join(name)));
    let (shown, file) = (c_path(&tree), c_path(&tree.join("sub/a.txt")));
    let builder = builder(&[(SMZ_BUILD_OPTION_MANIFEST, SMZ_MANIFEST_PARTS)]);
    let options = smz_options_new();
    let mut receipt = null_mut();
    let mut reports = 0_u32;
    // SAFETY: what is used is alive, and freed once.
    unsafe {
        ok(|err| smz_options_set_string(options, SMZ_OPTION_EXCLUDE, c"**/*.tmp".as_ptr(), err));
        let build = |to: &std::ffi::CStr, receipt, err| {
            smz_export_builder_build_folder(
                builder,
                shown.as_ptr(),
                to.as_ptr(),
                options,
                receipt,
                err,
            )
        };
        ok(|err| build(&outbox, &raw mut receipt, err));
        let made = summary(receipt);
        assert_eq!((made.files, made.folders, made.bytes, made.skipped), (1, 1, 5, 0));
        smz_receipt_free(receipt);
        // A part of that name is there.
        assert_eq!(failed(|err| build(&outbox, null_mut(), err)).0, SMZ_ERR_EXISTS);
        // In the tree itself.
        let inside = c_path(&tree.join("out"));
        assert_eq!(failed(|err| build(&inside, null_mut(), err)).0, SMZ_ERR_INVALID_ARGUMENT);

        let paths = [shown.as_ptr(), file.as_ptr()];
        ok(|err| {
            smz_export_builder_build_paths(
                builder,
                paths.as_ptr(),
                2,
                other.as_ptr(),
                null(),
                &raw mut receipt,
                err,
            )
        });
        assert_eq!(summary(receipt).files, 3);
        smz_receipt_free(receipt);

        let user = (&raw mut reports).cast();
        assert_eq!(smz_options_set_progress(options, Some(stop), user), SMZ_OK);
        assert_eq!(failed(|err| build(&third, null_mut(), err)).0, SMZ_ERR_CANCELLED);
        smz_options_free(options);
        smz_export_builder_free(builder);
    }
    assert_eq!(reports, 1);
    assert!(!temporary.path().join("third").exists());
    let files = |folder: &str| -> BTreeMap<String, Vec<u8>> {
        let files = std::fs::read_dir(temporary.path().join(folder)).unwrap();
        let files = files.map(|it| it.unwrap());
        files
            .map(|it| (it.file_name().into_string().unwrap(), std::fs::read(it.path()).unwrap()))
            .collect()
    };
    let mut parts = files("other");
    assert!(parts.remove("e.manifest.json").is_some());
    let names: Vec<_> = opened(parts).entries().iter().map(|it| it.raw_name().to_owned()).collect();
    assert_eq!(names, ["a.txt", "tree/", "tree/b.tmp", "tree/sub/", "tree/sub/a.txt"]);
}

/// Entries to a folder, and what cannot be sealed, left out.
#[cfg(unix)]
#[test]
fn a_link_is_refused_or_skipped_and_a_writer_writes_to_a_folder() {
    let temporary = tempfile::tempdir().unwrap();
    let tree = temporary.path().join("tree");
    std::fs::create_dir(&tree).unwrap();
    std::os::unix::fs::symlink("nowhere", tree.join("link")).unwrap();
    let (shown, outbox) = (c_path(&tree), c_path(&temporary.path().join("outbox")));
    let builder = builder(&[]);
    let mut receipt = null_mut();
    let mut writer = null_mut();
    // SAFETY: what is used is alive, and freed once.
    unsafe {
        let build = |receipt, err| {
            let (shown, outbox) = (shown.as_ptr(), outbox.as_ptr());
            smz_export_builder_build_folder(builder, shown, outbox, null(), receipt, err)
        };
        assert_eq!(failed(|err| build(null_mut(), err)).0, SMZ_ERR_UNSUPPORTED);
        let option = SMZ_BUILD_OPTION_UNFIT;
        ok(|err| smz_export_builder_set_u64(builder, option, SMZ_UNFIT_SKIP, err));
        ok(|err| build(&raw mut receipt, err));
        assert_eq!(summary(receipt).skipped, 1);
        let mut info: smz_error_info = std::mem::zeroed();
        info.struct_size = size_of::<smz_error_info>();
        assert_eq!(smz_receipt_get_skipped(receipt, 0, &raw mut info), SMZ_OK);
        assert_eq!(text(info.entry), "link");
        assert_eq!(smz_receipt_get_skipped(receipt, 1, &raw mut info), SMZ_ERR_NOT_FOUND);
        smz_receipt_free(receipt);

        ok(|err| smz_export_builder_set_name(builder, c"other".as_ptr(), err));
        assert_eq!(text(smz_export_builder_name(builder)), "other");
        ok(|err| {
            smz_export_writer_new_folder(builder, outbox.as_ptr(), null(), &raw mut writer, err)
        });
        ok(|err| smz_export_writer_finish(writer, null_mut(), err));
        smz_export_writer_free(writer);
        smz_export_builder_free(builder);
    }
    assert!(temporary.path().join("outbox/other.zip.smime").exists());
}

#[test]
fn what_a_builder_refuses() {
    let builder = builder(&[]);
    let (empty, mut made) = (smz_recipients_new(), null_mut());
    // SAFETY: what is used is alive, and freed once.
    unsafe {
        let no_one = failed(|err| smz_export_builder_new(empty, &raw mut made, err));
        assert_eq!(no_one.0, SMZ_ERR_INVALID_ARGUMENT);
        let unnamed = failed(|err| smz_export_builder_set_name(builder, c"".as_ptr(), err));
        assert_eq!(unnamed.0, SMZ_ERR_INVALID_ARGUMENT);
        for (option, value) in [
            (SMZ_BUILD_OPTION_LEVEL, 10),
            (SMZ_BUILD_OPTION_REPRODUCIBLE, 2),
            (SMZ_BUILD_OPTION_UNFIT, 2),
            (SMZ_BUILD_OPTION_READ_BACK, 2),
            (SMZ_BUILD_OPTION_MANIFEST, 3),
            (0, 0),
        ] {
            let refused = failed(|err| smz_export_builder_set_u64(builder, option, value, err));
            assert_eq!(refused.0, SMZ_ERR_INVALID_ARGUMENT, "{option}");
        }
        smz_recipients_free(empty);
        smz_export_builder_free(builder);
    }
}
