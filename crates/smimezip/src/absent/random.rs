//! In place of `random.rs` where there is no operating system to ask and nothing is sealed, so that
//! nobody asks.

use std::io;

use rsa::rand_core::{TryCryptoRng, TryRng};

/// A source of no random bytes.
pub(crate) struct SysRng;

/// # Errors
/// Always.
pub(crate) fn random(_: &mut [u8]) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}

impl TryRng for SysRng {
    type Error = io::Error;

    fn try_next_u32(&mut self) -> io::Result<u32> {
        Err(io::ErrorKind::Unsupported.into())
    }

    fn try_next_u64(&mut self) -> io::Result<u64> {
        Err(io::ErrorKind::Unsupported.into())
    }

    fn try_fill_bytes(&mut self, _: &mut [u8]) -> io::Result<()> {
        Err(io::ErrorKind::Unsupported.into())
    }
}

impl TryCryptoRng for SysRng {}
