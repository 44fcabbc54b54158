//! Encryption certificates: what a user uploads, what new jobs are sealed for, and what can be said
//! of one. A private key is never asked for, and one that is sent is refused and kept nowhere.

mod examine;
mod key;
mod store;

pub use examine::{Finding, check_recipients, examine};
pub use store::{StoredCertificate, current, ever, upload};
