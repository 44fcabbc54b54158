//! Sizes and offsets of the structs, as Rust has them, asserted by a C compiler over the header.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

use std::fmt::Write as _;
use std::mem::{offset_of, size_of};
use std::path::Path;
use std::process::Command;

use smimezip_ffi::{
    smz_build_plan_summary, smz_certificate_options, smz_entry, smz_entry_attributes,
    smz_error_info, smz_io, smz_message_info, smz_need, smz_oddity, smz_part, smz_part_receipt,
    smz_part_sink, smz_progress, smz_receipt_summary, smz_recipient, smz_renamed,
    smz_salvage_summary, smz_set_status, smz_skipped, smz_summary, smz_unavailable,
};

macro_rules! assertions {
    ($($name:ident { $($field:ident),* })*) => {{
        let mut text = String::from("#include <smimezip.h>\n");
        $(
            writeln!(text, "_Static_assert(sizeof({0}) == {1}, \"{0}\");",
                stringify!($name), size_of::<$name>()).unwrap();
            $(
                writeln!(text, "_Static_assert(offsetof({0}, {1}) == {2}, \"{0}.{1}\");",
                    stringify!($name), stringify!($field), offset_of!($name, $field)).unwrap();
            )*
        )*
        text
    }};
}

#[test]
fn structs_are_the_same_on_both_sides() {
    let text = assertions! {
        smz_error_info { struct_size, status, os_error, message, part, entry, offset }
        smz_progress { struct_size, bytes_done, bytes_total, entries_done, entries_total, entry, phase }
        smz_io { struct_size, user, read_at, size, close, flags }
        smz_recipient {
            struct_size, kind, text, issuer, serial_number, serial_number_len,
            subject_key_identifier, subject_key_identifier_len, key_encryption_algorithm,
            encrypted_key, encrypted_key_len, originator_public_key, originator_public_key_len,
            der, der_len, unsupported
        }
        smz_message_info {
            struct_size, container, content_encryption_algorithm, content_type, recipient_count,
            ciphertext_size, is_supported, integrity
        }
        smz_part { struct_size, name, number, size, state, is_stand_in }
        smz_set_status {
            struct_size, name, verdict, key_fits, verdict_code, parts, total, bytes, created,
            created_nanoseconds
        }
        smz_summary {
            struct_size, files, folders, bytes, skipped, failed, renamed, oddities, unavailable
        }
        smz_unavailable { struct_size, name, parts }
        smz_salvage_summary {
            struct_size, missing, damaged, ambiguous, lost, has_directory, uncertain
        }
        smz_build_plan_summary {
            struct_size, entries, files, folders, bytes, max_size, max_parts, skipped
        }
        smz_renamed { struct_size, name, path }
        smz_oddity { struct_size, code, count, entry, message }
        smz_skipped { struct_size, name, reason }
        smz_entry {
            struct_size, name, name_len, size, compressed_size, modified, modified_nanoseconds,
            modified_is_local, crc32, permissions, kind, compression_method, is_supported,
            path, is_encrypted
        }
        smz_certificate_options { struct_size, valid_at, flags, key_transport }
        smz_receipt_summary { struct_size, parts, sealed_bytes, files, folders, bytes, skipped, needs }
        smz_need { struct_size, limit, least }
        smz_part_receipt { struct_size, name, begun_as, size, sha256 }
        smz_part_sink {
            struct_size, user, begin, write, finish, drop, add_file, read_back, commit, abort,
            close
        }
        smz_entry_attributes {
            struct_size, modified, max_size, permissions, has_modified, has_permissions
        }
    };
    let header = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../include");
    let fields = text.matches("offsetof").count();
    // Every field of every struct in the header is in the list.
    let declared = std::fs::read_to_string(header.join("smimezip.h")).unwrap();
    let structs = declared.split("\ntypedef struct smz_").skip(1).filter_map(|rest| {
        let (head, body) = rest.split_once('\n')?;
        head.ends_with('{').then(|| body.split("\n} ").next().unwrap())
    });
    let members: usize = structs
        .map(|body| {
            body.lines().filter(|it| it.ends_with(';') && !it.trim().starts_with('*')).count()
        })
        .sum();
    assert_eq!(members, fields);

    if Command::new("gcc").arg("--version").output().is_err() {
        println!("SKIPPED: layout: gcc is not installed");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let source = folder.path().join("layout.c");
    std::fs::write(&source, text).unwrap();
    let output = Command::new("gcc")
        .args(["-std=c11", "-fsyntax-only", "-I"])
        .arg(header)
        .arg(&source)
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}
