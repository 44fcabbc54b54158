//! A single member that no number of threads can be dealt: beside the bare inflate of it.

use std::path::Path;

use super::text;
use crate::data::Key;
use crate::peers::Peers;
use crate::table::Way;

pub(crate) fn ways(
    peers: &Peers,
    zip: &Path,
    key: &Key,
    folder: &Path,
) -> Result<Vec<Way>, String> {
    let tree = folder.join("out");
    let (plain, key_file, target) = (text(zip), text(&key.key), text(&tree));
    let sealed = folder.join("huge.zip.smime");
    key.seal(zip, &sealed, "SMIME")?;
    let sealed = text(&sealed);
    let extract = |input: &str, more: &[&str]| {
        let arguments = ["extract", input, "-k", &key_file, "-q", "--no-sync", "-C", &target];
        Way::of("", &peers.ours, &[&arguments[..], more].concat(), Some(&tree))
    };
    let verify = |input: &str, more: &[&str]| {
        let arguments = ["verify", input, "-k", &key_file, "-q"];
        Way::of("", &peers.ours, &[&arguments[..], more].concat(), None)
    };
    Ok(vec![
        Way::of("", &peers.own, &["inflate", &plain], None).named("bare inflate"),
        verify(&sealed, &[]).named("smimezip verify, sealed"),
        verify(&sealed, &["-j1"]).named("smimezip verify -j1, sealed"),
        verify(&plain, &[]).named("smimezip verify"),
        extract(&sealed, &[]).named("smimezip extract, sealed"),
        extract(&sealed, &["-j1"]).named("smimezip extract -j1, sealed"),
        Way::of("7z x", "7z", &["x", "-bd", "-y", &plain, &format!("-o{target}")], Some(&tree)),
    ])
}
