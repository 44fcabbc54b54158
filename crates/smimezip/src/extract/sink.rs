//! Where the bytes of entries go: to files of a staging folder, or nowhere. Each thread has a sink
//! of its own.

use std::fs::File;
use std::io::{self, Write};

use cap_std::fs::{Dir, OpenOptions};

use super::planned::Planned;
use crate::error::Error;
use crate::staging::Staging;

/// Takes the bytes of entries, in one thread.
pub(super) trait Sink {
    /// Whether writing takes time, so that it is worth a thread of its own.
    const WRITES: bool;
    /// A new entry begins.
    fn begin(&mut self, file: &Planned<'_>) -> Result<(), Error>;
    /// Its next bytes.
    fn write(&mut self, bytes: &[u8]) -> Result<(), Error>;
    /// It ended and is verified.
    fn finish(&mut self, file: &Planned<'_>) -> Result<(), Error>;
    /// It failed; what was written is worthless.
    fn abandon(&mut self, file: &Planned<'_>);
}

/// Writes entries into the staging folder.
pub(super) struct StagingSink<'a> {
    staging: &'a Staging,
    /// The folder written to last, which the next file is often in, too.
    folder: Option<(String, Dir)>,
    file: Option<File>,
}

impl<'a> StagingSink<'a> {
    pub(super) fn new(staging: &'a Staging) -> Self {
        Self { staging, folder: None, file: None }
    }

    /// The handle of the folder the file goes into, and its name there.
    fn folder_of<'p>(&mut self, path: &'p str) -> Result<(&Dir, &'p str), Error> {
        let Some((parent, name)) = path.rsplit_once('/') else {
            return Ok((self.staging.target(), path));
        };
        if self.folder.as_ref().is_none_or(|(known, _)| known != parent) {
            self.staging.target().create_dir_all(parent)?;
            let folder = self.staging.target().open_dir(parent)?;
            self.folder = Some((parent.to_owned(), folder));
        }
        match &self.folder {
            Some((_, folder)) => Ok((folder, name)),
            None => Err(io::Error::from(io::ErrorKind::NotFound).into()),
        }
    }
}

impl Sink for StagingSink<'_> {
    const WRITES: bool = true;

    fn begin(&mut self, file: &Planned<'_>) -> Result<(), Error> {
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        {
            use cap_std::fs::OpenOptionsExt as _;
            // The umask is applied to it; the owner must be able to read what they extracted.
            options.mode(file.entry.permissions().unwrap_or(0o666) | 0o600);
        }
        let (folder, name) = self.folder_of(file.path.as_str())?;
        self.file = Some(folder.open_with(name, &options)?.into_std());
        Ok(())
    }

    fn write(&mut self, bytes: &[u8]) -> Result<(), Error> {
        match &mut self.file {
            Some(file) => Ok(file.write_all(bytes)?),
            None => Err(io::Error::from(io::ErrorKind::NotFound).into()),
        }
    }

    fn finish(&mut self, file: &Planned<'_>) -> Result<(), Error> {
        if let (Some(open), Some(modified)) = (self.file.take(), file.modified) {
            open.set_modified(modified)?;
        }
        Ok(())
    }

    fn abandon(&mut self, file: &Planned<'_>) {
        if self.file.take().is_some()
            && let Ok((folder, name)) = self.folder_of(file.path.as_str())
        {
            let _ = folder.remove_file(name);
        }
    }
}

/// Reads and forgets.
pub(super) struct NullSink;

impl Sink for NullSink {
    const WRITES: bool = false;

    fn begin(&mut self, _: &Planned<'_>) -> Result<(), Error> {
        Ok(())
    }

    fn write(&mut self, _: &[u8]) -> Result<(), Error> {
        Ok(())
    }

    fn finish(&mut self, _: &Planned<'_>) -> Result<(), Error> {
        Ok(())
    }

    fn abandon(&mut self, _: &Planned<'_>) {}
}
