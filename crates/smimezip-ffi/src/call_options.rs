//! The options of one call, read from the handle when the call begins.

use std::collections::HashSet;

use smimezip::build::BuildOptions;
use smimezip::extract::{Patterns, SaveOptions};
use smimezip::message::{Accept, InnerLayers};
use smimezip::{CancelToken, Entry, ExtractOptions, Limits, UnlockOptions};

use crate::callbacks::{Callback, asked, smz_filter_fn};
use crate::error::Failure;
use crate::handles;
use crate::options::smz_options;
use crate::progress::Reporter;

/// The options of a call, read from the handle or the defaults.
#[derive(Default)]
pub(crate) struct CallOptions {
    pub(crate) limits: Limits,
    pub(crate) accept: Accept,
    pub(crate) inner: InnerLayers,
    pub(crate) extract: ExtractOptions,
    pub(crate) save: SaveOptions,
    /// What of the options counts while an export is made.
    pub(crate) build: BuildOptions,
    /// What of the options counts while keys are tried.
    pub(crate) unlock: UnlockOptions,
    pub(crate) cancel: CancelToken,
    /// The limits that were set for this call.
    pub(crate) of_call: Option<Limits>,
    pub(crate) progress: Option<Reporter>,
    pub(crate) include: Patterns,
    pub(crate) exclude: Patterns,
    pub(crate) filter: Option<Callback<smz_filter_fn>>,
}

impl CallOptions {
    /// What a message or an export is opened with.
    pub(crate) fn opening(&self) -> UnlockOptions {
        self.unlock.clone().limits(&self.limits).accept(self.accept).inner_layers(self.inner)
    }

    pub(crate) fn reporter(&self) -> Reporter {
        self.progress.unwrap_or(Reporter::new(None, std::ptr::null_mut()))
    }

    /// Chooses among the entries of an archive, once and for all, so that a callback can stop it.
    pub(crate) fn choose(&mut self, entries: &[Entry]) -> Result<(), Failure> {
        if self.include.is_empty() && self.exclude.is_empty() && self.filter.is_none() {
            return Ok(());
        }
        let mut names = HashSet::new();
        for entry in entries {
            let name = entry.raw_name();
            let wanted = (self.include.is_empty() || self.include.matches(name))
                && !self.exclude.matches(name);
            if wanted && self.filter.map_or(Ok(true), |filter| asked(filter, entry))? {
                names.insert(name.to_owned());
            }
        }
        let extract = std::mem::take(&mut self.extract);
        self.extract = extract.filter(move |entry| names.contains(entry.raw_name()));
        Ok(())
    }
}

/// Reads the options behind a pointer that may be NULL.
pub(crate) fn chosen(options: *const smz_options) -> Result<CallOptions, Failure> {
    Ok(handles::shared_or_none(options)?
        .map_or_else(CallOptions::default, |options| options.chosen()))
}
