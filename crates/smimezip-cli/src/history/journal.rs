//! The journal's file: one line of JSON a run, each appended by one write under a lock. Nothing but
//! a regular file is written to, and no symbolic link in its place is followed.

use std::fs::{DirBuilder, File, OpenOptions, TryLockError};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::Deserialize;

use super::Run;
use crate::json;

/// So many lines, or bytes, are too many.
const MAX_LINES: usize = 2000;
const MAX_BYTES: usize = 16 * 1024 * 1024;
/// So many of the newest stay then, if they are not too large either.
const KEPT_LINES: usize = 1000;
const KEPT_BYTES: usize = MAX_BYTES / 2;
/// How often the lock is tried, and how long it is waited in between.
const TRIES: u32 = 200;
const PATIENCE: Duration = Duration::from_millis(10);

/// Where the journal is.
pub(crate) struct Journal {
    folder: PathBuf,
}

/// What is in it.
#[derive(Default)]
pub(crate) struct Reading {
    /// The oldest first.
    pub(crate) runs: Vec<Run>,
    /// Lines that are none, as a full disk leaves them.
    pub(crate) broken: usize,
}

impl Journal {
    /// That of the user, if the system says where it has its place.
    pub(crate) fn of_user() -> Option<Self> {
        let folder = if cfg!(windows) {
            absolute("LOCALAPPDATA")?
        } else {
            let home = || std::env::home_dir().filter(|home| home.is_absolute());
            absolute("XDG_STATE_HOME").or_else(|| Some(home()?.join(".local").join("state")))?
        };
        Some(Self { folder: folder.join("smimezip") })
    }

    pub(crate) fn file(&self) -> PathBuf {
        self.folder.join("history.jsonl")
    }

    /// Adds a run, which gets its number here.
    pub(super) fn append(&self, mut run: Run) -> io::Result<()> {
        make(&self.folder)?;
        let _lock = self.lock()?;
        let mut file = open(&self.file(), OpenOptions::new().read(true).append(true).create(true))?;
        let mut before = Vec::new();
        file.read_to_end(&mut before)?;
        run.number = last_number(&before).saturating_add(1);
        let line = json::escaped(&serde_json::to_string(&run)?);
        let mut bytes = Vec::with_capacity(line.len().saturating_add(2));
        // The line before was cut.
        if before.last().is_some_and(|last| *last != b'\n') {
            bytes.push(b'\n');
        }
        bytes.extend_from_slice(line.as_bytes());
        bytes.push(b'\n');
        let is_full = before.len() > MAX_BYTES || lines(&before).count() >= MAX_LINES;
        if is_full {
            // Windows replaces no file that is open.
            drop(file);
            return self.replace(&before, &bytes);
        }
        file.write_all(&bytes).inspect_err(|_| {
            // Half a line is worse than none, but harmless.
            let _ = file.set_len(before.len() as u64);
        })
    }

