//! Sinks for what is made: in memory, failing at a byte, or counting only.

use std::io::{self, Write};
use std::sync::{Arc, Mutex};

use smimezip::parts::{PartName, PartReceipt, PartSink, PartWriter};
use smimezip::{Error, ErrorKind, Part, ReadAt};

/// Keeps parts in memory, and notes what happens to them.
#[derive(Clone, Default)]
pub struct MemorySink(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    finished: Vec<(PartName, Vec<u8>)>,
    committed: Option<Vec<(PartName, Vec<u8>)>>,
    /// Parts that are open, and the most that were at once.
    open: usize,
    most_open: usize,
    dropped: usize,
    /// Bytes until a write fails.
    left: Option<u64>,
    /// Whether it can be read back.
    is_readable: bool,
    /// Which byte of the first part is another one when it is read back.
    flipped: Option<usize>,
}

/// A part in memory.
pub struct MemoryPart {
    sink: MemorySink,
    name: PartName,
    bytes: Vec<u8>,
    is_finished: bool,
}

impl MemorySink {
    /// A sink whose parts take so many bytes together, and then fail.
    pub fn failing(after: u64) -> Self {
        let sink = Self::default();
        sink.0.lock().unwrap().left = Some(after);
        sink
    }

    /// A sink that stores another byte than it was given, in the first part, and can be read back.
    pub fn flipping(at: usize) -> Self {
        let sink = Self::default();
        sink.0.lock().unwrap().flipped = Some(at);
        sink.readable()
    }

    /// The same, which can be read back.
    pub fn readable(self) -> Self {
        self.0.lock().unwrap().is_readable = true;
        self
    }

    /// The parts with their names, if they were committed.
    pub fn parts(&self) -> Option<Vec<(String, Vec<u8>)>> {
        let state = self.0.lock().unwrap();
        let parts = state.committed.as_ref()?.iter();
        Some(parts.map(|(name, bytes)| (name.to_string(), bytes.clone())).collect())
    }

    /// The same, to be opened.
    pub fn to_open(&self) -> Vec<Part> {
        let parts = self.parts().unwrap();
        parts.into_iter().map(|(name, bytes)| Part::new(name, bytes)).collect()
    }

    /// Parts that are open, the most that were at once, and how many were dropped unfinished.
    pub fn counts(&self) -> (usize, usize, usize) {
        let state = self.0.lock().unwrap();
        (state.open, state.most_open, state.dropped)
    }
}

impl PartSink for MemorySink {
    type Part = MemoryPart;

    fn begin(&mut self, name: &PartName) -> Result<MemoryPart, Error> {
        let mut state = self.0.lock().unwrap();
        state.open += 1;
        state.most_open = state.most_open.max(state.open);
        drop(state);
        let (sink, name) = (self.clone(), name.clone());
        Ok(MemoryPart { sink, name, bytes: Vec::new(), is_finished: false })
    }

    fn read_back(&self, part: &PartReceipt) -> Result<Option<Arc<dyn ReadAt>>, Error> {
        let state = self.0.lock().unwrap();
        if !state.is_readable {
            return Ok(None);
        }
        let stored = state.finished.iter().position(|(name, _)| name == part.begun_as()).unwrap();
        let mut bytes = state.finished[stored].1.clone();
        if let Some(at) = state.flipped.filter(|_| stored == 0) {
            bytes[at] ^= 1;
        }
        Ok(Some(Arc::new(bytes)))
    }

    fn commit(self, parts: Vec<PartReceipt>) -> Result<(), Error> {
        let mut state = self.0.lock().unwrap();
        let finished = std::mem::take(&mut state.finished);
        assert_eq!(finished.len(), parts.len());
        let parts = finished.into_iter().zip(parts).map(|((begun, bytes), receipt)| {
            assert_eq!((&begun, bytes.len() as u64), (receipt.begun_as(), receipt.size()));
            (receipt.name().clone(), bytes)
        });
        state.committed = Some(parts.collect());
        Ok(())
    }
}

impl Write for MemoryPart {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut state = self.sink.0.lock().unwrap();
        if let Some(left) = &mut state.left {
            let count = bytes.len().min(usize::try_from(*left).unwrap());
            if count == 0 && !bytes.is_empty() {
                return Err(io::ErrorKind::StorageFull.into());
            }
            *left -= count as u64;
            self.bytes.extend_from_slice(&bytes[..count]);
            return Ok(count);
        }
        self.bytes.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl PartWriter for MemoryPart {
    fn finish(mut self) -> Result<PartReceipt, Error> {
        self.is_finished = true;
        let (name, bytes) = (self.name.clone(), std::mem::take(&mut self.bytes));
        let mut state = self.sink.0.lock().unwrap();
        if state.left == Some(0) {
            return Err(ErrorKind::Io(Arc::new(io::ErrorKind::StorageFull.into())).into());
        }
        let receipt = PartReceipt::new(name.clone(), bytes.len() as u64);
        state.finished.push((name, bytes));
        Ok(receipt)
    }
}

impl Drop for MemoryPart {
    fn drop(&mut self) {
        let mut state = self.sink.0.lock().unwrap();
        state.open -= 1;
        state.dropped += usize::from(!self.is_finished);
    }
}
