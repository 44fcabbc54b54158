//! What takes an entry's bytes apart, step by step: those of the method that it is compressed by
//! (APPNOTE 4.4.5). What is checked of them stands elsewhere.

use deflate64::InflaterManaged;
use flate2::{Decompress, FlushDecompress, Status};

use crate::error::{Damage, Error, ErrorKind};
use crate::read_at::clamp;

pub(super) enum Inflate {
    Stored,
    Deflate(Decompress),
    Deflate64(Box<InflaterManaged>),
}

/// What one step of a decoder did.
pub(super) struct Step {
    pub(super) consumed: usize,
    pub(super) produced: usize,
    pub(super) ended: bool,
}

impl Step {
    /// Whether another one would do as little.
    pub(super) fn is_idle(&self) -> bool {
        self.consumed == 0 && self.produced == 0 && !self.ended
    }
}

impl Inflate {
    /// Takes bytes from `input` and writes to `out`, as far as both go.
    ///
    /// # Errors
    /// `Damaged` if it is not what was compressed.
    pub(super) fn step(&mut self, input: &[u8], out: &mut [u8]) -> Result<Step, Error> {
        match self {
            Self::Stored => {
                let count = input.len().min(out.len());
                out[..count].copy_from_slice(&input[..count]);
                Ok(Step { consumed: count, produced: count, ended: input.is_empty() })
            }
            Self::Deflate(inflate) => {
                let (before_in, before_out) = (inflate.total_in(), inflate.total_out());
                let status = inflate
                    .decompress(input, out, FlushDecompress::None)
                    .map_err(|_| ErrorKind::Damaged(Damage::Compressed))?;
                Ok(Step {
                    consumed: clamp(input.len(), inflate.total_in() - before_in),
                    produced: clamp(out.len(), inflate.total_out() - before_out),
                    ended: status == Status::StreamEnd,
                })
            }
            Self::Deflate64(inflater) => {
                let result = inflater.inflate(input, out);
                if result.data_error || inflater.errored() {
                    return Err(ErrorKind::Damaged(Damage::Compressed).into());
                }
                Ok(Step {
                    consumed: result.bytes_consumed,
                    produced: result.bytes_written,
                    ended: inflater.finished() && inflater.available_output() == 0,
                })
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_that_does_nothing_is_distinguished_from_an_end() {
        let idle = |consumed, produced, ended| Step { consumed, produced, ended }.is_idle();
        assert!(idle(0, 0, false));
        assert!(!idle(1, 0, false) && !idle(0, 1, false) && !idle(0, 0, true));
    }
}