    /// What is in it; nothing, if there is none.
    pub(crate) fn read(&self) -> io::Result<Reading> {
        // A line that is being written would be taken for a broken one. Where nothing can be
        // locked, nothing is written.
        let _lock = self.lock();
        let mut file = match open(&self.file(), OpenOptions::new().read(true)) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Reading::default()),
            file => file?,
        };
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes)?;
        let mut reading = Reading::default();
        for line in lines(&bytes) {
            match serde_json::from_slice(line) {
                Ok(run) => reading.runs.push(run),
                Err(_) => reading.broken = reading.broken.saturating_add(1),
            }
        }
        Ok(reading)
    }

    /// Removes all of it, and returns how many runs it had.
    pub(crate) fn clear(&self) -> io::Result<usize> {
        let count = self.read()?.runs.len();
        if std::fs::symlink_metadata(self.file()).is_ok() {
            let _lock = self.lock()?;
            std::fs::remove_file(self.file())?;
        }
        Ok(count)
    }

    /// Puts a new file in its place, of the newest lines and one more.
    fn replace(&self, before: &[u8], line: &[u8]) -> io::Result<()> {
        let (mut kept, mut size) = (Vec::new(), 0_usize);
        for line in lines(before).collect::<Vec<_>>().into_iter().rev().take(KEPT_LINES) {
            size = size.saturating_add(line.len());
            if size > KEPT_BYTES {
                break;
            }
            kept.push(line);
        }
        kept.reverse();
        let mut bytes = kept.join(&b'\n');
        bytes.push(b'\n');
        bytes.extend(line.strip_prefix(b"\n").unwrap_or(line));
        let new = self.folder.join("history.new");
        match std::fs::remove_file(&new) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        let mut file = open(&new, OpenOptions::new().write(true).create_new(true))?;
        file.write_all(&bytes)?;
        file.sync_all()?;
        drop(file);
        std::fs::rename(&new, self.file())
    }

    /// Keeps other runs from writing until it is dropped.
    fn lock(&self) -> io::Result<File> {
        let path = self.folder.join("history.lock");
        let file = open(&path, OpenOptions::new().write(true).create(true))?;
        for _ in 0..TRIES {
            match file.try_lock() {
                Ok(()) => return Ok(file),
                Err(TryLockError::WouldBlock) => std::thread::sleep(PATIENCE),
                Err(TryLockError::Error(error)) => return Err(error),
            }
        }
        Err(io::Error::other("another run has it locked"))
    }
}

fn absolute(variable: &str) -> Option<PathBuf> {
    std::env::var_os(variable).map(PathBuf::from).filter(|path| path.is_absolute())
}

/// Lines that are not empty.
fn lines(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    bytes.split(|byte| *byte == b'\n').filter(|line| !line.is_empty())
}

/// The number of the last run; 0 if there is none.
fn last_number(bytes: &[u8]) -> u64 {
    #[derive(Deserialize)]
    struct Numbered {
        number: u64,
    }
    let number = |line: &[u8]| serde_json::from_slice(line).ok().map(|Numbered { number }| number);
    bytes.rsplit(|byte| *byte == b'\n').find_map(number).unwrap_or_default()
}

/// Makes the folder, for its owner alone.
fn make(folder: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::DirBuilderExt as _;
        builder.mode(0o700);
    }
    builder.create(folder)
}

/// Opens a regular file, for its owner alone where it is made; a link or a pipe in its place is
/// refused, and not waited for.
#[cfg(unix)]
fn open(path: &Path, options: &mut OpenOptions) -> io::Result<File> {
    use std::fs::Permissions;
    use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};

    use rustix::fs::OFlags;
    use rustix::io::Errno;

    let flags = (OFlags::NOFOLLOW | OFlags::NONBLOCK).bits();
    let flags = flags.try_into().map_err(|_| io::ErrorKind::Unsupported)?;
    let file = options.mode(0o600).custom_flags(flags).open(path).map_err(|error| {
        let is_link = error.raw_os_error() == Some(Errno::LOOP.raw_os_error());
        if is_link { not_regular() } else { error }
    })?;
    let metadata = file.metadata()?;
    if !metadata.is_file() {
        return Err(not_regular());
    }
    let mode = metadata.permissions().mode();
    if mode & 0o077 != 0 {
        file.set_permissions(Permissions::from_mode(mode & !0o077))?;
    }
    Ok(file)
}

#[cfg(not(unix))]
fn open(path: &Path, options: &mut OpenOptions) -> io::Result<File> {
    #[cfg(windows)]
    {
        use std::os::windows::fs::OpenOptionsExt as _;
        // FILE_FLAG_OPEN_REPARSE_POINT: the link itself, which is no file then.
        options.custom_flags(0x0020_0000);
    }
    let file = options.open(path)?;
    if file.metadata()?.is_file() { Ok(file) } else { Err(not_regular()) }
}

