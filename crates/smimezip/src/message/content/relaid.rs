//! A view whose layout was assumed, and is found by scanning once that proves wrong.

use std::io;
use std::sync::Arc;

use crate::error::Error;
use crate::read_at::{ReadAt, Scan};

/// Opens the same bytes with their layout scanned.
type OpenScanned = Box<dyn Fn() -> Result<Arc<dyn ReadAt>, Error> + Send + Sync>;

/// The bytes of `assumed`, until a read meets lines or chunks of another length, after which they
/// are those that a scan finds.
///
/// If there are as many as was said before, nobody notices. If not, what was read near the end may
/// have been taken for what stands elsewhere, so that one read fails; from then on
/// [`size`](ReadAt::size) is right, and who begins again reads all of it.
pub(crate) struct Relaid {
    assumed: Arc<dyn ReadAt>,
    open_scanned: OpenScanned,
    scanned: Scan<Arc<dyn ReadAt>>,
}

impl Relaid {
    pub(crate) fn new(
        assumed: Arc<dyn ReadAt>,
        open_scanned: impl Fn() -> Result<Arc<dyn ReadAt>, Error> + Send + Sync + 'static,
    ) -> Self {
        Self { assumed, open_scanned: Box::new(open_scanned), scanned: Scan::new() }
    }

    fn view(&self) -> &dyn ReadAt {
        self.scanned.found().unwrap_or(&self.assumed)
    }
}

/// Whether the error of a read is that of a layout which was assumed wrongly.
pub(super) fn is_irregular(error: &io::Error) -> bool {
    let ours = error.get_ref().and_then(|error| error.downcast_ref::<Error>());
    ours.is_some_and(Error::is_irregular)
}

impl ReadAt for Relaid {
    fn read_at(&self, buf: &mut [u8], offset: u64) -> io::Result<usize> {
        match self.view().read_at(buf, offset) {
            Err(error) if is_irregular(&error) => {
                let scanned = self.scanned.find(&self.open_scanned)?;
                if scanned.size()? == self.assumed.size()? {
                    return scanned.read_at(buf, offset);
                }
                Err(error)
            }
            outcome => outcome,
        }
    }

    fn size(&self) -> io::Result<u64> {
        self.view().size()
    }

    fn settle(&self) -> io::Result<()> {
        match self.scanned.find(&self.open_scanned) {
            Err(error) if error.is_passing() => Err(error.into()),
            // Damage, which those meet who read there.
            _ => Ok(()),
        }
    }
}
