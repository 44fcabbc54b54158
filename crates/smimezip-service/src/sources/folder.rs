//! All files of a folder.

use std::ops::ControlFlow;
use std::path::Path;

use smimezip::build::{Built, build_tree};
use smimezip::export::SealingSink;
use smimezip::message::SealOptions;
use smimezip::parts::{PartSink, Position};
use smimezip::progress::{Phase, listener};

use super::{Task, is_since};
use crate::ServiceError;

pub(super) fn export<S: PartSink + Send>(
    task: &Task,
    folder: &Path,
    sink: S,
) -> Result<Built, ServiceError> {
    let mut options = task.options();
    if let Some(since) = task.since {
        let root = folder.to_owned();
        // Folders stay: what changed in them is not known by their own time.
        options = options.filter(move |path| {
            let modified = || std::fs::symlink_metadata(root.join(path))?.modified();
            path.ends_with('/')
                || modified().map_or(true, |modified| is_since(Some(since), modified))
        });
    }
    let sink = SealingSink::new(sink, &task.recipients, &SealOptions::new())?;
    let name = task.name.part(Position::Last);
    let mut progress = listener(|event| {
        if event.phase == Phase::Writing {
            task.meter.set(event.bytes_done, event.bytes_total);
        }
        ControlFlow::Continue(())
    });
    Ok(build_tree(folder, sink, &name, &options, &mut progress)?)
}
