//! One file per subcommand, and what they share.

mod apart;
pub(crate) mod cat;
pub(crate) mod check_cert;
pub(crate) mod decrypt;
pub(crate) mod encrypt;
mod excluded;
pub(crate) mod extract;
pub(crate) mod history;
pub(crate) mod inspect;
pub(crate) mod list;
mod manifest;
mod messages;
pub(crate) mod passphrase;
pub(crate) mod salvage;
pub(crate) mod seal;
mod sealing;
pub(crate) mod shell;
pub(crate) mod status;
pub(crate) mod verify;
mod watch;
pub(crate) mod which;

use std::cell::Cell;
use std::io::{self, IsTerminal, Read, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use smimezip::build::MAX_PARTS;
use smimezip::extract::Links;
use smimezip::message::{Accept, InnerLayers};
use smimezip::parts::PartName;
use smimezip::{
    Archive, CancelToken, Error, ErrorKind, Export, ExtractOptions, Limit, Limits, Report,
    UnlockOptions,
};

use crate::args::{Accepted, Cli, Layer, Policy};
use crate::console::Console;
use crate::exit::{self, Failure, Outcome};
use crate::explain;
use crate::history::History;
use crate::keyring::Keys;
use crate::progress::{Bar, Turn};
use crate::report::{self, Deed};
use crate::select::Selected;
use crate::stopwatch::Stopwatch;
use crate::text;

/// How often a folder that is watched is looked at.
const INTERVAL: Duration = Duration::from_secs(2);
/// How often it is asked meanwhile whether to stop.
const TICK: Duration = Duration::from_millis(50);
/// Bytes written to standard output at once, and looked at before the first are.
const BUFFER: usize = 256 * 1024;
/// Files of a folder that are looked at to say where parts are.
const LOOKED_AT: usize = 1000;

/// What every subcommand gets.
pub(crate) struct Context {
    pub(crate) console: Console,
    pub(crate) limits: Limits,
    pub(crate) history: History,
    accept: Accept,
    pub(crate) cancel: CancelToken,
    pub(crate) inner: InnerLayers,
    /// What `--limit` said something about.
    limits_set: Vec<Limit>,
    threads: Option<std::num::NonZeroUsize>,
    pub(crate) stopwatch: Stopwatch,
    /// Which of several exports or messages something is done to.
    turn: Cell<Option<Turn>>,
}

impl Context {
    pub(crate) fn new(cli: &Cli) -> Self {
        let accept = cli.accept.iter().fold(Accept::new(), |accept, accepted| match accepted {
            Accepted::TrailingData => accept.trailing_data(true),
            Accepted::UnusedBytes => accept.unused_bytes(true),
            Accepted::GcmInEnvelopedData => accept.gcm_in_enveloped_data(true),
        });
        let mut limits = Limits::default();
        for setting in &cli.limit {
            limits.set(setting.limit, setting.value);
        }
        let limits_set = cli.limit.iter().map(|setting| setting.limit).collect();
        let inner = cli.inner.iter().fold(InnerLayers::new(), |inner, layer| match layer {
            Layer::Signature => inner.signed_data(true),
            Layer::Mime => inner.mime_header(true),
        });
        let console = Console::new(cli);
        Self {
            console,
            limits,
            history: History::new(cli, console),
            accept,
            cancel: CancelToken::new(),
            inner,
            limits_set,
            threads: cli.threads,
            stopwatch: Stopwatch::new(),
            turn: Cell::default(),
        }
    }

    /// Takes over what `--max-size` says: who names a size has decided about the ratio, too, unless
    /// a limit says otherwise.
    pub(crate) fn allow_size(&mut self, size: Option<u64>) {
        if let Some(size) = size {
            self.limits.total_size = size;
            if !self.limits_set.contains(&Limit::Ratio) {
                self.limits.ratio = u64::MAX;
            }
        }
    }

    /// The limits for reading a manifest. It may name as many parts as there can be, unless a limit
    /// says otherwise: a part costs a private-key operation where it is opened, and a line here.
    pub(crate) fn manifest_limits(&self) -> Limits {
        let limits = self.limits.clone();
        if self.limits_set.contains(&Limit::Parts) {
            return limits;
        }
        limits.with(Limit::Parts, MAX_PARTS.into())
    }

    /// From here on Ctrl-C and SIGTERM stop the work cleanly instead of killing the program.
    pub(crate) fn listen_to_signals(&self) -> Outcome {
        let cancel = self.cancel.clone();
        ctrlc::set_handler(move || {
            // Nothing is read or written then, and no work would see the token.
            if crate::passphrase::is_asking() {
                std::process::exit(exit::INTERRUPTED.into());
            }
            cancel.cancel();
        })
        .map_err(|error| Failure::Io(format!("signals cannot be handled: {error}")))
    }

    /// Waits until a folder that is watched is to be looked at again, or a signal asks to stop.
    pub(crate) fn wait(&self) {
        let mut waited = Duration::ZERO;
        while waited < INTERVAL && !self.cancel.is_cancelled() {
            std::thread::sleep(TICK);
            waited += TICK;
        }
    }

    /// The options for a look that is short and decrypts nothing.
    pub(crate) fn open_options(&self) -> UnlockOptions {
        UnlockOptions::new().limits(&self.limits).accept(self.accept)
    }

    /// The options for unlocking.
    pub(crate) fn unlock_options(&self) -> UnlockOptions {
        self.open_options().cancel(&self.cancel).threads(self.threads())
    }

    /// How many threads work; 0 for as many as there are.
    pub(crate) fn threads(&self) -> usize {
        self.threads.map_or(0, usize::from)
    }

    pub(crate) fn options(&self) -> ExtractOptions {
        ExtractOptions::new()
            .threads(self.threads())
            .cancel(&self.cancel)
            .local_time(text::local_time)
    }

    /// The options that the arguments of `extract` and `verify` have in common.
    pub(crate) fn options_for(&self, selected: &Selected, policy: &Policy) -> ExtractOptions {
        let mut options = self.options();
        if let Some(filter) = selected.filter() {
            options = options.filter(move |entry| filter(entry));
        }
        options = options.keep_going(policy.keep_going).names(policy.names.into());
        if policy.skip_links {
            options = options.links(Links::Skip);
        }
        options
    }

    /// Says what was done to `export`; ends with the code for failed entries, if there are any.
    pub(crate) fn report(&self, export: &Export, deed: Deed<'_>, report: &Report) -> Outcome {
        self.history.note(export.name(), report);
        let sealing = || explain::sealing(export, &self.open_options());
        report::report(&self.console, export, deed, report, self.stopwatch.lap(), sealing)
    }

    /// Says that a file was written.
    pub(crate) fn report_file(&self, action: &'static str, file: &Path, size: u64) -> Outcome {
        report::report_file(&self.console, action, file, size, self.stopwatch.total())
    }

    /// The same, of one of several.
    pub(crate) fn report_one_file(&self, action: &'static str, file: &Path, size: u64) -> Outcome {
        report::report_file(&self.console, action, file, size, self.stopwatch.lap())
    }

    /// The same exports or messages, where progress shows which of how many it is that something
    /// is done to.
    pub(crate) fn turns<T>(
        &self,
        list: impl IntoIterator<Item = T, IntoIter: ExactSizeIterator>,
    ) -> impl Iterator<Item = T> {
        let list = list.into_iter();
        let all = list.len();
        (1..).zip(list).map(move |(nth, item)| {
            self.turn.set((all > 1).then_some(Turn { nth, all }));
            item
        })
    }

    /// What shows the progress of what is done to an export.
    pub(crate) fn bar_of(&self, export: &str) -> Bar {
        Bar::new(&self.console, Some(export), self.turn.get())
    }

    /// The same for a message or a file.
    pub(crate) fn bar(&self) -> Bar {
        Bar::new(&self.console, None, self.turn.get())
    }

    /// Copies everything to standard output. `place` completes the errors of `source`.
    pub(crate) fn to_stdout(&self, source: impl Read, place: impl Fn(Error) -> Error) -> Outcome {
        self.copy(source, io::stdout().lock(), place, refuse_terminal)
    }

    /// Copies everything to `out`, of which the caller knows what it is.
    pub(crate) fn to_stream(
        &self,
        source: impl Read,
        out: impl Write,
        place: impl Fn(Error) -> Error,
    ) -> Outcome {
        self.copy(source, out, place, |_| Ok(()))
    }

    /// Copies everything; `look` sees the first bytes before they are written.
    fn copy(
        &self,
        mut source: impl Read,
        mut out: impl Write,
        place: impl Fn(Error) -> Error,
        look: impl Fn(&[u8]) -> Outcome,
    ) -> Outcome {
        let mut buffer = vec![0; BUFFER];
        let mut first = true;
        loop {
            let count = source.read(&mut buffer).map_err(|error| place(error.into()))?;
            if count == 0 {
                return Ok(out.flush()?);
            }
            if std::mem::take(&mut first) {
                look(&buffer[..count])?;
            }
            out.write_all(&buffer[..count])?;
            self.cancel.check()?;
        }
    }

    /// Says what was unlocked, to who wants to know more, and what is odd about it to everybody.
    fn say_unlocked(&self, export: &Export, archive: &Archive) {
        self.say_copies(export);
        if self.console.verbose {
            let parts = text::count(export.parts().len() as u64, "part");
            let entries = text::count(archive.entries().len() as u64, "entry");
            let (name, integrity) = (export.name(), archive.integrity());
            self.console.say(&format!("{name}: {parts}, {integrity}, with {entries}"));
        }
    }

    /// Says which files of an export that was unlocked are copies of parts: others than the same
    /// were refused.
    fn say_copies(&self, export: &Export) {
        for name in export.duplicates() {
            self.console.say(&format!("{name} is the same as the part, and is ignored"));
        }
        self.say_stand_ins(export);
    }

    /// Says which files are taken as parts although they are copies by their names.
    fn say_stand_ins(&self, export: &Export) {
        for name in export.stand_ins() {
            let what = "is a copy by its name, and is taken as the part";
            self.console.say(&format!("{name} {what}, which is not there"));
        }
    }

    /// Unlocks an export as the flags say; parts may be missing where `incomplete` says so.
    pub(crate) fn unlock_some(
        &self,
        export: &Export,
        keys: &mut Keys,
        incomplete: bool,
    ) -> Result<Archive, Failure> {
        let options = self.unlock_options().inner_layers(self.inner).incomplete(incomplete);
        let mut bar = self.bar_of(export.name());
        keys.unlock(|ring| export.unlock_with(ring, &options, &mut bar))?
            .map_err(|error| explain::damage(error, export, &self.open_options()))
            .inspect(|archive| self.say_unlocked(export, archive))
    }
}

/// Binary data on a terminal help nobody and may change its settings.
fn refuse_terminal(first: &[u8]) -> Outcome {
    let binary = first.iter().any(|byte| matches!(byte, 0..=8 | 14..=31 | 127));
    if binary && io::stdout().is_terminal() {
        return Err(Failure::Usage(
            "binary data are not written to a terminal; send standard output to a file".into(),
        ));
    }
    Ok(())
}

/// The exports that the inputs name, each once: a shell's `*` names every part of one.
pub(crate) fn exports(inputs: &[PathBuf]) -> Result<Vec<Export>, Failure> {
    let mut exports: Vec<Export> = Vec::new();
    for input in inputs {
        let found = Export::discover_all(input).map_err(|error| not_there(error, input))?;
        // A folder has each export once, and may have thousands.
        let known = exports.len();
        for export in found {
            if !exports[..known].iter().any(|known| known.is_same(&export)) {
                exports.push(export);
            }
        }
    }
    match inputs.first() {
        Some(input) if exports.is_empty() => Err(no_export(input)),
        _ => Ok(exports),
    }
}

/// The export that an input names; a folder must have but one.
fn one_export(input: &Path) -> Result<Export, Failure> {
    let mut found = exports(&[input.to_owned()])?;
    match (found.pop(), found.is_empty()) {
        (Some(export), true) => Ok(export),
        (last, _) => {
            let names = found.iter().chain(&last).map(|export| export.name().to_owned()).collect();
            Err(Failure::Library(ErrorKind::SeveralSets(names).into()))
        }
    }
}

/// The failure for an input that is not there.
fn not_there(error: Error, input: &Path) -> Failure {
    let is_pattern = input.to_string_lossy().contains(['*', '?']);
    match error.kind() {
        // On Windows no name is one.
        ErrorKind::Io(inner)
            if is_pattern
                && matches!(
                    inner.kind(),
                    io::ErrorKind::NotFound | io::ErrorKind::InvalidFilename
                ) =>
        {
            let input = input.display();
            Failure::Io(format!("{input}: there is no such file; a pattern goes to --include"))
        }
        _ => error.into(),
    }
}

/// The failure for a folder without a part of an export.
fn no_export(folder: &Path) -> Failure {
    let has_parts = |path: &Path| {
        let names = std::fs::read_dir(path).into_iter().flatten().flatten();
        names
            .take(LOOKED_AT)
            .any(|file| file.file_name().to_str().and_then(PartName::parse).is_some())
    };
    let within = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let below = within.take(LOOKED_AT).map(|it| it.path()).find(|it| it.is_dir() && has_parts(it));
    let folder = folder.display();
    Failure::NoExport(match below {
        Some(below) => format!(
            "{folder}: there is no part of an export here; folders in it are not searched, and {} \
             has some",
            below.display()
        ),
        None => format!(
            "{folder}: there is no part of an export here (files named X.z01.smime … X.zip.smime)"
        ),
    })
}
