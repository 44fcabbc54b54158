//! The names that an archive has already: none may be unsafe, and no two may be one on any
//! platform.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use crate::error::ErrorKind;
use crate::zip::path::{EntryPath, folded};

/// Names by what they have in common with all that collide with them.
#[derive(Default)]
pub(crate) struct Names {
    taken: HashMap<Box<str>, Taken>,
    /// The folder that was claimed last, with all that it is in: the next path is often in the
    /// same.
    last: String,
}

struct Taken {
    /// The name, if it is not the key.
    name: Option<Box<str>>,
    is_folder: bool,
    /// Whether an entry stands for it, not only for something in it.
    has_entry: bool,
}

impl Names {
    /// Takes a path for an entry.
    ///
    /// # Errors
    /// `UnsafeName` or `NameConflict`; then nothing is taken.
    pub(crate) fn claim(&mut self, path: &str, is_folder: bool) -> Result<(), ErrorKind> {
        EntryPath::new(path.into()).map_err(ErrorKind::UnsafeName)?;
        let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
        if folder != self.last {
            for (at, _) in path.match_indices('/') {
                self.check_folder(&path[..at])?;
            }
        }
        match self.taken.entry(folded(path).into()) {
            Entry::Vacant(free) => {
                let name = (**free.key() != *path).then(|| path.into());
                free.insert(Taken { name, is_folder, has_entry: true });
            }
            Entry::Occupied(mut there) => {
                let is_same = there.get().name(there.key()) == path;
                let taken = there.get_mut();
                if !(is_same && is_folder && taken.is_folder) || taken.has_entry {
                    return Err(conflict(there.key(), there.get()));
                }
                taken.has_entry = true;
            }
        }
        if folder != self.last {
            for (at, _) in path.match_indices('/') {
                self.note_folder(&path[..at]);
            }
            folder.clone_into(&mut self.last);
        }
        Ok(())
    }

    /// Refuses a folder on the way whose name is another's.
    fn check_folder(&self, path: &str) -> Result<(), ErrorKind> {
        match self.taken.get_key_value(&*folded(path)) {
            Some((key, taken)) if !taken.is_folder || taken.name(key) != path => {
                Err(conflict(key, taken))
            }
            _ => Ok(()),
        }
    }

    fn note_folder(&mut self, path: &str) {
        if let Entry::Vacant(free) = self.taken.entry(folded(path).into()) {
            let name = (**free.key() != *path).then(|| path.into());
            free.insert(Taken { name, is_folder: true, has_entry: false });
        }
    }
}

impl Taken {
    fn name<'a>(&'a self, key: &'a str) -> &'a str {
        self.name.as_deref().unwrap_or(key)
    }
}

fn conflict(key: &str, taken: &Taken) -> ErrorKind {
    ErrorKind::NameConflict(taken.name(key).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_collides_on_some_platform_is_refused() {
        let mut names = Names::default();
        let mut claim = |name: &str| {
            let path = name.trim_end_matches('/');
            names.claim(path, path.len() < name.len()).map_err(|kind| kind.code())
        };
        for name in ["a/b/c", "a/", "a/b/", "a/b/d", "e", "Größe/x", "z/y"] {
            assert_eq!(claim(name), Ok(()), "{name}");
        }
        for name in ["a/b/c", "a/", "a", "A/x", "e/f", "e/", "E", "GRÖSSE/y", "gro\u{308}ße/z", "z"]
        {
            assert_eq!(claim(name), Err("name_conflict"), "{name}");
        }
        for name in ["../x", "/x", "x//y", "a:b", "nul", "x ", "x/.", "a\\b", "a\u{1}b", ""] {
            assert_eq!(claim(name), Err("unsafe_name"), "{name}");
        }
        // What was refused has taken nothing.
        assert_eq!(claim("E2/x"), Ok(()));
        assert_eq!(claim("x"), Ok(()));
    }
}
