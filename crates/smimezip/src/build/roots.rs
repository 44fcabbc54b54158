//! What an archive is made of, as the caller names it: one folder with all that is in it, or files
//! and folders, each under its own name.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use cap_std::ambient_authority;
use cap_std::fs::Dir;

use crate::error::{Error, ErrorKind, NameProblem};
use crate::zip::path::folded;

/// What is to be put into an archive.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Source<'a> {
    /// All that is in this folder.
    Folder(&'a Path),
    /// Each of these, under the last component of its path.
    Paths(&'a [PathBuf]),
}

/// A folder or a file that was named.
pub(super) struct Root {
    /// As it was named.
    path: PathBuf,
    /// The folder itself, or the one that has the file.
    pub(super) folder: Dir,
    pub(super) kind: Kind,
}

pub(super) enum Kind {
    /// All that is in the folder.
    Contents,
    /// The folder, under this name.
    Folder(String),
    /// The file of the second name, under the first.
    File(String, PathBuf),
}

impl Source<'_> {
    /// What was named, as it was named.
    pub(super) fn paths(&self) -> Vec<&Path> {
        match self {
            Self::Folder(path) => vec![*path],
            Self::Paths(paths) => paths.iter().map(PathBuf::as_path).collect(),
        }
    }

    /// Opens all of it, in the order of the names.
    ///
    /// # Errors
    /// `InvalidArgument` for nothing, for a path without a name and for two of one name;
    /// `UnsafeName` for a name that is not Unicode; what the operating system says.
    pub(super) fn open(&self) -> Result<Vec<Root>, Error> {
        let paths = match self {
            Self::Folder(path) => return Ok(vec![Root::contents(path)?]),
            Self::Paths([]) => {
                return Err(ErrorKind::InvalidArgument("nothing was named".into()).into());
            }
            Self::Paths(paths) => paths,
        };
        let mut names: HashMap<String, &Path> = HashMap::new();
        let mut roots = Vec::with_capacity(paths.len());
        for path in *paths {
            let name = name_of(path)?;
            if let Some(other) = names.insert(folded(name).into_owned(), path) {
                let (one, two) = (other.display(), path.display());
                let what = format!("{one} and {two} have the same name, {name:?}");
                return Err(ErrorKind::InvalidArgument(what).into());
            }
            roots.push(Root::named(path, name.to_owned())?);
        }
        roots.sort_by(|one, other| one.name().cmp(other.name()));
        Ok(roots)
    }
}

/// The name that a path goes under.
fn name_of(path: &Path) -> Result<&str, Error> {
    let none = || {
        let what = format!("{} has no name of its own to go under", path.display());
        Error::from(ErrorKind::InvalidArgument(what))
    };
    let name = path.file_name().ok_or_else(none)?;
    name.to_str().ok_or_else(|| {
        let error = Error::from(ErrorKind::UnsafeName(NameProblem::NotUnicode));
        error.in_entry(name.to_string_lossy().into_owned())
    })
}

impl Root {
    fn contents(path: &Path) -> Result<Self, Error> {
        Ok(Self { path: path.to_owned(), folder: open_folder(path, path)?, kind: Kind::Contents })
    }

    fn named(path: &Path, name: String) -> Result<Self, Error> {
        if path.is_dir() {
            let folder = open_folder(path, path)?;
            return Ok(Self { path: path.to_owned(), folder, kind: Kind::Folder(name) });
        }
        // A link that is named is what it leads to; within a folder none is followed.
        let real = path.canonicalize().map_err(|error| at(error, path))?;
        let parent = real.parent().unwrap_or(Path::new("/"));
        let file = real.file_name().map(PathBuf::from).unwrap_or_default();
        let folder = open_folder(parent, path)?;
        Ok(Self { path: path.to_owned(), folder, kind: Kind::File(name, file) })
    }

    /// The name it goes under.
    fn name(&self) -> &str {
        match &self.kind {
            Kind::Contents => "",
            Kind::Folder(name) | Kind::File(name, _) => name,
        }
    }

    /// Where in the folder the file is that is `path` in the archive.
    pub(super) fn on_disk<'a>(&'a self, path: &'a str) -> &'a Path {
        match &self.kind {
            Kind::Contents => Path::new(path),
            Kind::Folder(name) => {
                let below = path.strip_prefix(name.as_str()).unwrap_or(path);
                Path::new(below.trim_start_matches('/'))
            }
            Kind::File(_, file) => file,
        }
    }

    /// Says of an error which path it is about, where no entry says so.
    pub(super) fn named_in(&self, error: Error) -> Error {
        match error.kind() {
            ErrorKind::Io(_) if error.entry().is_none_or(str::is_empty) => {
                error.in_part(self.path.display().to_string())
            }
            _ => error,
        }
    }
}

fn open_folder(folder: &Path, named: &Path) -> Result<Dir, Error> {
    Dir::open_ambient_dir(folder, ambient_authority()).map_err(|error| at(error, named))
}

fn at(error: std::io::Error, path: &Path) -> Error {
    Error::from(error).in_part(path.display().to_string())
}
