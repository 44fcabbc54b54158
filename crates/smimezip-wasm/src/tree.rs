//! What is shown of an archive: folders with what is in them, each row of which is asked for when
//! it is looked at. Nothing is read for it but the directory.

use std::collections::BTreeMap;

use smimezip::zip::{Availability, EntryKind};
use smimezip::{Archive, Entry};

use crate::json::Json;
use crate::names;

/// The folder that all is in.
pub const ROOT: usize = 0;

/// The folders of an archive.
#[derive(Debug)]
pub struct Tree {
    folders: Vec<Folder>,
}

#[derive(Debug, Default)]
struct Folder {
    folders: BTreeMap<String, usize>,
    /// Numbers of entries.
    entries: Vec<usize>,
    /// Of all that is below.
    files: u64,
    bytes: u64,
    unreadable: u64,
}

/// Why an entry cannot be saved.
pub enum Problem {
    /// It lies in parts that are missing.
    Missing(Vec<String>),
    /// It is no file, or needs what is not there, as this says.
    Refused(String),
}

impl Problem {
    /// What is said of it.
    pub fn text(&self) -> String {
        match self {
            Self::Missing(parts) => format!("needs missing parts: {}", some(parts)),
            Self::Refused(why) => why.clone(),
        }
    }
}

/// Of many names the first and the last.
fn some(names: &[String]) -> String {
    const MAX_NAMED: usize = 8;
    match names {
        [first, .., last] if names.len() > MAX_NAMED => format!("{first} … {last}"),
        names => names.join(", "),
    }
}

/// Why an entry that is no folder cannot be saved, if it cannot.
pub fn problem(archive: &Archive, entry: &Entry) -> Option<Problem> {
    match entry.kind() {
        EntryKind::File | EntryKind::Folder => {}
        EntryKind::SymbolicLink => return Some(Problem::Refused("a symbolic link".to_owned())),
        _ => return Some(Problem::Refused("no file, but a device or the like".to_owned())),
    }
    if let Err(error) = entry.check_supported() {
        // The row has the name already.
        return Some(Problem::Refused(error.kind().to_string()));
    }
    match archive.availability(entry) {
        Availability::Available => None,
        Availability::Needs(parts) => {
            Some(Problem::Missing(parts.iter().map(ToString::to_string).collect()))
        }
    }
}

impl Tree {
    /// Of an archive that is open.
    pub fn of(archive: &Archive) -> Self {
        let mut tree = Self { folders: vec![Folder::default()] };
        for (number, entry) in archive.entries().iter().enumerate() {
            tree.add(archive, number, entry);
        }
        for at in 0..tree.folders.len() {
            let names = archive.entries();
            tree.folders[at].entries.sort_by_key(|number| names[*number].raw_name());
        }
        tree
    }

    fn add(&mut self, archive: &Archive, number: usize, entry: &Entry) {
        let path = entry.path().ok();
        // A name that is no safe path leads to no folder.
        let path = path.as_ref().map_or("", |path| path.as_str());
        if entry.is_folder() {
            self.enter(path);
            return;
        }
        let folder = self.enter(path.rsplit_once('/').map_or("", |(folder, _)| folder));
        let unreadable = u64::from(problem(archive, entry).is_some());
        for at in &folder {
            let folder = &mut self.folders[*at];
            folder.files += 1;
            folder.bytes = folder.bytes.saturating_add(entry.size());
            folder.unreadable += unreadable;
        }
        if let Some(at) = folder.last() {
            self.folders[*at].entries.push(number);
        }
    }

    /// The folders on the way to this path, that of all first.
    fn enter(&mut self, path: &str) -> Vec<usize> {
        let mut way = vec![ROOT];
        let mut at = ROOT;
        for name in path.split('/').filter(|name| !matches!(*name, "" | ".")) {
            let known = self.folders[at].folders.get(name).copied();
            at = known.unwrap_or_else(|| self.add_folder(at, name));
            way.push(at);
        }
        way
    }

    fn add_folder(&mut self, parent: usize, name: &str) -> usize {
        let new = self.folders.len();
        self.folders.push(Folder::default());
        self.folders[parent].folders.insert(name.to_owned(), new);
        new
    }

    /// Files, their bytes, and how many cannot be saved.
    pub fn totals(&self) -> (u64, u64, u64) {
        let Folder { files, bytes, unreadable, .. } = self.folders[ROOT];
        (files, bytes, unreadable)
    }

    /// So many rows of a folder, from one on: folders, then files.
    pub fn rows(&self, archive: &Archive, folder: usize, from: usize, count: usize) -> Json {
        let Some(folder) = self.folders.get(folder) else { return Json::Null };
        let folders = folder.folders.iter().map(|(name, at)| self.folder_row(name, *at));
        let entries = folder.entries.iter().map(|number| entry_row(archive, *number));
        Json::Object(vec![
            ("rows", Json::List(folders.chain(entries).skip(from).take(count).collect())),
            ("total", Json::count(folder.folders.len() + folder.entries.len())),
        ])
    }

    fn folder_row(&self, name: &str, at: usize) -> Json {
        let Folder { files, bytes, unreadable, .. } = self.folders[at];
        Json::Object(vec![
            ("folder", Json::count(at)),
            ("name", Json::shown(name)),
            ("files", Json::Number(files)),
            ("size", Json::Number(bytes)),
            ("unreadable", Json::Number(unreadable)),
        ])
    }
}

fn entry_row(archive: &Archive, number: usize) -> Json {
    let entry = &archive.entries()[number];
    let (name, note) = match entry.path() {
        Ok(path) => {
            let path = path.as_str();
            let name = path.rsplit_once('/').map_or(path, |(_, name)| name);
            (names::shown(name), None)
        }
        Err(error) => (names::shown(entry.raw_name()), Some(error.kind().to_string())),
    };
    let problem = problem(archive, entry).map(|problem| problem.text());
    let shown = |text: Option<String>| text.map_or(Json::Null, |text| Json::shown(&text));
    Json::Object(vec![
        ("entry", Json::count(number)),
        ("name", Json::Text(name)),
        ("size", Json::Number(entry.size())),
        ("problem", shown(problem)),
        ("note", shown(note)),
        ("save_as", Json::exact(&names::to_save(entry.raw_name()))),
    ])
}
