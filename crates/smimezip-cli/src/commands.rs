//! One file per subcommand, and what they share.

pub(crate) mod cat;
pub(crate) mod decrypt;
pub(crate) mod extract;
pub(crate) mod inspect;
pub(crate) mod list;
pub(crate) mod shell;
pub(crate) mod verify;

use std::io::{self, IsTerminal, Read, Write};
use std::path::PathBuf;
use std::sync::Arc;

use glob::{MatchOptions, Pattern};
use smimezip::{
    Archive, CancelToken, Error, ErrorKind, Export, ExtractOptions, Filter, InnerLayers, KeyRing,
    LayoutPolicy, Limits, Links, Report, SkipReason,
};

use crate::args::{Accepted, Cli, Layer, Policy, Selection, What};
use crate::console::{self, Console, error_value};
use crate::exit::{Failure, Outcome, SOME_FAILED};
use crate::explain;
use crate::text;

/// Bytes written to standard output at once, and looked at before the first are.
const BUFFER: usize = 256 * 1024;

/// What every subcommand gets.
pub(crate) struct Context {
    pub(crate) console: Console,
    pub(crate) limits: Limits,
    pub(crate) cancel: CancelToken,
    pub(crate) inner: InnerLayers,
    threads: Option<std::num::NonZeroUsize>,
}

impl Context {
    pub(crate) fn new(cli: &Cli) -> Self {
        let mut limits = Limits::default();
        if cli.scan {
            limits.layout = LayoutPolicy::Scan;
        }
        for accepted in &cli.accept {
            match accepted {
                Accepted::TrailingData => limits.accept.trailing_data = true,
                Accepted::GcmInEnvelopedData => limits.accept.gcm_in_enveloped_data = true,
            }
        }
        let mut inner = InnerLayers::default();
        for layer in &cli.inner {
            match layer {
                Layer::Signature => inner.signed_data = true,
                Layer::Mime => inner.mime_header = true,
            }
        }
        let console = Console::new(cli);
        Self { console, limits, cancel: CancelToken::new(), inner, threads: cli.threads }
    }

    /// Takes over what `--max-size` says: who names a size has decided about the ratio, too.
    pub(crate) fn allow_size(&mut self, most: Option<u64>) {
        if let Some(most) = most {
            self.limits.total_size = most;
            self.limits.ratio = u64::MAX;
        }
    }

    /// From here on Ctrl-C and SIGTERM stop the work cleanly instead of killing the program.
    pub(crate) fn listen_to_signals(&self) -> Outcome {
        let cancel = self.cancel.clone();
        ctrlc::set_handler(move || cancel.cancel())
            .map_err(|error| Failure::Io(format!("signals cannot be handled: {error}")))
    }

    pub(crate) fn options(&self) -> ExtractOptions {
        let mut options = ExtractOptions::default();
        options.threads = self.threads;
        options.cancel = self.cancel.clone();
        options.local_time = Some(Arc::new(text::local_time));
        options
    }

