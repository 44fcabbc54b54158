//! Any bytes as a file of keys and certificates, PEM, DER or PKCS #12, with a passphrase. Nothing
//! may panic or work longer than the limits allow.

use std::sync::LazyLock;

use smimezip::{KeyRing, Limits, Passphrase, internals};

static LIMITS: LazyLock<Limits> = LazyLock::new(|| {
    let mut limits = Limits::default();
    limits.kdf_iterations = 10_000;
    limits.scrypt_memory = 1 << 20;
    limits
});

/// Reads all keys and certificates in `bytes`.
pub fn run(bytes: &[u8]) {
    let mut ring = KeyRing::new();
    let _ = internals::derivation_work();
    if ring.add(bytes, &mut || Some(Passphrase::new("correct")), &LIMITS).is_ok() {
        // What was taken can be told and used.
        let _ = ring.describe();
    }
    let work = internals::derivation_work();
    assert!(work <= LIMITS.kdf_iterations, "{work} iterations");
}
