//! Whole calls where the system has no thread to give: the caller's own does all the work.

use std::io::{Cursor, Write};
use std::ops::ControlFlow;

use zip::write::{SimpleFileOptions, ZipWriter};

use super::*;
use crate::parts::Part;
use crate::progress::{CancelToken, Event};
use crate::threads::tests::HAVE_NONE;

/// A large entry, which other threads would help with, small ones and folders.
fn archive() -> (Archive, Vec<u8>) {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default();
    let large: Vec<u8> = (0..20_000_000_u32).map(|n| (n / 999).to_le_bytes()[0]).collect();
    writer.start_file("large", options).unwrap();
    writer.write_all(&large).unwrap();
    for number in 0..20 {
        writer.add_directory(format!("folder-{number}"), options).unwrap();
        writer.start_file(format!("folder-{number}/small"), options).unwrap();
        writer.write_all(&large[..number * 100]).unwrap();
    }
    let bytes = writer.finish().unwrap().into_inner();
    let part = Part::new("a.zip", bytes);
    (Archive::open([part]).unwrap(), large)
}

#[test]
fn without_threads_everything_is_done_all_the_same() {
    let (archive, large) = archive();
    let folder = tempfile::tempdir().unwrap();
    let mut phases = Vec::new();
    let mut note = |event: &Event<'_>| {
        phases.push(event.phase);
        ControlFlow::Continue(())
    };
    let options = ExtractOptions::default();
    HAVE_NONE.set(true);
    let report = archive.extract_with(folder.path().join("out"), &options, &mut note).unwrap();
    assert_eq!((report.files, report.folders), (21, 20));
    assert_eq!(archive.verify_with(&options, &mut ()).unwrap().files, 21);
    assert_eq!(archive.dry_run(folder.path().join("new"), &options).unwrap().files, 21);
    save(&large, folder.path().join("copy")).unwrap();
    HAVE_NONE.set(false);
    assert!(std::fs::read(folder.path().join("copy")).unwrap() == large);
    assert!(std::fs::read(folder.path().join("out/large")).unwrap() == large);
    assert_eq!(
        phases,
        [Phase::Planning, Phase::Planning, Phase::Verifying, Phase::Writing, Phase::Publishing]
    );
}

#[test]
fn without_threads_a_token_is_heard_and_a_break_between_phases() {
    let (archive, _) = archive();
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    HAVE_NONE.set(true);
    for stopped in [Phase::Planning, Phase::Verifying, Phase::Writing, Phase::Publishing] {
        let mut stop = |event: &Event<'_>| {
            if event.phase == stopped { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        };
        let error = archive.extract_with(&out, &ExtractOptions::default(), &mut stop).unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::Cancelled), "{error}");
        let token = CancelToken::new();
        let pull = ExtractOptions::new().cancel(&token).filter(move |_| {
            token.cancel();
            true
        });
        let error = archive.extract_with(&out, &pull, &mut ()).unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::Cancelled), "{error}");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    }
    HAVE_NONE.set(false);
}
