//! Options as Java passes them: bits and numbers. The bits' names are in Java's `OpenOption` and
//! `ExtractOptions`.

use std::collections::HashSet;
use std::num::NonZeroUsize;
use std::sync::Arc;

use jni::sys::{jint, jlong};
use smimezip::{Entry, ExtractOptions, InnerLayers, LayoutPolicy, Limits, Links, Overwrite};

use crate::border;

/// How a message or an export is opened.
pub(crate) struct Opening {
    pub(crate) limits: Limits,
    pub(crate) inner: InnerLayers,
}

impl Opening {
    /// From the bits of `OpenOption`, and the most bytes that entries may have (below zero for the default).
    pub(crate) fn new(bits: jint, most: jlong) -> Self {
        let has = |bit: u32| bits >> bit & 1 == 1;
        let mut limits = Limits::default();
        if has(0) {
            limits.layout = LayoutPolicy::Scan;
        }
        limits.accept.trailing_data = has(1);
        limits.accept.gcm_in_enveloped_data = has(2);
        if let Ok(most) = u64::try_from(most) {
            // Who names a size has decided about the ratio, too.
            (limits.total_size, limits.ratio) = (most, u64::MAX);
        }
        let mut inner = InnerLayers::default();
        (inner.signed_data, inner.mime_header) = (has(3), has(4));
        Self { limits, inner }
    }
}

/// What `ExtractOptions` says: its bits, its threads (0 for all), and the entries that are asked for.
pub(crate) fn extract(bits: jint, threads: jint, names: Option<Vec<String>>) -> ExtractOptions {
    let has = |bit: u32| bits >> bit & 1 == 1;
    let mut options = ExtractOptions::default();
    options.overwrite = match (has(0), has(1)) {
        (true, _) => Overwrite::Always,
        (false, true) => Overwrite::Skip,
        (false, false) => Overwrite::Never,
    };
    options.links = if has(2) { Links::Skip } else { Links::Refuse };
    options.keep_going = has(3);
    options.durable = !has(4);
    options.threads = NonZeroUsize::new(border::count(threads));
    options.filter = names.map(|names| {
        let names: HashSet<String> = names.into_iter().collect();
        Arc::new(move |entry: &Entry| names.contains(entry.name())) as Arc<_>
    });
    options
}
