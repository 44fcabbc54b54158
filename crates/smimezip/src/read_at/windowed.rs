//! A view whose first and last bytes are read once while it is being opened, however often the
//! parsers ask for some of them: for a source far away a request costs more than the bytes it
//! brings.
//!
//! The bytes live as long as the [`Kept`] that stands beside the view, which whoever opens it drops
//! when that is done: so ten thousand opened parts keep nothing, and what reads much passes by
//! without a lock.

use std::io;
use std::sync::{Arc, OnceLock, Weak};

use super::{ReadAt, read_full_at};
use crate::error::Error;

/// Bytes at the start of a message in which its head ends, nearly always.
const HEAD: u64 = 16 * 1024;
/// Bytes at its end: those that are looked at for the end of a PEM message, and more than any other
/// needs.
const TAIL: u64 = 8 * 1024;

/// The ends of a view, once they were read. A failure to read them is not kept.
#[derive(Default)]
pub(crate) struct Kept {
    head: OnceLock<Bytes>,
    tail: OnceLock<Bytes>,
}

/// Bytes, and where they stand.
struct Bytes {
    start: u64,
    bytes: Vec<u8>,
}

/// The view, which serves what lies wholly in one of its ends from memory, as long as that is kept.
pub(crate) struct Windowed {
    source: Arc<dyn ReadAt>,
    head: u64,
    tail: u64,
    /// Once it was asked for; `None` if it may change when the view settles.
    size: Option<OnceLock<u64>>,
    kept: Weak<Kept>,
}

/// One of the two ends, from `start` on.
struct End<'a> {
    start: u64,
    size: u64,
    bytes: &'a OnceLock<Bytes>,
}

impl Windowed {
    /// A message, of which head and tail are kept.
    pub(crate) fn message(source: Arc<dyn ReadAt>) -> (Arc<dyn ReadAt>, Arc<Kept>) {
        Self::over(source, HEAD, TAIL, Some(OnceLock::new()))
    }

    /// A view of which the last `tail` bytes are kept.
    pub(crate) fn tail(source: Arc<dyn ReadAt>, tail: u64) -> (Arc<dyn ReadAt>, Arc<Kept>) {
        Self::over(source, 0, tail, None)
    }

    fn over(
        source: Arc<dyn ReadAt>,
        head: u64,
        tail: u64,
        size: Option<OnceLock<u64>>,
    ) -> (Arc<dyn ReadAt>, Arc<Kept>) {
        let kept = Arc::new(Kept::default());
        let view = Self { source, head, tail, size, kept: Arc::downgrade(&kept) };
        (Arc::new(view), kept)
    }

    /// The end that holds all from `from` to `to`. Of a small view, the head is all of it.
    fn end<'a>(&self, kept: &'a Kept, from: u64, to: u64, size: u64) -> Option<End<'a>> {
        let head = if size <= self.head.saturating_add(self.tail) { size } else { self.head };
        if to <= head {
            return Some(End { start: 0, size: head, bytes: &kept.head });
        }
        let start = size.saturating_sub(self.tail);
        (from >= start).then_some(End { start, size: self.tail, bytes: &kept.tail })
    }

    /// Reads from the bytes that are kept; `None` if what is asked for is not among them.
    fn read_kept(&self, kept: &Kept, buf: &mut [u8], offset: u64) -> io::Result<Option<usize>> {
        let size = self.size()?;
        // After the end are no bytes that would have to be asked for.
        let to = offset.saturating_add(buf.len() as u64).min(size);
        if offset >= to {
            return Ok(Some(0));
        }
        let Some(end) = self.end(kept, offset, to, size) else { return Ok(None) };
        let Some(bytes) = end.read(&*self.source)? else { return Ok(None) };
        // A source that ends before its size has nothing more to keep.
        let count = bytes.read_at(buf, offset - end.start)?;
        Ok((count > 0).then_some(count))
    }
}

impl<'a> End<'a> {
    /// Its bytes, read if they are not kept yet; `None` if what is asked for must be read on its
    /// own.
    fn read(&self, source: &dyn ReadAt) -> io::Result<Option<&'a Vec<u8>>> {
        if let Some(kept) = self.bytes.get() {
            // Of a view that has another size by now, the end is elsewhere.
            return Ok((kept.start == self.start).then_some(&kept.bytes));
        }
        let mut bytes = vec![0; usize::try_from(self.size).map_err(io::Error::other)?];
        let count = match read_full_at(source, &mut bytes, self.start).map_err(Error::from) {
            Ok(count) => count,
            // A source that fails is not asked again in the hope of better luck.
            Err(error) if error.is_passing() => return Err(error.into()),
            // Where something else in the end is damaged, what is asked for may be whole.
            Err(_) => return Ok(None),
        };
        bytes.truncate(count);
        Ok(Some(&self.bytes.get_or_init(|| Bytes { start: self.start, bytes }).bytes))
    }
}

impl ReadAt for Windowed {
    fn read_at(&self, buf: &mut [u8], offset: u64) -> io::Result<usize> {
        if buf.len() as u64 <= self.head.saturating_add(self.tail)
            && let Some(kept) = self.kept.upgrade()
            && let Some(count) = self.read_kept(&kept, buf, offset)?
        {
            return Ok(count);
        }
        self.source.read_at(buf, offset)
    }

    fn size(&self) -> io::Result<u64> {
        let Some(known) = &self.size else { return self.source.size() };
        if let Some(size) = known.get() {
            return Ok(*size);
        }
        let size = self.source.size()?;
        Ok(*known.get_or_init(|| size))
    }

