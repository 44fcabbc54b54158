//! `ReadAt`, the one joint of the tower: whatever can be read at any position.
//!
//! Here are the trait, its implementations for memory and for pointers, and the helpers every
//! layer needs. Files are in `read_at/file.rs`, the sequential view in `read_at/cursor.rs`.
//! Nothing here knows of messages or archives.

mod cursor;
mod file;
mod growing;
mod scan;
mod scratch;
#[cfg_attr(any(not(feature = "aead"), target_os = "unknown"), path = "read_at/absent/spool.rs")]
mod spool;
mod windowed;

use std::io::{self, Read};
use std::sync::Arc;

use crate::error::{Error, ErrorKind};

pub use cursor::Cursor;
pub use file::{FilePool, FileSource};
pub(crate) use growing::Growing;
pub(crate) use scan::Scan;
pub(crate) use scratch::with_scratch;
pub(crate) use spool::Spool;
pub(crate) use windowed::{Kept, Windowed};

use crate::progress::check;

/// A view that can be read at any position.
///
/// It is immutable: reads through `&self` never disturb each other, so threads share one view
/// freely.
///
/// # Sources of your own
///
/// Whatever has bytes at positions can be a part or a message: an object in a store, a file on
/// another machine, a range of something larger. What this crate asks of it:
///
/// * **Opening** asks for [`size`](Self::size) once, then for the first 16 KiB and the last 8 KiB
///   of a message; of a part that is not sealed, for its first 64 KiB as well; of the last part,
///   for some 64 KiB at its end and for the directory. These are two to four requests for each
///   part, some more where its chunks are large. All of a message is read once if its lines or
///   chunks are not of one length, and again when it is unlocked if its cipher authenticates. A
///   part of a split archive that [`Archive::open`](crate::Archive::open) gets is asked for nothing
///   before it is needed.
/// * **Reading** asks for up to 512 KiB at a time, mostly for 64 KiB to 360 KiB, in rising order
///   within an entry. Different entries are read in no order.
/// * **Threads**: a call asks from as many threads at once as it may use
///   ([`UnlockOptions::threads`](crate::UnlockOptions::threads),
///   [`ExtractOptions`](crate::ExtractOptions)), with one request each, seldom from the one that
///   made the call. A source that can serve only one at a time has a lock of its own.
/// * **Nothing is kept** once a part is open. Where a request is slow, a source does well to fetch
///   more than it is asked for and to keep that, a few MiB for each of its threads, since many
///   small entries are many small requests.
/// * **Waiting** ends early where the source asks
///   [`CancelToken::check_current`](crate::CancelToken::check_current).
///
/// What is opened keeps its source, so sources are `'static`: not a slice that is borrowed, but a
/// `Vec<u8>`, an `Arc<[u8]>`, a [`File`](std::fs::File). A file that is one of many, or that may be
/// replaced, is better a [`FileSource`].
///
/// ```
/// use std::io;
/// use std::sync::Arc;
///
/// use smimezip::message::Envelope;
/// use smimezip::ReadAt;
///
/// /// A store that answers requests for ranges; here it is in memory.
/// struct Object {
///     store: Arc<[u8]>,
///     size: u64,
/// }
///
/// impl ReadAt for Object {
///     fn read_at(&self, buf: &mut [u8], offset: u64) -> io::Result<usize> {
///         // GET with `Range: bytes=offset-…`; at the end nothing is left to ask for.
///         if offset >= self.size || buf.is_empty() {
///             return Ok(0);
///         }
///         self.store.read_at(buf, offset)
///     }
///
///     fn size(&self) -> io::Result<u64> {
///         // Of a HEAD that was made before.
///         Ok(self.size)
///     }
/// }
///
/// let store: Arc<[u8]> = std::fs::read("tests/data/vectors/openssl-smime-aes256")?.into();
/// let object = Object { size: store.len() as u64, store };
/// let envelope = Envelope::open(object)?;
/// assert_eq!(envelope.recipient_infos().len(), 1);
/// # Ok::<(), smimezip::Error>(())
/// ```
pub trait ReadAt: Send + Sync {
    /// Reads some bytes at `offset` into `buf` and returns how many. A short count is legal;
    /// 0 says that `offset` is at or past the end, or that `buf` is empty.
    ///
    /// # Errors
    /// What the source reports; `Interrupted` is tried again by the helpers of this crate.
    fn read_at(&self, buf: &mut [u8], offset: u64) -> io::Result<usize>;

    /// Length in bytes. It does not change while the view lives.
    ///
    /// # Errors
    /// What the source reports.
    fn size(&self) -> io::Result<u64>;

    /// Makes certain of the size, where that was assumed and can only be known by reading
    /// everything once.
    ///
    /// # Errors
    /// What the source reports.
    #[doc(hidden)]
    fn settle(&self) -> io::Result<()> {
        Ok(())
    }
}

impl ReadAt for [u8] {
    fn read_at(&self, buf: &mut [u8], offset: u64) -> io::Result<usize> {
        let Some(rest) = usize::try_from(offset).ok().and_then(|start| self.get(start..)) else {
            return Ok(0);
        };
        let count = rest.len().min(buf.len());
        buf[..count].copy_from_slice(&rest[..count]);
        Ok(count)
    }

    fn size(&self) -> io::Result<u64> {
        Ok(self.len() as u64)
    }
}

impl<const N: usize> ReadAt for [u8; N] {
    fn read_at(&self, buf: &mut [u8], offset: u64) -> io::Result<usize> {
        self.as_slice().read_at(buf, offset)
    }

    fn size(&self) -> io::Result<u64> {
        Ok(self.len() as u64)
    }
}

