//! One view to one file, published like a tree: staged, then renamed.

use std::io::Write;
use std::path::Path;

use cap_std::fs::OpenOptions;

use super::options::{ExtractOptions, Overwrite};
use super::sink::Staging;
use super::{disk, publish};
use crate::error::{Error, ErrorKind};
use crate::progress::{Event, Progress};
use crate::read_at::ReadAt;

/// Octets written at once.
const BUFFER: usize = 256 * 1024;

/// Writes all of `source` to the file at `path`, by way of a private folder beside it: the file
/// is there complete, or it is as it was. Of the options, `overwrite` (`Skip` is `Never` here),
/// `durable` and `cancel` count.
///
/// # Errors
/// [`ErrorKind::Exists`] before anything is written, [`ErrorKind::NoSpace`],
/// [`ErrorKind::Cancelled`], what `source` reports, or what the operating system says.
pub fn save(
    source: &(impl ReadAt + ?Sized),
    path: impl AsRef<Path>,
    options: &ExtractOptions,
    progress: &mut dyn Progress,
) -> Result<(), Error> {
    let path = path.as_ref();
    let Some(name) = path.file_name() else {
        return Err(std::io::Error::from(std::io::ErrorKind::InvalidInput).into());
    };
    let staging = Staging::create(path.parent().unwrap_or(Path::new("")))?;
    if options.overwrite != Overwrite::Always
        && staging.destination_exists()
        && publish::there(&staging.home, Path::new(name))?.is_some()
    {
        return Err(ErrorKind::Exists(path.to_path_buf()).into());
    }
    let total = source.size()?;
    disk::check_free_space(&staging.home, total)?;
    let mut open = OpenOptions::new();
    open.write(true).create_new(true);
    let mut file = staging.target().open_with(name, &open)?.into_std();
    copy(source, &mut file, options, progress)?;
    if options.durable {
        file.sync_all()?;
    }
    drop(file);
    let overwrite = match options.overwrite {
        Overwrite::Skip => Overwrite::Never,
        other => other,
    };
    publish::publish(&staging.home, &staging.folder, &staging.tree, overwrite)?;
    if options.durable {
        disk::sync_folder(&staging.home)?;
    }
    Ok(())
}

/// Copies all of `source` to `out`, reporting and listening on the way.
pub(crate) fn copy(
    source: &(impl ReadAt + ?Sized),
    out: &mut dyn Write,
    options: &ExtractOptions,
    progress: &mut dyn Progress,
) -> Result<(), Error> {
    let bytes_total = source.size()?;
    let mut buffer = vec![0; BUFFER];
    let mut bytes_done = 0;
    while bytes_done < bytes_total {
        let count = source.read_at(&mut buffer, bytes_done)?;
        if count == 0 {
            return Err(ErrorKind::Truncated.into());
        }
        out.write_all(&buffer[..count])?;
        bytes_done += count as u64;
        let (entries_done, entries_total, entry) = (0, 1, None);
        let event = Event { bytes_done, bytes_total, entries_done, entries_total, entry };
        if progress.report(&event).is_break() {
            options.cancel.cancel();
        }
        options.cancel.check()?;
    }
    Ok(())
}
