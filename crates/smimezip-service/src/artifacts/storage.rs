//! Where the bytes of artifacts are: a folder, or an object store for several machines. Names here
//! are made of identifiers and numbers, never of what came from outside.

use std::io::{ErrorKind, Read, Seek, SeekFrom};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures_util::stream::{self, BoxStream};
use futures_util::{StreamExt, TryStreamExt};
use object_store::aws::AmazonS3Builder;
use object_store::buffered::BufWriter;
use object_store::local::LocalFileSystem;
use object_store::prefix::PrefixStore;
use object_store::{GetOptions, GetRange, ObjectStore, RetryConfig};

use crate::ServiceError;

/// How much is sent to an object store at once: more than the 5 MiB that S3 wants at least of each
/// piece but the last, and so much that its 10,000 pieces are more than the largest part.
const PIECE: usize = 8 << 20;
/// Pieces of one part that are on their way at the same time.
const CONCURRENT: usize = 2;
/// How much of a file is read at once.
const READ: usize = 128 << 10;

/// A stream of an artifact's bytes.
pub type Bytestream = BoxStream<'static, Result<Bytes, ServiceError>>;

/// The storage.
#[derive(Clone, Debug)]
pub struct Storage {
    store: Arc<dyn ObjectStore>,
    /// The same, if it is a folder.
    folder: Option<Arc<LocalFileSystem>>,
}

impl Storage {
    /// Opens a folder, which is made if it is not there, or `s3://BUCKET/PREFIX`.
    ///
    /// # Errors
    /// [`ServiceError::Io`], [`ServiceError::Storage`].
    pub fn open(address: &str) -> Result<Self, ServiceError> {
        if let Some(store) = remote(address)? {
            return Ok(Self::from_store(store));
        }
        let io = |source| ServiceError::Io { what: address.to_owned(), source };
        std::fs::create_dir_all(address).map_err(io)?;
        let folder = Arc::new(LocalFileSystem::new_with_prefix(address)?);
        Ok(Self { store: Arc::clone(&folder) as Arc<dyn ObjectStore>, folder: Some(folder) })
    }

    /// Any other object store.
    pub fn from_store(store: Arc<dyn ObjectStore>) -> Self {
        Self { store, folder: None }
    }

    /// Takes the bytes of an object, which is there when the writer was shut down.
    pub(crate) fn writer(&self, object: &str) -> BufWriter {
        BufWriter::with_capacity(Arc::clone(&self.store), object.into(), PIECE)
            .with_max_concurrency(CONCURRENT)
    }

    /// Reads an object, or a range of it.
    ///
    /// # Errors
    /// [`ServiceError::Lost`] if it is not there; [`ServiceError::Storage`], in the stream, too;
    /// [`ServiceError::Io`].
    pub async fn read(
        &self,
        object: &str,
        range: Option<Range<u64>>,
    ) -> Result<Bytestream, ServiceError> {
        if let Some(path) = self.path(object) {
            return read_file(path, range).await.map_err(|error| lost(error, object));
        }
        let range = range.map(GetRange::Bounded);
        let options = GetOptions { range, ..GetOptions::default() };
        let found = self.store.get_opts(&object.into(), options).await;
        let found = found.map_err(|error| lost(error.into(), object))?;
        Ok(found.into_stream().map_err(ServiceError::from).boxed())
    }

    /// Looks whether an object is there, with so many bytes.
    ///
    /// # Errors
    /// [`ServiceError::Lost`] if it is not; [`ServiceError::Storage`], [`ServiceError::Io`].
    pub(crate) async fn check_size(&self, object: &str, size: u64) -> Result<(), ServiceError> {
        let found = match self.path(object) {
            Some(path) => blocking(path, |path| Ok(std::fs::metadata(path)?.len())).await,
            None => match self.store.head(&object.into()).await {
                Ok(meta) => Ok(meta.size),
                Err(error) => Err(error.into()),
            },
        };
        match found.map_err(|error| lost(error, object))? {
            found if found == size => Ok(()),
            found => {
                Err(ServiceError::Lost(format!("bytes of {object}: it has {found} of {size}")))
            }
        }
    }

    /// The file that has an object, if the storage is a folder.
    pub fn path(&self, object: &str) -> Option<PathBuf> {
        self.folder.as_ref()?.path_to_filesystem(&object.into()).ok()
    }

    /// Removes an object, or with `/` at the end all that begin so. What is not there is no error.
    ///
    /// # Errors
    /// [`ServiceError::Storage`], [`ServiceError::Io`].
    pub async fn remove(&self, object: &str) -> Result<(), ServiceError> {
        if let Some(path) = self.path(object) {
            // Also what a process that died left unfinished, which the folder's list does not show.
            let is_prefix = object.ends_with('/');
            return blocking(path, move |path| remove_file(path, is_prefix)).await;
        }
        let Some(prefix) = object.strip_suffix('/') else {
            return not_found_is_fine(self.store.delete(&object.into()).await);
        };
        let mut found = self.store.list(Some(&prefix.into()));
        while let Some(meta) = found.try_next().await? {
            not_found_is_fine(self.store.delete(&meta.location).await)?;
        }
        Ok(())
    }

