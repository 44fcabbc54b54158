//! Opening: the given files sorted, the keys read, each export unlocked as far as it can be.

use std::collections::BTreeSet;
use std::sync::Arc;

use smimezip::zip::EntryReader;
use smimezip::{
    Archive, Error, ErrorKind, Export, KeyRing, Limits, Part, Passphrase, UnlockOptions,
};
use zeroize::Zeroizing;

use crate::sorting::{self, Claim, Sorted};
use crate::tree::Tree;
use crate::windows::{Shelf, Source};

/// A file that was given.
#[derive(Clone, Debug)]
pub struct File {
    /// Its name.
    pub name: String,
    /// Its size.
    pub size: u64,
}

/// A file that was given as one with a key.
pub struct KeyFile {
    /// Its name.
    pub name: String,
    /// What is in it; wiped when it is no longer needed.
    pub bytes: Zeroizing<Vec<u8>>,
}

/// What came of the given files.
pub struct Session {
    /// One text for each key that can be used.
    pub keys: Vec<String>,
    /// Files with keys that cannot.
    pub key_errors: Vec<Error>,
    /// The exports, opened or not.
    pub exports: Vec<Opened>,
    /// Names of files that are of none.
    pub others: Vec<String>,
}

/// One export.
pub struct Opened {
    /// What its parts' names have in common; that of the first part if they have nothing.
    pub name: String,
    /// How many of its parts are here.
    pub parts: usize,
    /// What is worth knowing of the files.
    pub notes: Vec<String>,
    /// What is in it, or why it is not open.
    pub outcome: Result<Contents, Error>,
}

/// An export that is open, perhaps without all of its parts.
pub struct Contents {
    /// The archive.
    pub archive: Arc<Archive>,
    /// What is shown of it.
    pub tree: Tree,
}

impl Session {
    /// Opens what is in `files`, which `shelf` reads by their numbers.
    pub fn open(
        shelf: &Arc<Shelf>,
        files: &[File],
        keys: Vec<KeyFile>,
        passphrase: &Zeroizing<String>,
    ) -> Self {
        let (ring, key_errors) = ring(keys, passphrase);
        let names: Vec<String> = files.iter().map(|file| file.name.clone()).collect();
        let Sorted { exports, others } = sorting::sort(&names);
        let others = others.into_iter().map(|file| names[file].clone()).collect();
        let opener = Opener { shelf, files, ring: &ring, key_errors: &key_errors };
        let exports = exports.iter().map(|claims| opener.open(claims)).collect();
        Self { keys: ring.describe(), exports, others, key_errors }
    }

    /// What is in an export that is open.
    ///
    /// # Errors
    /// `InvalidArgument` if there is none of that number.
    pub fn contents(&self, export: usize) -> Result<&Contents, Error> {
        let opened = self.exports.get(export).and_then(|opened| opened.outcome.as_ref().ok());
        opened.ok_or_else(|| ErrorKind::InvalidArgument("no such export".to_owned()).into())
    }

    /// Reads an entry, which is verified when its end is reached.
    ///
    /// # Errors
    /// Those of [`Archive::open_entry`].
    pub fn reader(&self, export: usize, entry: usize) -> Result<EntryReader, Error> {
        let archive = &self.contents(export)?.archive;
        let entry = archive.entries().get(entry).ok_or(ErrorKind::NoSuchEntry)?;
        archive.open_entry(entry)
    }
}

/// The keys that can be used, and the files that have none.
fn ring(keys: Vec<KeyFile>, passphrase: &Zeroizing<String>) -> (KeyRing, Vec<Error>) {
    let (mut ring, mut errors) = (KeyRing::new(), Vec::new());
    for KeyFile { name, bytes } in keys {
        let mut given =
            || (!passphrase.is_empty()).then(|| Passphrase::new(passphrase.as_bytes().to_vec()));
        if let Err(error) = ring.add_named(&name, &bytes, &mut given, &Limits::new()) {
            errors.push(error);
        }
    }
    (ring, errors)
}

/// What exports are opened with.
struct Opener<'a> {
    shelf: &'a Arc<Shelf>,
    files: &'a [File],
    ring: &'a KeyRing,
    key_errors: &'a [Error],
}

impl Opener<'_> {
    fn open(&self, claims: &[Claim]) -> Opened {
        let parts = claims.iter().map(|claim| self.part(claim));
        let positions: BTreeSet<_> = parts.clone().map(|part| part.position()).collect();
        let copies = claims.iter().filter(|claim| claim.is_copy);
        let notes = copies.map(|Claim { file, name, .. }| {
            format!("{} is taken for a copy of {name}", self.files[*file].name)
        });
        let notes = notes.collect();
        let export = Export::from_parts(parts);
        let first = claims.first().map_or("", |claim| claim.name.as_str());
        let name = export.as_ref().map_or(first, Export::name).to_owned();
        let outcome = export.and_then(|export| self.unlock(&export));
        Opened { name, parts: positions.len(), notes, outcome }
    }

    fn part(&self, claim: &Claim) -> Part {
        let shelf = Arc::clone(self.shelf);
        let size = self.files[claim.file].size;
        Part::new(claim.name.clone(), Source { shelf, file: claim.file, size })
    }

    fn unlock(&self, export: &Export) -> Result<Contents, Error> {
        // Of a key that cannot be used there is more to say than that none fits.
        if let ([error, ..], true) = (self.key_errors, self.ring.is_empty())
            && export.needs_key()?
        {
            return Err(error.clone());
        }
        let options = UnlockOptions::new().incomplete(true);
        let archive = export.unlock_with(self.ring, &options, &mut ())?;
        let tree = Tree::of(&archive);
        Ok(Contents { archive: Arc::new(archive), tree })
    }
}
