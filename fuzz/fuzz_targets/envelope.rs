//! Any octets as a message, opened with keys of every kind at positions and forward. Nothing may panic, and
//! both ways must agree: on the plaintext, or that there is none.
#![no_main]

use std::io::Read;
use std::path::Path;
use std::sync::{Arc, LazyLock};

use libfuzzer_sys::fuzz_target;
use smimezip::{Decryptor, Envelope, Error, KeyRing, Limits, Passphrase};

static LIMITS: LazyLock<Limits> = LazyLock::new(|| {
    // Forward, the layout of the chunks does not matter; so it must not at positions either.
    let mut limits = Limits::default().scanning();
    limits.kdf_iterations = 20_000;
    limits.accept.gcm_in_enveloped_data = true;
    limits
});

static KEYS: LazyLock<Arc<KeyRing>> = LazyLock::new(|| {
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates/smimezip/tests/data");
    let mut ring = KeyRing::new();
    ring.add_file(data.join("keys/main.bundle.pem"), &mut || None, &LIMITS).unwrap();
    for name in ["p256", "p384", "p521", "x25519", "x448", "mlkem512", "mlkem768", "mlkem1024"] {
        for what in ["key", "cert"] {
            let file = data.join(format!("envelopes/keys/{name}.{what}.pem"));
            ring.add_file(file, &mut || None, &LIMITS).unwrap();
        }
    }
    for length in [16, 24, 32] {
        ring.add_secret_key((0..length).collect::<Vec<u8>>(), None).unwrap();
    }
    ring.add_password(Passphrase::new("secret"));
    Arc::new(ring)
});

fn at_positions(octets: &[u8]) -> Result<Vec<u8>, Error> {
    let mut content = Envelope::open(octets.to_vec(), &LIMITS)?.unlock(&KEYS)?;
    let mut plaintext = Vec::new();
    content.read_to_end(&mut plaintext)?;
    Ok(plaintext)
}

fn forward(octets: &[u8]) -> Result<Vec<u8>, Error> {
    let mut plaintext = Vec::new();
    Decryptor::new(octets, Arc::clone(&KEYS), &LIMITS).read_to_end(&mut plaintext)?;
    Ok(plaintext)
}

fuzz_target!(|octets: &[u8]| {
    match (at_positions(octets), forward(octets)) {
        (Ok(one), Ok(other)) => assert!(one == other, "two plaintexts of one message"),
        (Err(_), Err(_)) => {}
        (one, other) => panic!("at positions: {:?}; forward: {:?}", one.err(), other.err()),
    }
});
