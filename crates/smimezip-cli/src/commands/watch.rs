//! `smimezip extract --watch`: each export of a folder is extracted as soon as all of it is there,
//! once in a run, and never in part. What one look saw of the files decides nothing: only what the
//! next one finds as it was.

use std::io;
use std::path::{Path, PathBuf};
use std::time::{Instant, SystemTime};

use smimezip::export::{SetStatus, Verdict};
use smimezip::extract::folder_names;
use smimezip::parts::PartName;
use smimezip::{Error, ErrorKind, Export, ExtractOptions};

use super::Context;
use super::apart::{self, Done, Tally};
use crate::args::Extract;
use crate::exit::{Failure, Outcome};
use crate::keyring::{self, Keys};
use crate::select::Selected;

/// So many looks must find the files as they were before an export that seems complete is
/// extracted.
const STILL: u32 = 1;
/// So many before something else is tried, which most likely fails: a download may pause.
const LONG_STILL: u32 = 4;

/// An export that was seen.
struct Watched {
    folder: PathBuf,
    name: String,
    /// Of `X.zip.smime`, `smime`: beside it there may be the set of `X.zip`.
    seal: String,
    files: Option<Files>,
    /// How many looks have found the files as they were.
    still: u32,
    /// Whether these files were tried.
    is_tried: bool,
    state: State,
}

enum State {
    Waiting,
    Done(Done),
    InPart,
    Failed { why: &'static str, code: u8 },
}

/// What shows that something has changed: files, their sizes and times, and names of others that
/// matter.
#[derive(PartialEq, Eq)]
struct Files {
    parts: Vec<(PathBuf, u64, Option<SystemTime>)>,
    others: Vec<String>,
}

/// A run that watches.
struct Watch<'a> {
    args: &'a Extract,
    options: &'a ExtractOptions,
    context: &'a Context,
    keys: Keys,
    selected: Selected,
    all: Vec<Watched>,
}

pub(super) fn run(
    args: &Extract,
    selected: Selected,
    options: &ExtractOptions,
    context: &Context,
) -> Outcome {
    if let Some(file) = args.what.inputs.iter().find(|input| input.is_file()) {
        let text = format!("{}: --watch takes folders, and this is a file", file.display());
        return Err(Failure::Usage(text));
    }
    if let Some(gone) = args.what.inputs.iter().find(|input| !input.exists()) {
        return Err(Failure::Io(format!("{}: there is no such folder", gone.display())));
    }
    let keys = keyring::load(&args.what.keys, &context.console, &context.limits)?;
    context.listen_to_signals()?;
    for folder in &args.what.inputs {
        context.console.say(&format!("watching {}; Ctrl-C ends it", folder.display()));
    }
    let mut watch = Watch { args, options, context, keys, selected, all: Vec::new() };
    let outcome = watch.go_on();
    let tally = watch.tally();
    tally.say(args, watch.all.len(), context)?;
    outcome.and_then(|()| tally.outcome())
}

/// Whether a folder is not there.
fn is_gone(error: &Error) -> bool {
    matches!(error.kind(), ErrorKind::Io(inner) if inner.kind() == io::ErrorKind::NotFound)
}

