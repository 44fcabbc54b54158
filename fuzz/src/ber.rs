//! Any bytes as BER. An OCTET STRING must hold the same at positions, scanned and forward; and DER
//! must stay as it is.

use smimezip::{Limits, UnlockOptions, internals};

/// Reads `bytes` as an OCTET STRING of any form, and as a small structure.
pub fn run(bytes: &[u8]) {
    let (options, depth) = (UnlockOptions::new(), Limits::new().depth);
    let scanned = internals::octet_string(bytes, &internals::scanning(options.clone()));
    let forward = internals::octet_string_forward(bytes, &options);
    match (&scanned, &forward) {
        (Ok(one), Ok(other)) => assert!(one == other, "scanned and forward differ"),
        (Err(_), Err(_)) => {}
        (one, other) => panic!("scanned: {:?}; forward: {:?}", one.is_ok(), other.is_ok()),
    }
    // Assumed geometry may be refused where it does not hold, but never gives something else.
    if let Ok(assumed) = internals::octet_string(bytes, &options) {
        assert!(scanned.is_ok_and(|scanned| scanned == assumed), "assumed and scanned differ");
    }
    if let Ok(der) = internals::to_der(bytes, depth) {
        assert!(der.len() <= bytes.len() + 4 * bytes.len(), "DER is not much longer than BER");
        assert!(internals::to_der(&der, depth).is_ok_and(|again| again == der));
    }
}
