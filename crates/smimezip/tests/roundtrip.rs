//! Any tree, zipped, split at any sizes, each part sealed in any shape, opens to the same tree.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

use crate::common;

use common::seal::{Cipher, Outside, Shape, seal};
use common::{Tree, noise, read_tree, sample_keys, zips};
use proptest::prelude::*;
use smimezip::{Export, Part};
use zip::CompressionMethod;

fn trees() -> impl Strategy<Value = Tree> {
    let name = prop::sample::select(vec!["a", "B", "c c", "d.json", "ö", "日本", "e-1"]);
    let path = prop::collection::vec(name, 1..4).prop_map(|names| {
        // A name per depth, so that no file stands where a folder must be.
        let depth = names.len();
        let folders: Vec<_> =
            names[..depth - 1].iter().enumerate().map(|(at, name)| format!("{at}{name}")).collect();
        [folders, vec![format!("file {depth} {}", names[depth - 1])]].concat().join("/")
    });
    let contents = (any::<u64>(), 0_usize..6000, any::<bool>())
        .prop_map(|(seed, size, text)| if text { vec![b'x'; size] } else { noise(seed, size) });
    prop::collection::btree_map(path, contents.prop_map(Some), 0..12)
}

fn shapes() -> impl Strategy<Value = Shape> {
    let cipher = prop::sample::select(vec![
        Cipher::Aes128,
        Cipher::Aes192,
        Cipher::Aes256,
        Cipher::TripleDes,
    ]);
    let chunks = prop_oneof![
        Just(vec![]),
        Just(vec![1000]),
        Just(vec![4096]),
        Just(vec![16]),
        prop::collection::vec(1_usize..3000, 1..5),
    ];
    let end = prop::sample::select(vec!["\n", "\r\n"]);
    let columns = prop::sample::select(vec![64_usize, 76, 1, 77, 100_000]);
    let outside = prop_oneof![
        Just(Outside::Binary),
        Just(Outside::MimeBinary),
        (columns.clone(), end.clone()).prop_map(|(columns, end)| Outside::MimeBase64(columns, end)),
        (columns, end).prop_map(|(columns, end)| Outside::Base64(columns, end)),
        prop::sample::select(vec!["CMS", "PKCS7", "ENCRYPTED MESSAGE"]).prop_map(Outside::Pem),
    ];
    (cipher, chunks, any::<bool>(), outside).prop_map(|(cipher, chunks, indefinite, outside)| {
        Shape { cipher, chunks, indefinite, outside }
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    #[test]
    fn any_tree_survives(
        tree in trees(),
        sizes in prop::collection::vec(1_usize..5000, 1..4),
        shapes in prop::collection::vec(shapes(), 1..4),
        stored in any::<bool>(),
    ) {
        let method = if stored { CompressionMethod::Stored } else { CompressionMethod::Deflated };
        // Not more than a hundred parts: each costs a private-key operation.
        let archive = zips::archive(&tree, |_| method);
        let least = archive.len() / 60 + 1;
        let sizes: Vec<_> = sizes.iter().map(|size| (*size).max(least)).collect();
        let parts = zips::named(zips::split(&archive, &sizes), ".smime");
        let sealed: Vec<Part> = parts
            .into_iter()
            .zip(shapes.iter().cycle())
            .map(|((name, part), shape)| Part::new(name, seal(&part, shape)))
            .collect();
        // Odd chunks may contradict the assumed layout, of which nobody notices anything.
        let archive = Export::from_parts(sealed)
            .and_then(|export| export.unlock(&sample_keys()))
            .unwrap();
        let out = tempfile::tempdir().unwrap();
        archive.extract(out.path()).unwrap();
        let found: Tree =
            read_tree(out.path()).into_iter().filter(|(_, contents)| contents.is_some()).collect();
        prop_assert!(found == tree);
    }
}
