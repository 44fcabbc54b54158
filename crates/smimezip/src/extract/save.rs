//! One view to one file, published like a tree: staged, then renamed.

use std::fs::File;
use std::path::Path;

use cap_std::fs::OpenOptions;

use super::options::{ExtractOptions, Overwrite};
use super::rename::there;
use super::sink::Staging;
use super::{disk, publish, ranges};
use crate::error::{Error, ErrorKind};
use crate::progress::Progress;
use crate::read_at::ReadAt;

/// Writes all of `source` to the file at `path`, by way of a private folder beside it: the file
/// is there complete, or it is as it was. Of the options, `overwrite` (`Skip` is `Never` here),
/// `durable`, `threads` and `cancel` count.
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
        && there(staging.home(), Path::new(name)).map_err(named)?.is_some()
    {
        return Err(ErrorKind::Exists(path.to_path_buf()).into());
    }
    disk::check_free_space(staging.home(), source.size()?).map_err(named)?;
    let mut open = OpenOptions::new();
    open.write(true).create_new(true);
    let file = staging.target().open_with(name, &open);
    let file = file.map_err(|error| named(error.into()))?.into_std();
    ranges::copy(source, &file, &shown, options, progress)?;
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
    publish::publish(staging, overwrite)?;
    if options.durable {
        disk::sync_folder(staging.home())?;
    }
    Ok(())
}
