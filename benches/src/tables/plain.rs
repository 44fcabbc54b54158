//! A plain zip in one piece, to a tree: extractors beside ours.

use std::path::Path;

use super::text;
use crate::data::Key;
use crate::peers::Peers;
use crate::table::Way;

pub(crate) fn ways(peers: &Peers, zip: &Path, key: &Key, folder: &Path) -> Vec<Way> {
    let tree = folder.join("out");
    let (zip, key, target) = (text(zip), text(&key.key), text(&tree));
    let ours = |more: &[&str]| {
        let arguments = ["extract", &zip, "-k", &key, "-q", "--no-sync", "-C", &target];
        Way::of("smimezip extract", &peers.ours, &[&arguments[..], more].concat(), Some(&tree))
    };
    let verify = |more: &[&str]| {
        let arguments = ["verify", &zip, "-k", &key, "-q"];
        Way::of("smimezip verify", &peers.ours, &[&arguments[..], more].concat(), None)
    };
    let way = |name: &str, program: &str, rest: &[&str]| Way::of(name, program, rest, Some(&tree));
    let mut ways = vec![
        ours(&[]).named("smimezip extract --no-sync"),
        ours(&["-j1"]).named("smimezip extract --no-sync -j1"),
        verify(&[]),
        verify(&["-j1"]).named("smimezip verify -j1"),
        way("7z x", "7z", &["x", "-bd", "-y", &zip, &format!("-o{target}")]),
        way("unzip", "unzip", &["-q", &zip, "-d", &target]),
    ];
    if peers.ripunzip {
        ways.push(way("ripunzip", "ripunzip", &["unzip-file", &zip, "-d", &target, "-q"]));
    }
    if let Some(step) = peers.java(&["extract", &zip, &target]) {
        let (outputs, folders) = (vec![tree.clone()], vec![tree.clone()]);
        ways.push(Way { name: "zip4j".to_owned(), steps: vec![step], outputs, folders });
    }
    ways
}