impl ReadAt for Vec<u8> {
    fn read_at(&self, buf: &mut [u8], offset: u64) -> io::Result<usize> {
        self.as_slice().read_at(buf, offset)
    }

    fn size(&self) -> io::Result<u64> {
        Ok(self.len() as u64)
    }
}

macro_rules! forward_read_at {
    ($($type:ty),*) => {$(
        impl<T: ReadAt + ?Sized> ReadAt for $type {
            fn read_at(&self, buf: &mut [u8], offset: u64) -> io::Result<usize> {
                (**self).read_at(buf, offset)
            }

            fn size(&self) -> io::Result<u64> {
                (**self).size()
            }

            fn settle(&self) -> io::Result<()> {
                (**self).settle()
            }
        }
    )*};
}

forward_read_at!(&T, Box<T>, Arc<T>);

/// Reads until `buf` is full or the view ends; returns how many bytes were read.
pub(crate) fn read_full_at<S: ReadAt + ?Sized>(
    source: &S,
    buf: &mut [u8],
    offset: u64,
) -> io::Result<usize> {
    let mut done = 0;
    while done < buf.len() {
        let position = offset.checked_add(done as u64).ok_or_else(beyond_the_end)?;
        // The one place where all that reads hears of a cancellation.
        check()?;
        match source.read_at(&mut buf[done..], position) {
            Ok(0) => break,
            Ok(count) if count > buf.len() - done => {
                return Err(io::Error::other("the source returned more than was asked for"));
            }
            Ok(count) => done += count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(done)
}

/// Fills `buf` from `offset`.
///
/// # Errors
/// `Truncated` if the view ends before.
pub(crate) fn read_exact_at<S: ReadAt + ?Sized>(
    source: &S,
    buf: &mut [u8],
    offset: u64,
) -> io::Result<()> {
    if read_full_at(source, buf, offset)? == buf.len() { Ok(()) } else { Err(beyond_the_end()) }
}

/// Fills `buf` from a reader over a view.
///
/// # Errors
/// `Truncated` if it ends before. Not as `Read::read_exact`, whose `UnexpectedEof` looks like that
/// of a source that broke.
pub(crate) fn read_exact(reader: &mut impl Read, buf: &mut [u8]) -> io::Result<()> {
    let mut done = 0;
    while done < buf.len() {
        match reader.read(&mut buf[done..]) {
            Ok(0) => return Err(beyond_the_end()),
            Ok(count) => done += count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// That a view ends before it is complete: said by our readers alone, so that the failure of a
/// caller's source is not taken for damage.
fn beyond_the_end() -> io::Error {
    Error::from(ErrorKind::Truncated).into()
}

/// `length` bytes of `source` from `start`, as a view of their own.
pub(crate) struct Slice<S> {
    source: S,
    start: u64,
    length: u64,
}

impl<S: ReadAt> Slice<S> {
    pub(crate) fn new(source: S, start: u64, length: u64) -> Self {
        Self { source, start, length }
    }
}

impl<S: ReadAt> ReadAt for Slice<S> {
    fn read_at(&self, buf: &mut [u8], offset: u64) -> io::Result<usize> {
        let count = clamp(buf.len(), self.length.saturating_sub(offset));
        if count == 0 {
            return Ok(0);
        }
        let position = self.start.checked_add(offset).ok_or_else(beyond_the_end)?;
        match self.source.read_at(&mut buf[..count], position)? {
            // The slice promised these bytes: a source that has become shorter is an error.
            0 => Err(beyond_the_end()),
            count => Ok(count),
        }
    }

    fn size(&self) -> io::Result<u64> {
        Ok(self.length)
    }
}

/// The smaller of a buffer's size and what is left, as a count for that buffer.
pub(crate) fn clamp(size: usize, left: u64) -> usize {
    usize::try_from(left).map_or(size, |left| size.min(left))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reading_past_the_end_gives_nothing() {
        let data = vec![1_u8, 2, 3];
        let mut buf = [0; 4];
        assert_eq!(data.read_at(&mut buf, 3).unwrap(), 0);
        assert_eq!(data.read_at(&mut buf, u64::MAX).unwrap(), 0);
        assert_eq!(data.read_at(&mut buf, 1).unwrap(), 2);
    }

    #[test]
    fn an_array_is_a_view() {
        let mut buf = [0; 4];
        assert_eq!([1_u8, 2, 3].read_at(&mut buf, 1).unwrap(), 2);
        assert_eq!((&buf[..2], ReadAt::size(b"abc").unwrap()), (&[2_u8, 3][..], 3));
    }

    #[test]
    fn a_slice_ends_where_it_says() {
        let slice = Slice::new(vec![0_u8, 1, 2, 3, 4], 1, 3);
        let mut buf = [9; 8];
        assert_eq!(slice.read_at(&mut buf, 1).unwrap(), 2);
        assert_eq!(&buf[..2], &[2, 3]);
        assert_eq!(slice.read_at(&mut buf, 3).unwrap(), 0);
    }

    #[test]
    fn a_slice_of_a_source_that_shrank_is_an_error() {
        let slice = Slice::new(vec![0_u8; 4], 0, 8);
        assert!(read_exact_at(&slice, &mut [0; 8], 0).is_err());
    }

    struct Liar;

    impl ReadAt for Liar {
        fn read_at(&self, buf: &mut [u8], _: u64) -> io::Result<usize> {
            Ok(buf.len() + 1)
        }

        fn size(&self) -> io::Result<u64> {
            Ok(10)
        }
    }

    #[test]
    fn a_source_that_returns_too_much_is_an_error() {
        assert!(read_full_at(&Liar, &mut [0; 4], 0).is_err());
    }
}
