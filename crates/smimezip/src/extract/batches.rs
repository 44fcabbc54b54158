//! In which order files are worked on, and which a thread takes in one batch: a large one alone,
//! the largest first, so that threads end together; then small ones many at a time, as they lie in
//! the archive, so that parts are read in their order, and folder by folder, so that threads seldom
//! wait for each other's lock on one folder.

use std::cmp::Reverse;
use std::ops::Range;

use super::planned::Planned;

/// Bytes of a file that is worth a batch of its own.
const LARGE: u64 = 256 * 1024;
/// Files of one batch, and their bytes: enough that a folder is left before another thread comes,
/// few enough for an even end.
const MOST_FILES: usize = 512;
const MOST_BYTES: u64 = 8 * 1024 * 1024;

/// Puts files in their order.
pub(super) fn order(files: &mut [Planned<'_>]) {
    // Equal ones stay in the order of the directory.
    files.sort_by_key(|file| Reverse(if is_large(file) { file.entry.size() } else { 0 }));
}

/// The batches of files that are in their order.
pub(super) fn of(files: &[Planned<'_>]) -> Vec<Range<usize>> {
    let mut batches = Vec::new();
    let (mut start, mut bytes) = (0, 0);
    for (at, file) in files.iter().enumerate() {
        let ends = at > start
            && (is_large(file)
                || at - start == MOST_FILES
                || file.entry.size().saturating_add(bytes) > MOST_BYTES
                || file.path.parent() != files[at - 1].path.parent());
        if ends {
            batches.push(start..at);
            (start, bytes) = (at, 0);
        }
        // A large file has its batch alone, whatever size it says.
        bytes = file.entry.size().saturating_add(bytes);
    }
    if start < files.len() {
        batches.push(start..files.len());
    }
    batches
}

fn is_large(file: &Planned<'_>) -> bool {
    file.entry.size() >= LARGE
}

#[cfg(test)]
mod tests {
    use std::io::{Cursor, Write};

    use zip::write::{SimpleFileOptions, ZipWriter};

    use super::*;
    use crate::extract::ExtractOptions;
    use crate::extract::asked::Asked;
    use crate::extract::plan::Plan;
    use crate::parts::Part;
    use crate::zip::Archive;

    /// The batches of an archive of files with these names and sizes.
    fn batches_of(files: &[(String, u64)]) -> Vec<Vec<String>> {
        let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
        for (name, size) in files {
            writer.start_file(name.as_str(), SimpleFileOptions::default()).unwrap();
            std::io::copy(&mut std::io::Read::take(std::io::repeat(7), *size), &mut writer)
                .unwrap();
            writer.flush().unwrap();
        }
        let bytes = writer.finish().unwrap().into_inner();
        let part = Part::new("a.zip", bytes);
        let archive = Archive::open([part]).unwrap();
        let plan = Plan::make(&archive, &ExtractOptions::default(), &Asked::all()).unwrap();
        let name = |file: &Planned<'_>| file.path.as_str().to_owned();
        of(&plan.files)
            .into_iter()
            .map(|batch| plan.files[batch].iter().map(name).collect())
            .collect()
    }

    fn files(list: &[(&str, u64)]) -> Vec<(String, u64)> {
        list.iter().map(|(name, size)| ((*name).to_owned(), *size)).collect()
    }

    #[test]
    fn large_files_come_alone_and_first_small_ones_by_folder() {
        let list =
            [("z/1", 9), ("a", LARGE), ("z/0", 8), ("b", 2 * LARGE), ("y/0", LARGE - 1), ("c", 0)];
        let batches = batches_of(&files(&list));
        assert_eq!(batches, [vec!["b"], vec!["a"], vec!["z/1", "z/0"], vec!["y/0"], vec!["c"]]);
    }

    #[test]
    fn a_turn_has_not_too_many_files_and_bytes() {
        let many: Vec<_> = (0..=2 * MOST_FILES).map(|n| (format!("d/{n}"), 1)).collect();
        let sizes: Vec<_> = batches_of(&many).iter().map(Vec::len).collect();
        assert_eq!(sizes, [MOST_FILES, MOST_FILES, 1]);
        let size = LARGE - 1;
        let many: Vec<_> = (0..2 * MOST_BYTES / size).map(|n| (format!("d/{n}"), size)).collect();
        let fits = usize::try_from(MOST_BYTES / size).unwrap();
        let sizes: Vec<_> = batches_of(&many).iter().map(Vec::len).collect();
        assert_eq!(sizes, [fits, fits]);
    }

    #[test]
    fn no_files_no_turns() {
        assert!(batches_of(&[]).is_empty());
    }
}