impl Watch<'_> {
    /// Looks again and again until its time is over, or a signal stops it, which is no failure
    /// while nothing is extracted.
    fn go_on(&mut self) -> Outcome {
        let start = Instant::now();
        let is_over = || self.args.watch_for.is_some_and(|time| start.elapsed() >= time);
        while !self.context.cancel.is_cancelled() && !is_over() {
            for (at, export) in self.ready()? {
                self.extract(at, &export)?;
            }
            self.context.wait();
        }
        Ok(())
    }

    /// The exports that are to be extracted now.
    fn ready(&mut self) -> Result<Vec<(usize, Export)>, Failure> {
        let mut still = Vec::new();
        for folder in &self.args.what.inputs {
            // One that goes away may come back: a share, a disk.
            let found = match Export::discover_all(folder) {
                Err(error) if is_gone(&error) => Vec::new(),
                found => found?,
            };
            for export in found {
                let at = self.place_of(folder, &export);
                let Some(watched) = self.all.get_mut(at) else { continue };
                if watched.is_to_be_seen(&export) {
                    still.push((at, export));
                }
            }
        }
        let (places, exports): (Vec<usize>, Vec<Export>) = still.into_iter().unzip();
        let options = self.context.unlock_options();
        let states = match SetStatus::of_all(&exports, self.keys.ring(), &options) {
            Err(_) if self.context.cancel.is_cancelled() => return Ok(Vec::new()),
            states => states?,
        };
        let all = places.into_iter().zip(exports).zip(states);
        let is_ready = |at: usize, verdict: &Verdict| match verdict {
            Verdict::Complete | Verdict::NotCounted => true,
            Verdict::Missing(_) | Verdict::StillDownloading { .. } => false,
            _ => self.all.get(at).is_some_and(|watched| watched.still == LONG_STILL),
        };
        let ready = all.filter(|((at, _), state)| is_ready(*at, state.verdict()));
        Ok(ready.map(|(found, _)| found).collect())
    }

    /// Where the export is in the list, to which it is added if it is new.
    fn place_of(&mut self, folder: &Path, export: &Export) -> usize {
        let (name, seal) = (export.name(), seal(export));
        let is_it = |it: &Watched| it.folder == folder && it.name == name && it.seal == seal;
        self.all.iter().position(is_it).unwrap_or_else(|| {
            let (files, still, is_tried) = (None, 0, false);
            let (folder, name, state) = (folder.to_owned(), name.to_owned(), State::Waiting);
            self.all.push(Watched { folder, name, seal, files, still, is_tried, state });
            self.all.len().saturating_sub(1)
        })
    }

    /// The folder of an export: another one than those of the exports that were seen before it.
    fn target(&self, at: usize) -> PathBuf {
        let folders = folder_names(self.all.iter().take(at + 1).map(|it| it.name.as_str()));
        let target = self.args.directory.as_deref().unwrap_or(Path::new("."));
        target.join(folders.last().map_or("export", String::as_str))
    }

    /// Extracts one export. Fails only if the others would fail, too.
    fn extract(&mut self, at: usize, export: &Export) -> Outcome {
        let (context, target) = (self.context, self.target(at));
        let Some(watched) = self.all.get_mut(at) else { return Ok(()) };
        watched.is_tried = true;
        let history = &context.history;
        history.begin(Some(export.name()), Some(&target));
        let (keys, selected) = (&mut self.keys, &mut self.selected);
        let outcome = apart::one(self.args, export, &target, keys, selected, self.options, context);
        let is_over = matches!(&outcome, Err(failure) if apart::ends_all(failure));
        let has_changed = Files::of(export) != watched.files;
        match &outcome {
            // It has not all come yet, and nothing was written.
            Err(failure) if !is_over && (has_changed || lacks_parts(failure)) => {
                history.retain(|_| false);
                watched.state = State::Waiting;
            }
            Ok(Done::NoMatch) => history.retain(|_| false),
            _ => {}
        }
        history.done(Some(export.name()), &outcome);
        match outcome {
            Ok(done) => watched.state = State::Done(done),
            // Its entries were named in its report.
            Err(Failure::Reported(_)) => watched.state = State::InPart,
            Err(failure) if is_over => {
                let (why, code) = (apart::why(&failure), failure.code());
                watched.state = State::Failed { why, code };
                return Err(failure);
            }
            Err(failure) if !has_changed && !lacks_parts(&failure) => {
                let (why, code) = (apart::why(&failure), failure.code());
                // Once is enough.
                if !matches!(watched.state, State::Failed { why: said, .. } if said == why) {
                    context.console.fail(&failure);
                }
                watched.state = State::Failed { why, code };
            }
            Err(_) => {}
        }
        Ok(())
    }

    /// What became of all that was seen.
    fn tally(&self) -> Tally {
        let mut tally = Tally::default();
        for Watched { name, state, .. } in &self.all {
            match state {
                State::Waiting => tally.waiting.push(name.clone()),
                State::Done(done) => tally.count(*done),
                State::InPart => tally.in_part.push(name.clone()),
                State::Failed { why, code } => tally.failed.push((name.clone(), why, *code)),
            }
        }
        tally
    }
}

impl Watched {
    /// Notes what the files are like now; whether to look into them.
    fn is_to_be_seen(&mut self, export: &Export) -> bool {
        if matches!(self.state, State::Done(_) | State::InPart) {
            return false;
        }
        let files = Files::of(export);
        if files.is_some() && files == self.files {
            self.still = self.still.saturating_add(1);
        } else {
            (self.files, self.still, self.is_tried) = (files, 0, false);
        }
        !self.is_tried && (self.still == STILL || self.still == LONG_STILL)
    }
}

impl Files {
    /// Those of an export; `None` if one went away meanwhile.
    fn of(export: &Export) -> Option<Self> {
        let part = |path: &Path| {
            let metadata = std::fs::metadata(path).ok()?;
            Some((path.to_owned(), metadata.len(), metadata.modified().ok()))
        };
        let paths = export.parts().iter().filter_map(|it| it.path());
        let parts = paths.map(part).collect::<Option<Vec<_>>>()?;
        let others = [export.duplicates(), export.unfinished()].concat();
        Some(Self { parts, others })
    }
}

/// What the names of an export's parts end in.
fn seal(export: &Export) -> String {
    let name = export.parts().first().and_then(|part| PartName::parse(part.name()));
    name.map(|name| name.seal().to_owned()).unwrap_or_default()
}

/// Whether parts are missing, and nothing else is wrong.
fn lacks_parts(failure: &Failure) -> bool {
    let Failure::Library(error) = failure else { return false };
    matches!(
        error.kind(),
        ErrorKind::IncompleteSet { missing, extra, duplicates, .. }
            if !missing.is_empty() && extra.is_empty() && duplicates.is_empty()
    )
}
