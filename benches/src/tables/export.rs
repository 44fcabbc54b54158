//! A whole export, from its encrypted parts to the tree.

use std::path::Path;

use super::text;
use crate::data::{Key, Set};
use crate::measure::Step;
use crate::peers::Peers;
use crate::table::Way;

pub(crate) fn ways(peers: &Peers, set: &Set, key: &Key, folder: &Path) -> Vec<Way> {
    let (tree, decrypted) = (folder.join("out"), folder.join("decrypted"));
    let (key, target) = (text(&key.key), text(&tree));
    let any = text(&set.sealed[0]);
    let ours = ["extract", &any, "-k", &key, "-q", "-C", &target];
    let with = |flags: &[&'static str]| [&ours[..], flags].concat();
    let mut ways = vec![
        Way::of("smimezip extract", &peers.ours, &ours, Some(&tree)),
        Way::of("smimezip extract --no-sync", &peers.ours, &with(&["--no-sync"]), Some(&tree)),
        Way::of("smimezip extract -j1", &peers.ours, &with(&["-j1"]), Some(&tree)),
        Way::of("smimezip verify", &peers.ours, &["verify", &any, "-k", &key, "-q"], None),
        Way::of(
            "smimezip verify -j1",
            &peers.ours,
            &["verify", &any, "-k", &key, "-q", "-j1"],
            None,
        ),
    ];
    let unzip = Step::new(
        "7z",
        &["x", "-bd", "-y", &text(&decrypted.join("e.zip")), &format!("-o{target}")],
    );
    let documented = set.sealed.iter().map(|part| {
        let out = text(&decrypted.join(part.file_stem().unwrap_or_default()));
        let part = text(part);
        let rest = ["-inkey", &key, "-in", &part, "-out", &out];
        Step::new("openssl", &[&["smime", "-decrypt", "-binary"], &rest[..]].concat())
    });
    // What somebody does who knows about processes: all parts at once, then the extractor.
    let parallel = format!(
        "ls '{}'/e.*.smime | xargs -P \"$(nproc)\" -I{{}} sh -c 'openssl smime -decrypt -binary -inkey {key} \
         -in \"$1\" -out {}/\"$(basename \"$1\" .smime)\"' sh {{}}",
        text(folder),
        text(&decrypted)
    );
    let way = |name: &str, steps: Vec<Step>| Way {
        name: name.to_owned(),
        steps,
        outputs: vec![tree.clone(), decrypted.clone()],
        folders: vec![decrypted.clone()],
    };
    ways.push(way("openssl per part, 7z x", documented.chain([unzip.clone()]).collect()));
    ways.push(way("openssl xargs -P, 7z x", vec![Step::new("sh", &["-c", &parallel]), unzip]));
    ways
}
