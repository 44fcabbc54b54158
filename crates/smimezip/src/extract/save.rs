//! One view, or one stream, to one file, published like a tree: staged, then renamed.

use std::fs::File;
use std::io::{ErrorKind as IoKind, Read, Write};
use std::path::Path;

use cap_std::fs::OpenOptions;

use super::options::SaveOptions;
use super::ranges;
use crate::error::{Error, ErrorKind};
use crate::limits::Limit;
use crate::progress::{Phase, Progress, check};
use crate::read_at::ReadAt;
use crate::staging::{Overwrite, Staging, disk, publish, there};
use crate::threads::{self, Attended};

/// Writes all of `source` to the file at `path`, by way of a private folder beside it: the file
/// is there complete, or it is as it was.
///
/// # Errors
/// [`ErrorKind::Exists`] before anything is written, [`ErrorKind::NoSpace`], what `source` reports,
/// or what the operating system says.
pub fn save(source: &(impl ReadAt + ?Sized), path: impl AsRef<Path>) -> Result<(), Error> {
    save_with(source, path, &SaveOptions::new(), &mut ())
}

/// As [`save`], with options and progress.
///
/// # Errors
/// As [`save`]; [`ErrorKind::Limit`] before anything is written, and [`ErrorKind::Cancelled`].
pub fn save_with(
    source: &(impl ReadAt + ?Sized),
    path: impl AsRef<Path>,
    options: &SaveOptions,
    progress: &mut dyn Progress,
) -> Result<(), Error> {
    let size = source.size()?;
    match save_sized(source, size, path.as_ref(), options, progress) {
        // Reading showed that it is of another size than assumed.
        Err(error) if !error.is_passing() && source.size()? != size => {
            save_sized(source, source.size()?, path.as_ref(), options, progress)
        }
        outcome => outcome,
    }
}

fn save_sized(
    source: &(impl ReadAt + ?Sized),
    size: u64,
    path: &Path,
    options: &SaveOptions,
    progress: &mut dyn Progress,
) -> Result<(), Error> {
    let mut attended = Attended::new(&options.cancel, progress);
    let call = attended.call().clone();
    let threads = threads::count(options.threads);
    check_size(size, options)?;
    write_file(&mut attended, path, size, options, |attended, file, shown| {
        attended.stage(Phase::Writing, || ranges::copy(source, file, shown, threads, call.gauge()))
    })
}

/// As [`save`], from a stream that is read to its end: the file is there when the stream has ended
/// without an error, or it is as it was. Returns how many bytes it has.
///
/// ```no_run
/// # use smimezip::extract::save_stream;
/// # use smimezip::message::Decryptor;
/// # use smimezip::KeyRing;
/// let keys = KeyRing::from_file("key.pem")?;
/// let content = Decryptor::new(std::io::stdin(), keys);
/// save_stream(content, "X.zip")?;
/// # Ok::<(), smimezip::Error>(())
/// ```
///
/// # Errors
/// As [`save`], with what the stream reports.
pub fn save_stream(source: impl Read, path: impl AsRef<Path>) -> Result<u64, Error> {
    save_stream_with(source, path, &SaveOptions::new(), &mut ())
}

/// As [`save_stream`], with options and progress. That a limit is reached shows when so much has
/// come.
///
/// # Errors
/// As [`save_with`], with what the stream reports.
pub fn save_stream_with(
    source: impl Read,
    path: impl AsRef<Path>,
    options: &SaveOptions,
    progress: &mut dyn Progress,
) -> Result<u64, Error> {
    let mut size = 0;
    let mut attended = Attended::new(&options.cancel, progress);
    write_file(&mut attended, path.as_ref(), 0, options, |attended, file, shown| {
        size = copy_stream(source, file, shown, options, attended)?;
        Ok(())
    })?;
    Ok(size)
}

/// Bytes of a stream read and written at once.
const BUFFER: usize = 256 * 1024;

/// A stream may be anything, so it is read on this thread; progress is reported between two reads.
fn copy_stream(
    mut source: impl Read,
    mut file: &File,
    shown: &str,
    options: &SaveOptions,
    attended: &mut Attended<'_>,
) -> Result<u64, Error> {
    let mut buffer = vec![0; BUFFER];
    let mut done = 0_u64;
    let call = attended.call().clone();
    attended.begin(Phase::Writing)?;
    loop {
        attended.tick()?;
        let read = {
            let _entered = call.enter();
            source.read(&mut buffer)
        };
        let count = match read {
            Err(error) if error.kind() == IoKind::Interrupted => continue,
            // What a stream says of a cancellation is no fault of its own.
            Err(_) if call.is_stopped() => return Err(ErrorKind::Cancelled.into()),
            count => count?,
        };
        check_size(done.saturating_add(count as u64), options)?;
        file.write_all(&buffer[..count]).map_err(|error| Error::from(error).in_part(shown))?;
        done += count as u64;
        // How much will come is not known before it has.
        call.gauge().grow(count as u64);
        if count == 0 {
            return Ok(done);
        }
    }
}

/// Whether so many bytes are allowed.
fn check_size(size: u64, options: &SaveOptions) -> Result<(), Error> {
    if size > options.max_size {
        return Err(Error::limit(Limit::TotalSize, options.max_size));
    }
    Ok(())
}

/// Stages a file for `path` with room for `size` bytes, has it written, and publishes it.
fn write_file<'a>(
    attended: &mut Attended<'a>,
    path: &Path,
    size: u64,
    options: &SaveOptions,
    write: impl FnOnce(&mut Attended<'a>, &File, &str) -> Result<(), Error>,
) -> Result<(), Error> {
    let shown = path.display().to_string();
    let named = |error: Error| match error.kind() {
        ErrorKind::Io(_) | ErrorKind::NoSpace { .. } => error.in_part(&shown),
        _ => error,
    };
    let Some(name) = path.file_name() else {
        let error = std::io::Error::from(std::io::ErrorKind::InvalidInput);
        return Err(named(error.into()));
    };
    let stage = || stage_file(path, Path::new(name), size, options);
    let staged = attended.stage(Phase::Planning, stage).map_err(named)?;
    write(attended, &staged.file, &shown)?;
    attended.stage(Phase::Publishing, || publish_file(staged, options)).map_err(named)
}

/// A file in its staging folder. By the order of the fields it is closed before the folder is
/// removed: Windows removes none in which a file is open.
struct Staged {
    file: File,
    staging: Staging,
}

fn stage_file(path: &Path, name: &Path, size: u64, options: &SaveOptions) -> Result<Staged, Error> {
    let staging = Staging::create(path.parent().unwrap_or(Path::new("")))?;
    if options.overwrite != Overwrite::Always
        && staging.destination_exists()
        && there(staging.home(), name)?.is_some()
    {
        return Err(ErrorKind::Exists(path.to_path_buf()).into());
    }
    disk::check_free_space(staging.home(), size)?;
    let mut open = OpenOptions::new();
    open.write(true).create_new(true);
    let file = staging.target().open_with(name, &open)?.into_std();
    Ok(Staged { file, staging })
}

fn publish_file(staged: Staged, options: &SaveOptions) -> Result<(), Error> {
    let Staged { file, staging } = staged;
    if options.durable {
        disk::write_file_out(file)?;
    } else {
        drop(file);
    }
    check()?;
    let overwrite = match options.overwrite {
        Overwrite::Skip => Overwrite::Never,
        other => other,
    };
    publish(staging, overwrite, options.durable).map(|_| ())
}
