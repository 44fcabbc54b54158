//! Sizes that an archive should not say: sums beyond all numbers are errors, whatever the limits.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

use crate::common;

use std::path::Path;

use common::{expect, path, run};

/// Two entries of 2^63 bytes each, as their headers say, in 262 bytes.
fn enormous() -> Vec<u8> {
    let (mut bytes, mut directory) = (Vec::new(), Vec::new());
    for name in [b'a', b'b'] {
        let offset = u32::try_from(bytes.len()).unwrap();
        let mut fields = b"\x2d\0\0\0\x08\0\0\0\x21\0\0\0\0\0".to_vec();
        fields.extend(b"\xff\xff\xff\xff\xff\xff\xff\xff\x01\0\x14\0");
        let mut variable = vec![name, 1, 0, 16, 0];
        variable.extend((1_u64 << 63).to_le_bytes());
        variable.extend(2_u64.to_le_bytes());
        directory.extend(b"PK\x01\x02\x2d\0");
        directory.extend(&fields);
        directory.extend([0; 10]);
        directory.extend(offset.to_le_bytes());
        directory.extend(&variable);
        bytes.extend(b"PK\x03\x04");
        bytes.extend(fields);
        bytes.extend(variable);
        bytes.extend(b"\x03\0");
    }
    let start = u32::try_from(bytes.len()).unwrap();
    let size = u32::try_from(directory.len()).unwrap();
    bytes.extend(directory);
    bytes.extend(b"PK\x05\x06\0\0\0\0\x02\0\x02\0");
    bytes.extend([size.to_le_bytes(), start.to_le_bytes()].concat());
    bytes.extend([0, 0]);
    bytes
}

#[test]
fn sizes_whose_sum_is_beyond_all_numbers_are_errors() {
    const LIFTED: [&str; 2] = ["--max-size", "18446744073709551615"];
    let folder = tempfile::tempdir().unwrap();
    let input = folder.path().join("huge.zip");
    std::fs::write(&input, enormous()).unwrap();
    assert_eq!(std::fs::metadata(&input).unwrap().len(), 262);
    let there = folder.path().join("there");
    std::fs::create_dir(&there).unwrap();
    std::fs::write(there.join("a"), "mine").unwrap();
    std::fs::write(there.join("b"), "mine").unwrap();
    let new = folder.path().join("new");
    let with = |arguments: &[&str]| run(&[arguments, &LIFTED].concat());
    let (input, there, new) = (path(&input), path(&there), path(&new));
    expect(&run(&["extract", input, "-C", new]), 7, "ratio");
    expect(&run(&["list", input]), 0, "");
    expect(&with(&["verify", input]), 5, "differs from the declared");
    expect(&with(&["verify", input, "--keep-going"]), 8, "2 entries failed");
    for more in [&[][..], &["--dry-run"], &["--keep-going"]] {
        let skip = ["extract", input, "-C", there, "--overwrite", "skip"];
        expect(&with(&[&skip[..], more].concat()), 0, "0 files");
        let output = with(&[&["extract", input, "-C", new][..], more].concat());
        expect(&output, 2, "not enough free space");
    }
    assert!(!Path::new(new).exists());
}
