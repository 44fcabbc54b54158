//! Any bytes as BER. An OCTET STRING must hold the same at positions, scanned and forward; and DER
//! must stay as it is.

use smimezip::{Limits, internals};

/// Reads `bytes` as an OCTET STRING of any form, and as a small structure.
pub fn run(bytes: &[u8]) {
    let limits = Limits::default();
    let scanned = internals::octet_string(bytes, &internals::scanning(&limits));
    let forward = internals::octet_string_forward(bytes, &limits);
    match (&scanned, &forward) {
        (Ok(one), Ok(other)) => assert!(one == other, "scanned and forward differ"),
        (Err(_), Err(_)) => {}
        (one, other) => panic!("scanned: {:?}; forward: {:?}", one.is_ok(), other.is_ok()),
    }
    // Assumed geometry may be refused where it does not hold, but never gives something else.
    if let Ok(assumed) = internals::octet_string(bytes, &limits) {
        assert!(scanned.is_ok_and(|scanned| scanned == assumed), "assumed and scanned differ");
    }
    if let Ok(der) = internals::to_der(bytes, limits.depth) {
        assert!(der.len() <= bytes.len() + 4 * bytes.len(), "DER is not much longer than BER");
        assert!(internals::to_der(&der, limits.depth).is_ok_and(|again| again == der));
    }
}
