//! How often things are looked at, and for how long a claim holds.

use std::time::Duration;

use crate::clock::Millis;

/// Times; other ones than the defaults are for tests.
#[derive(Clone, Copy, Debug)]
pub struct Timing {
    /// For how long a process has a job without saying that it lives.
    pub lease: Duration,
    /// How often it says so.
    pub heartbeat: Duration,
    /// How often the database is looked at: for jobs that wait, for what other processes changed.
    /// Also how often progress is written.
    pub poll: Duration,
    /// How often the storage is swept.
    pub sweep: Duration,
}

impl Default for Timing {
    fn default() -> Self {
        Self {
            lease: Duration::from_secs(30),
            heartbeat: Duration::from_secs(5),
            poll: Duration::from_secs(1),
            sweep: Duration::from_secs(10),
        }
    }
}

impl Timing {
    pub(crate) fn lease_millis(&self) -> Millis {
        Millis::try_from(self.lease.as_millis()).unwrap_or(Millis::MAX)
    }
}
