//! Any bytes as a message's outside: MIME, PEM, base64 or nothing. What is inside must be the same
//! at positions, scanned, and fed forward in pieces of any size.

use smimezip::{UnlockOptions, internals};

/// Removes the outside of `bytes` in each way there is.
pub fn run(bytes: &[u8]) {
    let options = UnlockOptions::new();
    let scanned =
        internals::outside(bytes, &internals::scanning(options.clone())).map(|(_, inside)| inside);
    for size in [bytes.len().max(1), 1, 61] {
        if bytes.len() / size > 1000 {
            continue;
        }
        let forward = internals::outside_forward(bytes.chunks(size), &options);
        match (&scanned, &forward) {
            (Ok(one), Ok(other)) => assert!(one == other, "scanned and forward differ"),
            (Err(_), Err(_)) => {}
            (one, other) => {
                panic!(
                    "scanned: {:?}; forward by {size}: {:?}",
                    one.as_ref().err(),
                    other.as_ref().err()
                )
            }
        }
    }
    if let Ok((_, assumed)) = internals::outside(bytes, &options) {
        assert!(scanned.is_ok_and(|scanned| scanned == assumed), "assumed and scanned differ");
    }
}