fn not_regular() -> io::Error {
    io::Error::other("a link, or another thing than a file, is in its place")
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use super::*;
    use crate::history::Status;

    fn run(export: &str) -> Run {
        Run {
            number: 0,
            export: Some(export.to_owned()),
            command: "extract".to_owned(),
            started: "2026-11-29T18:00:00Z".to_owned(),
            duration_ms: 5,
            status: Status::Completed,
            exit_code: 0,
            target: None,
            code: None,
            cause: None,
            arguments: vec!["extract".to_owned()],
            folder: "/".to_owned(),
            not_repeatable: None,
        }
    }

    fn journal() -> (tempfile::TempDir, Journal) {
        let home = tempfile::tempdir().unwrap();
        let folder = home.path().join("state/smimezip");
        (home, Journal { folder })
    }

    #[test]
    fn a_cut_line_is_skipped_and_nothing_is_added_to_it() {
        let (_home, journal) = journal();
        assert!(journal.read().unwrap().runs.is_empty());
        for export in ["one", "two", "three"] {
            journal.append(run(export)).unwrap();
        }
        let whole = std::fs::read(journal.file()).unwrap();
        for cut in [1, 2, whole.len() / 3 + 5] {
            std::fs::write(journal.file(), &whole[..whole.len() - cut]).unwrap();
            let left = journal.read().unwrap().runs.len();
            journal.append(run("four")).unwrap();
            let Reading { runs, broken } = journal.read().unwrap();
            assert_eq!((runs.len(), broken), (left + 1, usize::from(cut > 1)));
            let last = runs.last().unwrap();
            assert_eq!(last.export.as_deref(), Some("four"));
            assert_eq!(last.number, runs[runs.len() - 2].number + 1);
        }
        assert_eq!(journal.clear().unwrap(), 2);
        assert_eq!(journal.clear().unwrap(), 0);
    }

    #[test]
    fn the_newest_stay_where_there_are_too_many() {
        let (_home, journal) = journal();
        journal.append(run("first")).unwrap();
        let mut lines = String::new();
        for number in 1..=MAX_LINES as u64 {
            let text = serde_json::to_string(&Run { number, ..run("e") }).unwrap();
            writeln!(lines, "{text}").unwrap();
        }
        std::fs::write(journal.file(), lines).unwrap();
        journal.append(run("last")).unwrap();
        let Reading { runs, broken } = journal.read().unwrap();
        assert_eq!((runs.len(), broken), (KEPT_LINES + 1, 0));
        assert_eq!((runs[0].number, runs[KEPT_LINES].number), (1001, 2001));
        // Large ones count by their bytes.
        let large = Run { arguments: vec!["x".repeat(KEPT_BYTES / 2)], ..run("large") };
        for _ in 0..5 {
            journal.append(large.clone()).unwrap();
        }
        let size = std::fs::metadata(journal.file()).unwrap().len();
        assert!(size < MAX_BYTES as u64, "{size}");
        assert_eq!(journal.read().unwrap().runs.last().unwrap().number, 2006);
    }

    #[cfg(unix)]
    #[test]
    fn nobody_else_reads_it_and_no_link_is_followed() {
        use std::fs::Permissions;
        use std::os::unix::fs::{PermissionsExt as _, symlink};
        let (home, journal) = journal();
        journal.append(run("one")).unwrap();
        let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(&journal.folder), mode(&journal.file())), (0o700, 0o600));
        std::fs::set_permissions(journal.file(), Permissions::from_mode(0o644)).unwrap();
        journal.append(run("two")).unwrap();
        assert_eq!(mode(&journal.file()), 0o600);
        let other = home.path().join("other");
        std::fs::write(&other, "mine").unwrap();
        std::fs::remove_file(journal.file()).unwrap();
        symlink(&other, journal.file()).unwrap();
        for error in [journal.append(run("three")).unwrap_err(), journal.read().err().unwrap()] {
            assert!(error.to_string().contains("a link"), "{error}");
        }
        assert_eq!(std::fs::read_to_string(&other).unwrap(), "mine");
    }

    #[test]
    fn runs_at_once_do_not_mix_lines() {
        let (_home, journal) = journal();
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| (0..50).for_each(|_| journal.append(run("e")).unwrap()));
            }
        });
        let Reading { runs, broken } = journal.read().unwrap();
        let numbers: Vec<u64> = runs.iter().map(|run| run.number).collect();
        assert_eq!((numbers, broken), ((1..=200).collect(), 0));
    }
}