    fn settle(&self) -> io::Result<()> {
        self.source.settle()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;
    use crate::read_at::read_exact_at;

    /// A source that notes what it is asked for.
    struct Noted {
        bytes: Vec<u8>,
        /// What reads that touch this byte fail at.
        broken: Mutex<Option<u64>>,
        asked: Mutex<Vec<(u64, usize)>>,
    }

    impl Noted {
        fn new(count: u32) -> Arc<Self> {
            let bytes = (0..count).map(|n| n.to_le_bytes()[n as usize % 2]).collect();
            Arc::new(Self { bytes, broken: Mutex::default(), asked: Mutex::default() })
        }

        fn asked(&self) -> Vec<(u64, usize)> {
            std::mem::take(&mut self.asked.lock().unwrap())
        }
    }

    impl ReadAt for Noted {
        fn read_at(&self, buf: &mut [u8], offset: u64) -> io::Result<usize> {
            self.asked.lock().unwrap().push((offset, buf.len()));
            let range = offset..offset + buf.len() as u64;
            if self.broken.lock().unwrap().is_some_and(|at| range.contains(&at)) {
                return Err(io::Error::other("broken here"));
            }
            // Short counts are legal.
            let count = buf.len().min(5000);
            self.bytes.read_at(&mut buf[..count], offset)
        }

        fn size(&self) -> io::Result<u64> {
            self.bytes.size()
        }
    }

    fn same(view: &dyn ReadAt, source: &Noted, offset: u64, count: usize) {
        let mut found = vec![0; count];
        read_exact_at(view, &mut found, offset).unwrap();
        let start = usize::try_from(offset).unwrap();
        assert!(found == source.bytes[start..start + count], "{offset} {count}");
    }

    #[test]
    fn each_end_is_read_once_and_the_middle_as_it_is_asked_for() {
        let source = Noted::new(100_000);
        let (view, kept) = Windowed::message(Arc::<Noted>::clone(&source));
        for (offset, count) in [(0, 2048), (10, 64), (16_383, 1), (99_990, 10), (91_808, 8192)] {
            same(&view, &source, offset, count);
        }
        let head = [(0, 16_384), (5000, 11_384), (10_000, 6384), (15_000, 1384)];
        assert_eq!(source.asked(), [&head[..], &[(91_808, 8192), (96_808, 3192)]].concat());
        assert_eq!(view.read_at(&mut [0; 9], 100_000).unwrap(), 0);
        assert_eq!(view.read_at(&mut [0; 9], 99_999).unwrap(), 1);
        assert_eq!(view.read_at(&mut [0; 9], u64::MAX).unwrap(), 0);
        assert!(source.asked().is_empty());
        same(&view, &source, 16_380, 8);
        same(&view, &source, 50_000, 100);
        same(&view, &source, 91_807, 100);
        assert_eq!(source.asked(), [(16_380, 8), (50_000, 100), (91_807, 100)]);
        drop(kept);
        same(&view, &source, 0, 10);
        assert_eq!(source.asked(), [(0, 10)]);
    }

    #[test]
    fn a_small_view_is_read_at_once() {
        let source = Noted::new(20_000);
        let (view, _kept) = Windowed::message(Arc::<Noted>::clone(&source));
        for (offset, count) in [(19_000, 1000), (0, 4096), (10_000, 10_000)] {
            same(&view, &source, offset, count);
        }
        assert_eq!(source.asked().len(), 4);
        let (empty, _kept) = Windowed::tail(Noted::new(0), 10);
        assert_eq!(empty.read_at(&mut [0; 9], 0).unwrap(), 0);
    }

    #[test]
    fn a_failure_is_reported_and_not_kept() {
        let source = Noted::new(100_000);
        *source.broken.lock().unwrap() = Some(10_000);
        let (view, _kept) = Windowed::message(Arc::<Noted>::clone(&source));
        for (offset, count) in [(0, 100), (9990, 64)] {
            source.asked();
            assert!(view.read_at(&mut [0; 100][..count], offset).is_err());
            assert!(source.asked().iter().all(|(_, count)| *count > 5000), "asked once");
        }
        *source.broken.lock().unwrap() = None;
        same(&view, &source, 9990, 64);
        source.asked();
        same(&view, &source, 0, 100);
        assert!(source.asked().is_empty());
    }

    #[test]
    fn a_cancelled_call_asks_for_nothing_more() {
        let source = Noted::new(100_000);
        let (view, _kept) = Windowed::message(Arc::<Noted>::clone(&source));
        let token = crate::progress::CancelToken::new();
        token.cancel();
        assert!(token.scope(|| view.read_at(&mut [0; 64], 0)).is_err());
        assert!(source.asked().is_empty());
    }

    #[test]
    fn a_source_that_ends_before_its_size_is_asked_itself() {
        struct Short;
        impl ReadAt for Short {
            fn read_at(&self, buf: &mut [u8], offset: u64) -> io::Result<usize> {
                [7_u8; 100].as_slice().read_at(buf, offset)
            }
            fn size(&self) -> io::Result<u64> {
                Ok(1000)
            }
        }
        let (view, _kept) = Windowed::message(Arc::new(Short));
        assert_eq!(view.read_at(&mut [0; 64], 90).unwrap(), 10);
        assert_eq!(view.read_at(&mut [0; 64], 100).unwrap(), 0);
    }
}
