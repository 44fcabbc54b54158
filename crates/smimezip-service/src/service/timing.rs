//! How often things are looked at, for how long a claim holds, and how long a client may take.

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
    /// How often it is looked whether the sessions go on of those who listen to events.
    pub session: Duration,
    /// For how long a connection waits for the head of a request, or for a handshake.
    pub head: Duration,
    /// In how long the body of a request has to be there: a form, a certificate.
    pub body: Duration,
    /// For how long an answer waits that nobody reads.
    pub unread: Duration,
    /// How long the end of a run is tried to be written down after the service was told to stop:
    /// less than service managers wait.
    pub farewell: Duration,
}

impl Default for Timing {
    fn default() -> Self {
        Self {
            lease: Duration::from_secs(30),
            heartbeat: Duration::from_secs(5),
            poll: Duration::from_secs(1),
            sweep: Duration::from_secs(10),
            session: Duration::from_secs(3),
            head: Duration::from_secs(15),
            body: Duration::from_secs(30),
            unread: Duration::from_secs(5 * 60),
            farewell: Duration::from_secs(30),
        }
    }
}

impl Timing {
    pub(crate) fn lease_millis(&self) -> Millis {
        Millis::try_from(self.lease.as_millis()).unwrap_or(Millis::MAX)
    }
}
