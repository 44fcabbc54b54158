//! One part decrypted, to a file and to nowhere.

use std::path::{Path, PathBuf};

use super::text;
use crate::data::{Key, Message};
use crate::measure::Step;
use crate::peers::Peers;
use crate::table::Way;

const NOWHERE: &str = "/dev/null";

pub(crate) fn to_file(peers: &Peers, message: &Message, key: &Key, folder: &Path) -> Vec<Way> {
    let output = folder.join("decrypted");
    let out = text(&output);
    let (part, key_file) = (text(&message.mime), text(&key.key));
    let ours = ["decrypt", &part, "-k", &key_file, "-q", "-o", &out];
    let mut ways = vec![
        Way::of("smimezip decrypt", &peers.ours, &ours, Some(&output)),
        Way::of(
            "smimezip decrypt -j1",
            &peers.ours,
            &[&ours[..], &["-j1"]].concat(),
            Some(&output),
        ),
        Way::of("cat IN > OUT", "sh", &["-c", &format!("cat '{part}' > '{out}'")], Some(&output)),
    ];
    ways.extend(others(peers, message, key, &out, Some(&output), folder));
    ways
}

pub(crate) fn to_nowhere(peers: &Peers, message: &Message, key: &Key) -> Vec<Way> {
    let (part, key_file) = (text(&message.mime), text(&key.key));
    let ours = ["decrypt", &part, "-k", &key_file, "-q", "-o", NOWHERE];
    let mut ways = vec![
        Way::of("smimezip decrypt", &peers.ours, &ours, None),
        // Read and written, as `cat` notices where its output goes.
        Way::of(
            "dd of the message",
            "dd",
            &[&format!("if={part}"), "of=/dev/null", "bs=256k", "status=none"],
            None,
        ),
    ];
    ways.extend(others(peers, message, key, NOWHERE, None, Path::new("")));
    ways
}

fn others(
    peers: &Peers,
    message: &Message,
    key: &Key,
    out: &str,
    output: Option<&PathBuf>,
    folder: &Path,
) -> Vec<Way> {
    let (part, key_file) = (text(&message.mime), text(&key.key));
    let mut ways = vec![Way::of(
        "openssl smime -decrypt",
        "openssl",
        &["smime", "-decrypt", "-binary", "-inkey", &key_file, "-in", &part, "-out", out],
        output,
    )];
    let outputs: Vec<PathBuf> = output.into_iter().cloned().collect();
    let more = |name: &str, step: Step| Way {
        name: name.to_owned(),
        steps: vec![step],
        outputs: outputs.clone(),
        folders: Vec::new(),
    };
    if let Some(step) = peers.java(&["decrypt", &part, &key_file, out]) {
        ways.push(more("Bouncy Castle, streaming", step));
    }
    if let (true, true) = (peers.gpgsm, output.is_some()) {
        match key.for_gpgsm(folder) {
            Ok((home, passphrase)) => {
                let command = format!(
                    "gpgsm --homedir '{}' --batch --yes --pinentry-mode loopback --passphrase-fd 0 \
                     -o '{out}' --decrypt '{}' < '{}' 2> /dev/null",
                    text(&home),
                    text(&message.der),
                    text(&passphrase)
                );
                ways.push(more("gpgsm, of the same as DER", Step::new("sh", &["-c", &command])));
            }
            Err(why) => println!("gpgsm was left out: {why}"),
        }
    }
    ways
}
