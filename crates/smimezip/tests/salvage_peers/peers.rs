//! What other programs leave on the disk of what is damaged.

use std::path::Path;
use std::process::{Command, Stdio};

use super::common::Tree;
use super::made::Parts;

/// Programs that look for what can be read.
pub(super) const PEERS: [&str; 3] = ["bsdtar", "7z", "zip -FF"];

/// Each has minutes, if it needs them, and several ways: the parts joined, from a file and from a
/// pipe, and as they are. `zip -FF` asks whether the archive is in one file, and for each part that
/// is missing, which is to be skipped; it asks for ever where nobody answers.
const COMMANDS: &str = "
export LC_ALL=C.UTF-8 UNZIP_DISABLE_ZIPBOMB_DETECTION=TRUE
answers='s\\ns\\ns\\ns\\ns\\ns\\ns\\ne\\ne\\ne\\nq\\nq\\nq\\n'
mkdir -p bsdtar/1 bsdtar/2 7z/1 7z/2 zip/1 zip/2
cat joined.zip | timeout 120 bsdtar -xf - -C bsdtar/1
timeout 120 bsdtar -xf joined.zip -C bsdtar/2
timeout 120 7z x -y -o7z/1 joined.zip
printf \"y\\n$answers\" | timeout 120 zip -FF joined.zip --out fixed-1.zip
timeout 120 unzip -o -q fixed-1.zip -d zip/1
cd parts
set -- *
if [ $# -gt 1 ]; then
  first=$1
  test -e e.zip && first=e.zip
  timeout 120 7z x -y -o../7z/2 $first
  printf \"n\\n$answers\" | timeout 120 zip -FF e.zip --out ../fixed-2.zip
  timeout 120 unzip -o -q ../fixed-2.zip -d ../zip/2
fi
true
";

/// How many files are right.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Counts {
    pub(super) all: usize,
    /// Those that are not empty.
    pub(super) with_contents: usize,
}

impl Counts {
    pub(super) fn of<'a>(contents: impl Iterator<Item = &'a [u8]>) -> Self {
        contents.fold(Self::default(), |counts, it| Self {
            all: counts.all + 1,
            with_contents: counts.with_contents + usize::from(!it.is_empty()),
        })
    }
}

/// How many files each leaves that are right.
pub(super) fn right_files(parts: &Parts, tree: &Tree) -> [Counts; PEERS.len()] {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("parts")).unwrap();
    let mut joined = Vec::new();
    for (name, bytes) in parts {
        std::fs::write(folder.path().join("parts").join(name), bytes).unwrap();
        joined.extend_from_slice(bytes);
    }
    std::fs::write(folder.path().join("joined.zip"), joined).unwrap();
    let mut command = Command::new("sh");
    command.args(["-c", COMMANDS]).current_dir(folder.path());
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    assert!(command.status().unwrap().success());
    ["bsdtar", "7z", "zip"].map(|peer| {
        let ways = ["1", "2"].map(|way| right_in(&folder.path().join(peer).join(way), tree));
        ways.into_iter().max_by_key(|it| it.all).unwrap_or_default()
    })
}

fn right_in(folder: &Path, tree: &Tree) -> Counts {
    let files = tree.iter().filter_map(|(name, contents)| Some((name, contents.as_deref()?)));
    let is_right = |(name, contents): &(&String, &[u8])| {
        std::fs::read(folder.join(name)).is_ok_and(|it| it == *contents)
    };
    Counts::of(files.filter(is_right).map(|(_, contents)| contents))
}
