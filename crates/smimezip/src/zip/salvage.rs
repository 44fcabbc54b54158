//! What can be read of an archive that is damaged: by its directory, if that is there, else by the
//! local headers that its parts have (APPNOTE 4.3.7). Nothing is decided here by what is likely: an
//! entry is where a chain of records leads to it, and of two with one name neither is taken.
//! Whether its bytes are right is seen when it is read, as ever.

mod empty;
mod extent;
mod found;
mod header;
mod met;
mod moved_header;
mod region;
mod walk;

use std::collections::{HashMap, HashSet};
use std::io;
use std::sync::Arc;

use super::archive::Archive;
use super::directory as ordinary;
use super::entry::Entry;
use super::path::Meaning;
use super::reader::Memory;
use crate::error::{Category, Error, ErrorKind};
use crate::integrity::Integrity;
use crate::options::Rules;
use crate::parts::{Part, PartSet};
use walk::Walk;

/// What was found of a damaged archive.
pub(crate) struct Salvaged {
    /// The entries that can be read, or might be if parts were there that are missing.
    pub(crate) archive: Archive,
    /// Entries that were found, and may be those of an archive that is a file in this one.
    pub(crate) uncertain: Archive,
    /// Whether these are all there were, by the archive's directory.
    pub(crate) has_directory: bool,
    /// Names that several entries have, none of which is in the archive.
    pub(crate) ambiguous: Vec<String>,
    /// Why entries are not in the archive whose local headers were met.
    pub(crate) lost: Vec<Error>,
}

/// A part, and whether something of its end is not there.
pub(crate) struct Piece {
    pub(crate) part: Part,
    pub(crate) is_cut: bool,
}

/// Finds what there is in these parts, in their order, within a call. Those that are there must
/// open.
///
/// # Errors
/// [`ErrorKind::Limit`], [`ErrorKind::Cancelled`], and what a source reports.
pub(crate) fn salvage(
    pieces: Vec<Piece>,
    integrity: Integrity,
    rules: &Rules,
) -> Result<Salvaged, Error> {
    let mut rules = rules.clone();
    // What was lost leaves bytes that belong to nothing.
    rules.accept.unused_bytes = true;
    rules.accept.trailing_data = true;
    let (parts, cut): (Vec<_>, Vec<_>) = pieces.into_iter().map(|it| (it.part, it.is_cut)).unzip();
    let set = Arc::new(PartSet::new(parts));
    set.open_present()?;
    let archive = |entries| Archive::of_found(&set, entries, &rules, integrity);
    let mut lost = Vec::new();
    let directory = ordinary::read_damaged(&set, &rules)?;
    let has_directory = directory.is_some();
    let (mut entries, mut uncertain) = if let Some(entries) = directory {
        let archive = archive(entries);
        let mut astray = astray(&archive)?;
        let mut entries = archive.into_entries();
        empty::know(&mut entries, &mut astray, &set, &cut)?;
        if !astray.is_empty() {
            let (met, others, _) = Walk::new(&set, &cut, &rules).run()?.into_parts();
            find_again(&mut entries, &astray, &[met, others].concat());
        }
        (entries, Vec::new())
    } else {
        let (certain, uncertain, why) = Walk::new(&set, &cut, &rules).run()?.into_parts();
        lost = why;
        (certain, uncertain)
    };
    for entries in [&mut entries, &mut uncertain] {
        *entries = without_impossible(archive(std::mem::take(entries)), &rules, &mut lost)?;
    }
    let mut ambiguous = take_ambiguous(&mut entries);
    let of_several: HashSet<String> = ambiguous.iter().cloned().collect();
    uncertain.retain(|entry| entry.is_folder() || !of_several.contains(entry.raw_name()));
    let certain: HashSet<&str> = entries.iter().map(Entry::raw_name).collect();
    for name in take_ambiguous(&mut uncertain) {
        if certain.contains(name.as_str()) {
            lost.push(Error::from(ErrorKind::NameConflict(name.clone())).in_entry(name));
        } else {
            ambiguous.push(name);
        }
    }
    let (archive, uncertain) = (archive(entries), archive(uncertain));
    Ok(Salvaged { archive, uncertain, has_directory, ambiguous, lost })
}

