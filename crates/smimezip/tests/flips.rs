//! Row S2: a bit flipped at any byte of a small set, sealed or not, is refused and leaves nothing,
//! or is harmless: the files are right.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

use crate::common;

use std::sync::atomic::{AtomicUsize, Ordering};

use common::seal::{Outside, Shape, seal};
use common::{Tree, noise, read_tree, sample_keys, thorough, zips};
use smimezip::error::Category;
use smimezip::{ErrorKind, Export, ExtractOptions, KeyRing, Part};
use zip::CompressionMethod;

type Parts = Vec<(String, Vec<u8>)>;

fn tree() -> Tree {
    [("one.txt", b"first".to_vec()), ("noise", noise(4, 300)), ("empty", Vec::new())]
        .map(|(name, contents)| (name.to_owned(), Some(contents)))
        .into()
}

/// Flips a bit at every `step`-th byte of each part; how many were refused, and how many harmless.
fn check(parts: &Parts, keys: &KeyRing, step: usize) -> (usize, usize) {
    let places: Vec<(usize, usize)> = parts
        .iter()
        .enumerate()
        .flat_map(|(part, (_, bytes))| (0..bytes.len()).step_by(step).map(move |at| (part, at)))
        .collect();
    let (next, refused, harmless) = (AtomicUsize::new(0), AtomicUsize::new(0), AtomicUsize::new(0));
    let work = || {
        while let Some((part, at)) = places.get(next.fetch_add(1, Ordering::Relaxed)) {
            let mut parts = parts.clone();
            parts[*part].1[*at] ^= 1 << (at % 8);
            let what = format!("byte {at} of {}", parts[*part].0);
            let folder = tempfile::tempdir().unwrap();
            let out = folder.path().join("out");
            let sources = parts.into_iter().map(|(name, bytes)| Part::new(name, bytes));
            let options = ExtractOptions::new().durable(false);
            let extracted = Export::from_parts(sources)
                .and_then(|export| export.unlock(keys))
                .and_then(|archive| archive.extract_with(&out, &options, &mut ()));
            if let Err(error) = extracted {
                // Declared sizes beyond all reason or room, or another number of parts, are no
                // single part's fault.
                let is_of_all = error.category() == Category::Set
                    || matches!(error.kind(), ErrorKind::Limit { .. } | ErrorKind::NoSpace { .. });
                let is_named = error.part().is_some() || error.entry().is_some();
                assert!(is_of_all || is_named, "{what}: {error}");
                assert!(!matches!(error.kind(), ErrorKind::Io(_)), "{what}: {error}");
                assert!(read_tree(folder.path()).is_empty(), "{what}: {error}");
                refused.fetch_add(1, Ordering::Relaxed);
            } else {
                assert!(read_tree(&out) == tree(), "{what}");
                harmless.fetch_add(1, Ordering::Relaxed);
            }
        }
    };
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(work);
        }
    });
    (refused.into_inner(), harmless.into_inner())
}

#[test]
fn s2_a_bit_flipped_at_any_byte_of_a_set_is_refused_or_harmless() {
    let archive = zips::archive(&tree(), |_| CompressionMethod::Deflated);
    let parts = zips::split(&archive, &[250]);
    assert!(parts.len() >= 3, "{}", parts.len());
    let (refused, harmless) =
        check(&zips::named(parts.clone(), ""), &KeyRing::new(), thorough(1, 3));
    println!("not sealed: {refused} flips refused, {harmless} harmless");
    assert!(refused > 5 * harmless);
    for outside in [Outside::Binary, Outside::MimeBase64(64, "\n")] {
        let shape = Shape { chunks: vec![100], indefinite: true, outside, ..Shape::default() };
        let sealed = parts.iter().map(|part| seal(part, &shape)).collect();
        let (refused, harmless) =
            check(&zips::named(sealed, ".smime"), &sample_keys(), thorough(3, 7));
        println!("{:?}: {refused} flips refused, {harmless} harmless", shape.outside);
        assert!(refused > 2 * harmless);
    }
}
