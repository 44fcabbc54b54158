//! Looks into an export that need little of it: what they read, and how long they take beside the
//! start of the program.

use super::text;
use crate::data::{Key, Set};
use crate::peers::Peers;
use crate::table::Way;

pub(crate) fn ways(peers: &Peers, set: &Set, key: &Key) -> Vec<Way> {
    let (any, key) = (text(&set.sealed[0]), text(&key.key));
    vec![
        Way::of("smimezip --version", &peers.ours, &["--version"], None),
        Way::of("smimezip list", &peers.ours, &["list", &any, "-k", &key, "-q"], None),
        Way::of(
            "smimezip cat SMALL",
            &peers.ours,
            &["cat", &any, set.small, "-k", &key, "-q"],
            None,
        ),
    ]
}