/// The entries but for some, with the reason, that would keep all others from being extracted
/// although damage made them so: with names that are none on any platform, and with sizes beyond a
/// limit that their data do not have.
fn without_impossible(
    archive: Archive,
    rules: &Rules,
    lost: &mut Vec<Error>,
) -> Result<Vec<Entry>, Error> {
    let mut impossible = HashSet::new();
    for (number, entry) in archive.entries().iter().enumerate() {
        if let Err(error) = Meaning::of(entry.raw_name(), entry.is_folder()) {
            lost.push(error.in_entry(entry.raw_name()));
            impossible.insert(number);
            continue;
        }
        let (size, compressed) = (entry.size(), entry.compressed_size());
        let is_there = archive.set().missing(entry.parts()).is_empty();
        if rules.exceeded_ratio(size, compressed).is_some() && is_there {
            let read = archive
                .open_entry(entry)
                .and_then(|mut reader| io::copy(&mut reader, &mut io::sink()).map_err(Error::from));
            match read {
                Err(error) if error.is_passing() => return Err(error),
                Err(error) => {
                    lost.push(error);
                    impossible.insert(number);
                }
                Ok(_) => {}
            }
        }
    }
    let entries = archive.into_entries().into_iter().enumerate();
    Ok(entries.filter(|(number, _)| !impossible.contains(number)).map(|(_, it)| it).collect())
}

/// The numbers of the entries that are not where the directory says, of those whose parts are all
/// there.
fn astray(archive: &Archive) -> Result<Vec<usize>, Error> {
    let mut astray = Vec::new();
    let mut memory = Memory::default();
    for (number, entry) in archive.entries().iter().enumerate() {
        if !archive.set().missing(entry.parts()).is_empty() {
            continue;
        }
        match archive.read_with(entry, std::mem::take(&mut memory)) {
            Ok(reader) => memory = reader.into_memory(),
            Err(error) if error.is_passing() => return Err(error),
            Err(error) if matches!(error.category(), Category::Damaged | Category::Format) => {
                astray.push(number);
            }
            Err(_) => {}
        }
    }
    Ok(astray)
}

/// Gives entries of the directory that are not where it says the place of the only one that was met
/// with their name, sizes and CRC-32.
fn find_again(entries: &mut [Entry], astray: &[usize], met: &[Entry]) {
    let mut by_name: HashMap<&str, Vec<&Entry>> = HashMap::new();
    for entry in met {
        by_name.entry(entry.raw_name()).or_default().push(entry);
    }
    for number in astray {
        let entry = &mut entries[*number];
        let same = by_name.get(entry.raw_name()).map_or(&[][..], Vec::as_slice);
        let mut same = same.iter().filter(|it| it.sizes() == entry.sizes());
        if let (Some(only), None) = (same.next(), same.next()) {
            (entry.start, entry.end) = (only.start, only.end);
        }
    }
}

/// Takes the files away whose names several have.
fn take_ambiguous(entries: &mut Vec<Entry>) -> Vec<String> {
    let mut counts: HashMap<&str, usize> = HashMap::new();
    for entry in entries.iter().filter(|entry| !entry.is_folder()) {
        *counts.entry(entry.raw_name()).or_default() += 1;
    }
    let several = counts.into_iter().filter(|(_, count)| *count > 1);
    let mut names: Vec<String> = several.map(|(name, _)| name.to_owned()).collect();
    names.sort_unstable();
    if !names.is_empty() {
        entries.retain(|entry| {
            names.binary_search_by(|name| name.as_str().cmp(entry.raw_name())).is_err()
        });
    }
    names
}

/// That an entry cannot be read as its end is not there.
fn cut_off(name: &str) -> Error {
    Error::from(ErrorKind::Truncated).in_entry(name)
}