    /// Has the bytes of an object on the disk, if the storage is a folder: a store of objects has
    /// them when it says so.
    ///
    /// # Errors
    /// [`ServiceError::Io`].
    pub(crate) async fn sync(&self, object: &str) -> Result<(), ServiceError> {
        let Some(path) = self.path(object) else { return Ok(()) };
        blocking(path, |path| std::fs::File::open(path)?.sync_all()).await
    }

    /// The same for the names of all objects of a run, `JOB/ATTEMPT`.
    ///
    /// # Errors
    /// [`ServiceError::Io`].
    pub(crate) async fn sync_names(&self, run: &str) -> Result<(), ServiceError> {
        let Some(path) = self.path(run) else { return Ok(()) };
        // Its own, that of the job, that of the storage.
        blocking(path, |path| path.ancestors().take(3).try_for_each(sync_folder)).await
    }
}

/// An object store on a network, if the address is of one.
pub(crate) fn remote(address: &str) -> Result<Option<Arc<dyn ObjectStore>>, ServiceError> {
    let Some(rest) = address.strip_prefix("s3://") else {
        if address.contains("://") {
            let what = format!("{address}: an object store's address begins with s3://");
            return Err(ServiceError::Config(what));
        }
        return Ok(None);
    };
    let (bucket, prefix) = rest.split_once('/').unwrap_or((rest, ""));
    // A store that answers 500 for a moment is asked again; one that goes on with it fails the job.
    let retry = RetryConfig {
        max_retries: 6,
        retry_timeout: Duration::from_secs(30),
        ..RetryConfig::default()
    };
    let builder = AmazonS3Builder::from_env().with_bucket_name(bucket).with_retry(retry);
    Ok(Some(Arc::new(PrefixStore::new(builder.build()?, prefix))))
}

async fn read_file(path: PathBuf, range: Option<Range<u64>>) -> Result<Bytestream, ServiceError> {
    let range = range.unwrap_or(0..u64::MAX);
    let length = range.end.saturating_sub(range.start);
    let (path, file) = {
        let opened = path.clone();
        let file = blocking(path, move |path| {
            let mut file = std::fs::File::open(path)?;
            file.seek(SeekFrom::Start(range.start))?;
            Ok(file)
        });
        (opened, file.await?)
    };
    let next = async move |(path, mut file, left): (PathBuf, std::fs::File, u64)| {
        let opened = path.clone();
        let (bytes, file) = blocking(path, move |_| {
            let wanted = left.min(READ as u64);
            let mut bytes = Vec::with_capacity(READ.min(usize::try_from(wanted).unwrap_or(READ)));
            (&mut file).take(wanted).read_to_end(&mut bytes)?;
            Ok((bytes, file))
        })
        .await?;
        if bytes.is_empty() {
            return Ok(None);
        }
        let left = left.saturating_sub(bytes.len() as u64);
        Ok(Some((Bytes::from(bytes), (opened, file, left))))
    };
    Ok(stream::try_unfold((path, file, length), next).boxed())
}

/// Removes a file, or a folder with all that is in it, and the folders that become empty by that.
fn remove_file(path: &Path, is_prefix: bool) -> std::io::Result<()> {
    let removed =
        if is_prefix { std::fs::remove_dir_all(path) } else { std::fs::remove_file(path) };
    match removed {
        Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    // Of a file that of the run and that of the job, of a run that of the job. One that is not
    // empty stays.
    for folder in path.ancestors().skip(1).take(if is_prefix { 1 } else { 2 }) {
        if std::fs::remove_dir(folder).is_err() {
            break;
        }
    }
    Ok(())
}

/// Where folders can be opened, their names are on the disk afterwards.
fn sync_folder(path: &Path) -> std::io::Result<()> {
    if cfg!(unix) { std::fs::File::open(path)?.sync_all() } else { Ok(()) }
}

/// What is not there, although somebody wrote it.
fn lost(error: ServiceError, object: &str) -> ServiceError {
    match error {
        ServiceError::Storage(object_store::Error::NotFound { .. }) => {
            ServiceError::Lost(object.to_owned())
        }
        ServiceError::Io { source, .. } if source.kind() == ErrorKind::NotFound => {
            ServiceError::Lost(object.to_owned())
        }
        error => error,
    }
}

fn not_found_is_fine(result: object_store::Result<()>) -> Result<(), ServiceError> {
    match result {
        Err(object_store::Error::NotFound { .. }) => Ok(()),
        result => Ok(result?),
    }
}

/// Does something with a file where it may take its time.
async fn blocking<T: Send + 'static>(
    path: PathBuf,
    work: impl FnOnce(&Path) -> std::io::Result<T> + Send + 'static,
) -> Result<T, ServiceError> {
    let what = path.display().to_string();
    let done = tokio::task::spawn_blocking(move || work(&path)).await;
    done.unwrap_or_else(|error| Err(std::io::Error::other(error)))
        .map_err(|source| ServiceError::Io { what, source })
}
