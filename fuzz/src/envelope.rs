//! Any bytes as a message, opened with keys of every kind at positions and forward. Both ways must
//! agree: on the plaintext, or that there is none.

use std::io::Read;
use std::sync::{Arc, LazyLock};

use smimezip::message::{Accept, Decryptor, Envelope};
use smimezip::{Error, KeyRing, Limit, Limits, Passphrase, UnlockOptions, internals};

static OPTIONS: LazyLock<UnlockOptions> = LazyLock::new(|| {
    let limits = Limits::new().with(Limit::KdfIterations, 20_000);
    let accept = Accept::new().gcm_in_enveloped_data(true);
    // Forward, the layout of the chunks does not matter; so it must not at positions either.
    internals::scanning(UnlockOptions::new().limits(&limits).accept(accept))
});

macro_rules! files {
    ($($name:literal),*) => {
        [$(include_bytes!(concat!("../../crates/smimezip/tests/data/", $name, ".pem")).as_slice()),*]
    };
}

/// Certificates stand behind their keys.
static FILES: [&[u8]; 17] = files![
    "keys/main.bundle",
    "envelopes/keys/p256.key",
    "envelopes/keys/p256.cert",
    "envelopes/keys/p384.key",
    "envelopes/keys/p384.cert",
    "envelopes/keys/p521.key",
    "envelopes/keys/p521.cert",
    "envelopes/keys/x25519.key",
    "envelopes/keys/x25519.cert",
    "envelopes/keys/x448.key",
    "envelopes/keys/x448.cert",
    "envelopes/keys/mlkem512.key",
    "envelopes/keys/mlkem512.cert",
    "envelopes/keys/mlkem768.key",
    "envelopes/keys/mlkem768.cert",
    "envelopes/keys/mlkem1024.key",
    "envelopes/keys/mlkem1024.cert"
];

static KEYS: LazyLock<Arc<KeyRing>> = LazyLock::new(|| {
    let mut ring = KeyRing::new();
    for file in FILES {
        ring.add(file, &mut || None, &Limits::default()).expect("a committed key");
    }
    for length in [16, 24, 32] {
        ring.add_secret_key((0..length).collect::<Vec<u8>>(), None).expect("a legal size");
    }
    ring.add_password(Passphrase::new("secret"));
    Arc::new(ring)
});

/// Opens `bytes` both ways.
pub fn run(bytes: &[u8]) {
    match (at_positions(bytes), forward(bytes)) {
        (Ok(one), Ok(other)) => assert!(one == other, "two plaintexts of one message"),
        (Err(_), Err(_)) => {}
        (one, other) => panic!("at positions: {:?}; forward: {:?}", one.err(), other.err()),
    }
}

fn at_positions(bytes: &[u8]) -> Result<Vec<u8>, Error> {
    let mut content = Envelope::open_with(bytes.to_vec(), &OPTIONS)?.unlock(&KEYS)?;
    let mut plaintext = Vec::new();
    content.read_to_end(&mut plaintext)?;
    Ok(plaintext)
}

fn forward(bytes: &[u8]) -> Result<Vec<u8>, Error> {
    let mut plaintext = Vec::new();
    Decryptor::with_options(bytes, Arc::clone(&KEYS), &OPTIONS).read_to_end(&mut plaintext)?;
    Ok(plaintext)
}
