//! Exports and messages that are made. The peers zip to the disk first and seal the parts there;
//! ours writes sealed parts only, and by default opens them again before they get their names.

use std::path::{Path, PathBuf};

use super::text;
use crate::data::{Key, eighth, zip};
use crate::measure::Step;
use crate::peers::Peers;
use crate::table::Way;

/// One part or file, sealed as the documented command opens it.
const SEAL: &str = "openssl smime -encrypt -binary -aes256";

/// From a tree to eight sealed parts.
pub(crate) fn export(
    peers: &Peers,
    tree: &Path,
    key: &Key,
    folder: &Path,
) -> Result<Vec<Way>, String> {
    let whole = folder.join("whole.zip");
    zip(tree, &whole)?;
    let part = eighth(&whole)?;
    std::fs::remove_file(whole).map_err(|error| error.to_string())?;
    let (outbox, plain) = (folder.join("outbox"), folder.join("plain"));
    let (from, to, between) = (text(tree), text(&outbox), text(&plain));
    let (certificate, split) = (text(&key.certificate), format!("{part}K"));
    let seal = ["seal", &from, "--to", &certificate, "--split", &split, "-q", "-o", &to];
    let ours = |more: &[&str]| {
        let name = [&["smimezip seal"], more].concat().join(" ");
        Way::of(&name, &peers.ours, &[&seal, more].concat(), Some(&outbox))
    };
    let shell = |script: String| Step::new("sh", &["-ec", &script]);
    let way = |name: &str, steps: Vec<Step>| Way {
        name: name.to_owned(),
        steps,
        outputs: vec![outbox.clone(), plain.clone()],
        folders: vec![outbox.clone(), plain.clone()],
    };
    let info_zip = shell(format!("cd '{from}'; zip -q -r -s {part}k '{between}/e.zip' ."));
    let seven_zip =
        shell(format!("cd '{from}'; 7z a -bd -tzip -mmt=on -v{part}k '{between}/e.zip' . >&2"));
    let each = shell(format!(
        "for p in '{between}'/*; do {SEAL} -in \"$p\" -out \"{to}/${{p##*/}}.smime\" '{certificate}'; done"
    ));
    let together = shell(format!(
        "ls '{between}' | xargs -P \"$(nproc)\" -I{{}} {SEAL} -in '{between}/{{}}' -out '{to}/{{}}.smime' '{certificate}'"
    ));
    let mut ways = vec![
        ours(&[]),
        ours(&["--no-read-back"]),
        ours(&["-l", "6"]),
        ours(&["-j1"]),
        way("zip -s, openssl per part", vec![info_zip.clone(), each.clone()]),
        way("zip -s, openssl xargs -P", vec![info_zip, together]),
        way("7z a -mmt -v, openssl per part", vec![seven_zip, each]),
    ];
    if peers.pigz {
        let archive = shell(format!("tar -C '{from}' -c . | pigz -p2 > '{to}/e.tar.gz'"));
        ways.push(way("bare tar, pigz -p2", vec![archive]));
    }
    Ok(ways)
}

/// One file to one message.
pub(crate) fn message(peers: &Peers, plain: &Path, key: &Key, folder: &Path) -> Vec<Way> {
    let sealed: PathBuf = folder.join("sealed.smime");
    let (from, to, certificate) = (text(plain), text(&sealed), text(&key.certificate));
    let ours = ["encrypt", &from, "--to", &certificate, "-q", "-o", &to];
    let openssl = |more: &str| {
        let script = format!("{SEAL} {more} -in '{from}' -out '{to}' '{certificate}'");
        Way::of("", "sh", &["-c", &script], Some(&sealed))
    };
    vec![
        Way::of("smimezip encrypt", &peers.ours, &ours, Some(&sealed)),
        openssl("").named("openssl smime -encrypt"),
        openssl("-stream").named("openssl smime -encrypt -stream"),
    ]
}
