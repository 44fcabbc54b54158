//! All objects below a prefix of an object store.

use std::io::Write;
use std::sync::Arc;

use futures_util::TryStreamExt;
use object_store::local::LocalFileSystem;
use object_store::{GetOptions, ObjectMeta, ObjectStore};
use smimezip::build::{ArchiveWriter, Built, EntryAttributes};
use smimezip::parts::PartSink;

use super::Task;
use crate::ServiceError;
use crate::artifacts::remote;

pub(super) fn export<S: PartSink>(
    task: &Task,
    address: &str,
    sink: S,
) -> Result<Built, ServiceError> {
    let store: Arc<dyn ObjectStore> = match remote(address)? {
        Some(store) => store,
        None => Arc::new(LocalFileSystem::new_with_prefix(address)?),
    };
    let mut found: Vec<ObjectMeta> = task.wait(store.list(None).try_collect())??;
    found.retain(|meta| task.is_wanted(meta.last_modified.into()));
    found.sort_unstable_by(|a, b| a.location.as_ref().cmp(b.location.as_ref()));
    task.meter.set(0, found.iter().fold(0, |sum: u64, meta| sum.saturating_add(meta.size)));
    let mut archive = task.writer(sink)?;
    for meta in found {
        add(task, &store, &meta, &mut archive)?;
    }
    Ok(archive.finish()?)
}

fn add<S: PartSink>(
    task: &Task,
    store: &Arc<dyn ObjectStore>,
    meta: &ObjectMeta,
    archive: &mut ArchiveWriter<S>,
) -> Result<(), ServiceError> {
    // One that was replaced since it was listed is not the one that was listed.
    let options = GetOptions { if_match: meta.e_tag.clone(), ..GetOptions::default() };
    let mut bytes = task.wait(store.get_opts(&meta.location, options))??.into_stream();
    let attributes = EntryAttributes::new().modified(meta.last_modified.into()).max_size(meta.size);
    let mut entry = archive.begin_file(meta.location.as_ref(), &attributes)?;
    let mut count = 0;
    while let Some(piece) = task.wait(bytes.try_next())?? {
        entry.write_all(&piece).map_err(smimezip::Error::from)?;
        task.meter.add(piece.len());
        count += piece.len() as u64;
    }
    if count != meta.size {
        let what = format!("{} changed while it was read", meta.location);
        return Err(ServiceError::Conflict(what));
    }
    Ok(entry.finish()?)
}
