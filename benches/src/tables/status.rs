//! What state the sets of a folder are in: of one, and of many.

use std::path::Path;

use super::text;
use crate::data::Key;
use crate::peers::Peers;
use crate::table::Way;

/// Without a key nobody knows how many parts there are, which the program exits with 8 for.
const RUN: &str = "\"$0\" status \"$@\" || [ $? = 8 ]";

pub(crate) fn ways(peers: &Peers, one: &Path, all: &Path, key: &Key) -> Vec<Way> {
    let (one, all, key) = (text(one), text(all), text(&key.key));
    let way = |name: &str, arguments: &[&str]| {
        Way::of(name, "sh", &[&["-c", RUN, &peers.ours][..], arguments].concat(), None)
    };
    vec![
        way("one set", &[&one]),
        way("all sets", &[&all]),
        way("one set, --key", &[&one, "-k", &key]),
        way("all sets, --key", &[&all, "-k", &key]),
        way("all sets, --key -j1", &[&all, "-k", &key, "-j1"]),
    ]
}
