//! What `--include` and `--exclude` match: the table that the C library's test reads as well.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

use crate::common;

use common::{expect, path, run};

#[test]
fn patterns_match_what_the_table_says() {
    let table = include_str!("../../smimezip/tests/data/patterns.tsv");
    let folder = tempfile::tempdir().unwrap();
    let archive = folder.path().join("a.zip");
    for line in table.lines() {
        let [pattern, name, verdict] = line.split('\t').collect::<Vec<_>>()[..] else {
            panic!("{line}")
        };
        std::fs::write(&archive, common::archive_of(&[name])).unwrap();
        for (option, whole, none) in [("--include", 0, 9), ("--exclude", 9, 0)] {
            let output = run(&["list", path(&archive), option, pattern]);
            println!("{option} {pattern} for {name}");
            match verdict {
                "yes" => expect(&output, whole, ""),
                "no" => expect(&output, none, ""),
                "wrong" => expect(&output, 1, pattern),
                _ => panic!("{line}"),
            }
        }
    }
    assert!(table.lines().count() > 20);
}
