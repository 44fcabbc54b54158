//! Exports of several folders and files: each under its own name, in an order of their own, links
//! followed only where they are named; and what a plan says of them.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

use crate::common;

use std::path::{Path, PathBuf};

use common::{sample, sample_keys};
#[cfg(unix)]
use smimezip::build::Unfit;
use smimezip::build::{BuildOptions, Built};
use smimezip::export::ExportBuilder;
use smimezip::keys::Recipient;
use smimezip::parts::SetName;
use smimezip::{Certificate, Error, ErrorKind, Export};

struct Place {
    _temporary: tempfile::TempDir,
    folder: PathBuf,
    outbox: PathBuf,
}

fn place() -> Place {
    let temporary = tempfile::tempdir().unwrap();
    let folder = temporary.path().join("in");
    for (file, content) in
        [("b/one.txt", "1"), ("b/deep/two.tmp", "2"), ("a/b/three", "3"), ("c.txt", "4")]
    {
        let file = folder.join(file);
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(file, content).unwrap();
    }
    let outbox = temporary.path().join("outbox");
    Place { _temporary: temporary, folder, outbox }
}

fn builder(options: &BuildOptions) -> ExportBuilder {
    let file = std::fs::read(sample().join("certificate.pem")).unwrap();
    let certificate = Certificate::from_bytes(&file).unwrap();
    let recipient = Recipient::from_certificate_at_any_time(&certificate).unwrap();
    ExportBuilder::new(SetName::new("e").unwrap()).recipient(recipient).build_options(options)
}

/// What is in the export that was made, after it was compared with its plan.
fn entries(place: &Place, paths: &[&str], options: &BuildOptions) -> Result<Vec<String>, Error> {
    let paths: Vec<PathBuf> = paths.iter().map(|path| place.folder.join(path)).collect();
    let builder = builder(options);
    let plan = builder.plan_paths(&paths, &place.outbox, &mut ())?;
    assert!(!place.outbox.exists());
    let built: Built = builder.build_paths(&paths, &place.outbox, &mut ())?;
    assert_eq!((plan.files, plan.folders, plan.bytes), (built.files, built.folders, built.bytes));
    assert_eq!(plan.skipped.len(), built.skipped.len());
    let archive = Export::discover(&place.outbox)?.unlock(&sample_keys())?;
    let names: Vec<_> = archive.entries().iter().map(|it| it.raw_name().to_owned()).collect();
    assert_eq!(plan.entries, names);
    // Windows removes no file that is open.
    drop(archive);
    std::fs::remove_dir_all(&place.outbox)?;
    Ok(names)
}

#[test]
fn each_goes_under_its_name_in_the_order_of_the_names() {
    let place = place();
    let all = ["a/", "a/b/", "a/b/three", "b/", "b/deep/", "b/deep/two.tmp", "b/one.txt", "c.txt"];
    let options = BuildOptions::new();
    assert_eq!(entries(&place, &["c.txt", "b", "a"], &options).unwrap(), all);
    assert_eq!(entries(&place, &["a", "b/.", "c.txt"], &options).unwrap(), all);
    assert_eq!(entries(&place, &["a/b"], &options).unwrap(), ["b/", "b/three"]);
}

#[test]
fn what_is_not_wanted_is_left_out_with_all_that_is_in_it() {
    let place = place();
    let of = |path: &'static str| BuildOptions::new().filter(move |it| it != path);
    assert_eq!(entries(&place, &["b"], &of("b/deep/")).unwrap(), ["b/", "b/one.txt"]);
    assert_eq!(entries(&place, &["b", "c.txt"], &of("b/")).unwrap(), ["c.txt"]);
    let rest = entries(&place, &["b", "c.txt"], &of("b/deep/two.tmp")).unwrap();
    assert_eq!(rest, ["b/", "b/deep/", "b/one.txt", "c.txt"]);
}

#[test]
fn two_of_one_name_are_refused_before_anything_is_made() {
    let place = place();
    for (paths, said) in [
        (&["b", "a/b"][..], "have the same name, \"b\""),
        (&["b", "b/"], "have the same name, \"b\""),
        (&["b", "a/.."], "no name of its own"),
        (&[], "nothing was named"),
    ] {
        let error = entries(&place, paths, &BuildOptions::new()).unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::InvalidArgument(_)), "{error}");
        assert!(error.to_string().contains(said), "{error}");
    }
    let error = entries(&place, &["b", "nowhere"], &BuildOptions::new()).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Io(_)), "{error}");
    assert!(error.part().unwrap().ends_with("nowhere"), "{error}");
    assert!(!place.outbox.exists());
}

#[cfg(unix)]
#[test]
fn a_link_that_is_named_is_what_it_leads_to_and_others_are_refused() {
    let place = place();
    let link = |to: &str, at: &str| {
        std::os::unix::fs::symlink(place.folder.join(to), place.folder.join(at)).unwrap();
    };
    link("b", "folder link");
    link("c.txt", "file link");
    let (paths, options) = (["folder link", "file link"], BuildOptions::new());
    let names = entries(&place, &paths, &options).unwrap();
    let folder = ["folder link/", "folder link/deep/", "folder link/deep/two.tmp"];
    assert_eq!(names, [&["file link"], &folder[..], &["folder link/one.txt"]].concat());
    link("c.txt", "b/link");
    let error = entries(&place, &paths, &options).unwrap_err();
    assert_eq!(error.entry(), Some("folder link/link"));
    assert_eq!(entries(&place, &paths, &options.unfit(Unfit::Skip)).unwrap(), names);
}

#[test]
fn a_plan_sees_what_stands_in_the_way() {
    let place = place();
    let builder = builder(&BuildOptions::new());
    let plan = |outbox: &Path| builder.plan_folder(&place.folder, outbox, &mut ());
    assert_eq!(plan(&place.outbox).unwrap().max_parts, 1);
    assert!(matches!(
        plan(&place.folder.join("a/new")).unwrap_err().kind(),
        ErrorKind::InvalidArgument(_)
    ));
    let level = BuildOptions::new().level(10);
    let error = self::builder(&level).plan_folder(&place.folder, &place.outbox, &mut ());
    assert!(error.unwrap_err().to_string().contains("level 10"));
    for existing in ["e.z01", "E.zip.smime", "e.manifest.json"] {
        std::fs::create_dir_all(&place.outbox).unwrap();
        std::fs::write(place.outbox.join(existing), "").unwrap();
        assert!(matches!(plan(&place.outbox).unwrap_err().kind(), ErrorKind::Exists(_)));
        let error = builder.build_folder(&place.folder, &place.outbox, &mut ()).unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::Exists(_)), "{error}");
        std::fs::remove_dir_all(&place.outbox).unwrap();
    }
}
