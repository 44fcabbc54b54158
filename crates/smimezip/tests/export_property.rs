//! Any tree, in parts of any size, for any recipients, in any container, comes back from the export
//! that is made of it; now and then also from OpenSSL and 7-Zip.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

use crate::common;

use std::path::Path;
use std::sync::LazyLock;

use common::{Tree, data, has, noise, read_tree, run, skipped, write_tree};
use proptest::collection::{btree_map, vec};
use proptest::prelude::*;
use smimezip::build::{BuildOptions, Built};
use smimezip::cms::ContentEncryptionAlgorithm as Algorithm;
use smimezip::export::ExportBuilder;
use smimezip::keys::{Passphrase, Recipient};
use smimezip::message::{Columns, LineEnd, SealContainer, SealOptions};
use smimezip::parts::SetName;
use smimezip::{Certificate, Export, KeyRing};

/// Recipients, each with what opens what is sealed for it; the first one has RSA.
static RECIPIENTS: LazyLock<Vec<(Recipient, KeyRing)>> = LazyLock::new(|| {
    let pair = |name: &str| {
        let file = |kind: &str| std::fs::read(data().join(format!("{name}.{kind}.pem"))).unwrap();
        let certificate = Certificate::from_bytes(&file("cert")).unwrap();
        let recipient = Recipient::from_certificate_at_any_time(&certificate).unwrap();
        (recipient, KeyRing::from_bytes(&file("key")).unwrap())
    };
    let mut by_secret_key = KeyRing::new();
    by_secret_key.add_secret_key([7; 32], Some(b"shared".to_vec())).unwrap();
    let mut by_password = KeyRing::new();
    by_password.add_password(Passphrase::from("secret"));
    let password = Recipient::from_password(Passphrase::from("secret")).unwrap();
    vec![
        pair("keys/main"),
        pair("envelopes/keys/p256"),
        (Recipient::from_secret_key([7; 32], *b"shared").unwrap(), by_secret_key),
        (password.with_iterations(1000).unwrap(), by_password),
    ]
});

const CONTAINERS: [SealContainer; 4] = [
    SealContainer::MimeBase64 { columns: Columns::C64, line_end: LineEnd::Lf },
    SealContainer::MimeBase64 { columns: Columns::C76, line_end: LineEnd::CrLf },
    SealContainer::Pem,
    SealContainer::Binary,
];

const CIPHERS: [Algorithm; 3] =
    [Algorithm::Aes256Cbc, Algorithm::Aes128Gcm, Algorithm::ChaCha20Poly1305];

/// A file that compresses or not, or a folder.
fn contents() -> impl Strategy<Value = Option<Vec<u8>>> {
    prop_oneof![
        1 => Just(None),
        3 => vec(any::<u8>(), 0..400).prop_map(Some),
        3 => (any::<u64>(), 0_usize..150_000).prop_map(|(seed, size)| Some(noise(seed, size))),
        2 => (any::<u8>(), 0_usize..300_000).prop_map(|(byte, size)| Some(vec![byte; size])),
    ]
}

/// Names of which none can collide with another: what is a folder's first letter is no file's.
fn trees() -> impl Strategy<Value = Tree> {
    btree_map("[a-e][a-z0-9 ]{0,8}[0-9ä大]|[f-h]/[a-z]{1,4}[0-9é](/[0-9]{1,9}x)?", contents(), 0..8)
        .prop_map(|tree| {
            let mut whole = Tree::new();
            for (name, contents) in tree {
                let folders = name.match_indices('/').map(|(at, _)| name[..at].to_owned());
                let is_in_file = folders.clone().any(|it| matches!(whole.get(&it), Some(Some(_))));
                if is_in_file {
                    continue;
                }
                whole.extend(folders.map(|folder| (folder, None)));
                whole.insert(name, contents);
            }
            whole
        })
}

/// Numbers of recipients, at least one; the first is that which OpenSSL opens.
fn recipients() -> impl Strategy<Value = Vec<usize>> {
    proptest::sample::subsequence((0..4).collect::<Vec<_>>(), 1..=4)
}

/// Opens the parts by an OpenSSL command, and extracts them with 7-Zip.
fn by_others(command: &str, folder: &Path, built: &Built) -> Tree {
    let key = data().join("keys/main.key.pem");
    for part in &built.parts {
        let sealed = part.name().to_string();
        let plain = sealed.strip_suffix(".smime").unwrap();
        let key = key.to_str().unwrap();
        let all = [command, "-decrypt", "-binary", "-inkey", key, "-in", &sealed, "-out", plain];
        run(folder, "openssl", &all);
    }
    run(folder, "7z", &["x", "-y", "export-1.zip", "-oback"]);
    read_tree(&folder.join("back"))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_tree_comes_back_from_the_export_that_is_made_of_it(
        tree in trees(),
        part_size in proptest::option::weighted(0.8, 65_536_u64..200_000),
        chosen in recipients(),
        container in proptest::sample::select(&CONTAINERS[..]),
        cipher in proptest::sample::select(&CIPHERS[..]),
        level in 0_u32..=9,
        threads in 1_usize..=3,
    ) {
        let place = tempfile::tempdir().unwrap();
        let [root, outbox, back] = ["tree", "outbox", "back"].map(|it| place.path().join(it));
        write_tree(&root, &tree);
        let options = BuildOptions::new().level(level).threads(threads).durable(false);
        let options = match part_size {
            Some(size) => options.part_size(size),
            None => options,
        };
        let is_for_openssl =
            chosen[0] == 0 && container == CONTAINERS[0] && cipher == Algorithm::Aes256Cbc;
        // The documented command reads no message that has a recipient of another kind, too.
        let command = if chosen.len() == 1 { "smime" } else { "cms" };
        let seal = SealOptions::new().container(container).content_encryption(cipher);
        let mut builder = ExportBuilder::new(SetName::new("export-1").unwrap())
            .build_options(&options)
            .seal_options(&seal);
        for number in &chosen {
            builder = builder.recipient(RECIPIENTS[*number].0.clone());
        }
        let built = builder.build_folder(&root, &outbox, &mut ()).unwrap();
        for number in &chosen {
            let archive = Export::discover(&outbox).unwrap().unlock(&RECIPIENTS[*number].1).unwrap();
            let report = archive.extract(&back).unwrap();
            prop_assert_eq!(report.oddities, Vec::new());
            prop_assert!(read_tree(&back) == tree);
            std::fs::remove_dir_all(&back).unwrap();
        }
        if is_for_openssl {
            if has("openssl") && has("7z") {
                prop_assert!(by_others(command, &outbox, &built) == tree);
            } else {
                skipped("openssl or 7z is not there");
            }
        }
    }
}