    /// The options that the arguments of `extract` and `verify` have in common.
    pub(crate) fn options_for(
        &self,
        what: &What,
        policy: &Policy,
    ) -> Result<ExtractOptions, Failure> {
        let mut options = self.options();
        options.filter = filter(&what.selection)?;
        options.keep_going = policy.keep_going;
        if policy.skip_links {
            options.links = Links::Skip;
        }
        Ok(options)
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

    /// Copies everything; `look` sees the first octets before they are written.
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

    /// Unlocks an export as the flags say. If no key opens a part, the failure tells for whom the part
    /// is and what was given.
    pub(crate) fn unlock(
        &self,
        export: &Export,
        limits: &Limits,
        keys: &KeyRing,
    ) -> Result<Archive, Failure> {
        let export = export.with_limits(limits).with_inner_layers(self.inner);
        export.unlock_cancellable(keys, &self.cancel).map_err(|error| {
            let part = error.part().and_then(|name| {
                export.parts().iter().find(|part| part.name() == name)?.open().ok()
            });
            explain::wrong_key(error, part, limits, keys)
        })
    }

    /// Calls `work`; should the parts turn out to be laid out irregularly, calls it again with
    /// every part scanned first. `work` must leave nothing behind when it fails.
    pub(crate) fn with_layout<R>(
        &self,
        mut work: impl FnMut(&Limits) -> Result<R, Failure>,
    ) -> Result<R, Failure> {
        match work(&self.limits) {
            Err(Failure::Library(error)) if matches!(error.kind(), ErrorKind::IrregularLayout) => {
                if self.console.verbose {
                    self.console.say("lines or chunks of unequal length; scanning the parts first");
                }
                work(&self.limits.scanning())
            }
            result => result,
        }
    }
}

/// Binary data on a terminal help nobody and may change its settings.
fn refuse_terminal(first: &[u8]) -> Outcome {
    let binary = first.iter().any(|octet| matches!(octet, 0..=8 | 14..=31 | 127));
    if binary && io::stdout().is_terminal() {
        return Err(Failure::Usage(
            "binary data are not written to a terminal; send standard output to a file".into(),
        ));
    }
    Ok(())
}

/// The exports that the inputs name, each once: a shell's `*` names every part of one.
pub(crate) fn exports(inputs: &[PathBuf], limits: &Limits) -> Result<Vec<Export>, Failure> {
    let mut exports: Vec<Export> = Vec::new();
    for input in inputs {
        for export in Export::discover_all(input, limits)? {
            if !exports.iter().any(|known| known.is_same(&export)) {
                exports.push(export);
            }
        }
    }
    if exports.is_empty() {
        let text = "there is no part of an export here (X.z01.smime … X.zip.smime)";
        return Err(Failure::Library(
            Error::new(ErrorKind::NotAnArchive(text))
                .in_part(inputs.first().map_or_else(String::new, |it| it.display().to_string())),
        ));
    }
    Ok(exports)
}

/// The filter that `--include` and `--exclude` describe.
pub(crate) fn filter(selection: &Selection) -> Result<Option<Filter>, Failure> {
    let patterns = |texts: &[String]| {
        texts
            .iter()
            .map(|text| {
                Pattern::new(text)
                    .map_err(|error| Failure::Usage(format!("no pattern: {text}: {error}")))
            })
            .collect::<Result<Vec<_>, _>>()
    };
    let (include, exclude) = (patterns(&selection.include)?, patterns(&selection.exclude)?);
    if include.is_empty() && exclude.is_empty() {
        return Ok(None);
    }
    let options = MatchOptions { require_literal_separator: true, ..MatchOptions::new() };
    let any = move |patterns: &[Pattern], name: &str| {
        let name = name.trim_end_matches('/');
        patterns.iter().any(|pattern| pattern.matches_with(name, options))
    };
    Ok(Some(Arc::new(move |entry| {
        (include.is_empty() || any(&include, entry.name())) && !any(&exclude, entry.name())
    })))
}

/// Tells what was done to one export; ends with the code for failed entries, if there are any.
pub(crate) fn tell(console: &Console, export: &Export, verb: &str, report: &Report) -> Outcome {
    if console.json {
        let skipped: Vec<_> = report.skipped.iter().map(|skipped| &skipped.name).collect();
        let failed: Vec<_> = report.failed.iter().map(error_value).collect();
        console::json_line(&serde_json::json!({
            "type": "summary",
            "export": export.name(),
            "action": verb,
            "files": report.files,
            "folders": report.folders,
            "bytes": report.bytes,
            "skipped": skipped,
            "failed": failed,
        }))?;
    } else {
        for skipped in &report.skipped {
            let why = match skipped.reason {
                SkipReason::Exists => "it exists already",
                _ => "it is a link, device, pipe or socket",
            };
            console.say(&format!("left out: {} ({why})", skipped.name));
        }
        for error in &report.failed {
            console.error(error);
        }
        console.say(&format!(
            "{}: {verb} {} files, {}",
            export.name(),
            report.files,
            text::size(report.bytes)
        ));
    }
    if report.failed.is_empty() { Ok(()) } else { Err(Failure::Reported(SOME_FAILED)) }
}
