//! One view to one file, published like a tree: staged, then renamed.

use std::fs::File;
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
    let shown = path.display().to_string();
    let named = |error: Error| match error.kind() {
        ErrorKind::Io(_) | ErrorKind::NoSpace { .. } => error.in_part(&shown),
        _ => error,
    };
    let Some(name) = path.file_name() else {
        let error = std::io::Error::from(std::io::ErrorKind::InvalidInput);
        return Err(named(error.into()));
    };
    let staging = Staging::create(path.parent().unwrap_or(Path::new(""))).map_err(named)?;
    if options.overwrite != Overwrite::Always
        && staging.destination_exists()
        && publish::there(staging.home(), Path::new(name)).map_err(named)?.is_some()
    {
        return Err(ErrorKind::Exists(path.to_path_buf()).into());
    }
    disk::check_free_space(staging.home(), source.size()?).map_err(named)?;
    let mut open = OpenOptions::new();
    open.write(true).create_new(true);
    let file = staging.target().open_with(name, &open);
    let mut file = file.map_err(|error| named(error.into()))?.into_std();
    copy(source, &mut file, &shown, options, progress)?;
    publish_file(&staging, file, options).map_err(named)
}

fn publish_file(staging: &Staging, file: File, options: &ExtractOptions) -> Result<(), Error> {
    if options.durable {
        file.sync_all()?;
    }
    drop(file);
    let overwrite = match options.overwrite {
        Overwrite::Skip => Overwrite::Never,
        other => other,
    };
    publish::publish(staging.home(), &staging.folder, &staging.tree, overwrite)?;
    if options.durable {
        disk::sync_folder(staging.home())?;
    }
    Ok(())
}

/// Copies all of `source` to `out`, which is called `name`, reporting and listening on the way.
fn copy(
    source: &(impl ReadAt + ?Sized),
    out: &mut dyn Write,
    name: &str,
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
        out.write_all(&buffer[..count]).map_err(|error| Error::from(error).in_part(name))?;
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
