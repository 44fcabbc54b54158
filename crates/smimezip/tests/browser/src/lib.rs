//! The core where there is no operating system: messages in memory are opened by each kind of key,
//! and an export's entries are read. Nothing may panic, as clocks and threads do there. `run.mjs`
//! runs it.

use std::io::Read;
use std::sync::Mutex;

use smimezip::message::{Decryptor, Envelope};
use smimezip::parts::Part;
use smimezip::{Error, ErrorKind, Export, KeyRing, Passphrase, UnlockOptions};

macro_rules! data {
    ($file:literal) => {
        &include_bytes!(concat!("../../data/", $file))[..]
    };
}

macro_rules! sample {
    ($($file:literal),+) => {
        &include_bytes!(concat!("../../../../../examples/data/" $(, $file)+))[..]
    };
}

/// A part of the sample export.
macro_rules! part {
    ($part:literal) => {{
        let bytes = sample!("export-2b710a2c-5d0e-4c53-9d0b-7f1f3a6c8e21.", $part, ".smime");
        Part::new(concat!("sample.", $part, ".smime"), bytes.to_vec())
    }};
}

/// What is checked, with its name.
type Check = (&'static str, fn() -> Result<(), Error>);

const CHECKS: [Check; 14] = [
    ("RSAES-PKCS1-v1_5", || opens(data!("vectors/openssl-smime-aes256"), main_key())),
    ("RSAES-OAEP", || opens(data!("envelopes/bc-oaep-256-256"), main_key())),
    ("AES-GCM", || opens(data!("envelopes/bc-ktri-aes-256-gcm-mime"), main_key())),
    ("AES-CCM", || opens(data!("envelopes/bc-ktri-aes-128-ccm-ber"), main_key())),
    ("ChaCha20", || opens(data!("envelopes/bc-ktri-chacha20-poly1305-mime"), main_key())),
    ("3DES, PKCS #12", || {
        let keys = KeyRing::from_encrypted_bytes(data!("keys/main.p12"), "correct");
        opens(data!("vectors/openssl-smime-des3"), keys)
    }),
    ("scrypt", || {
        let keys = KeyRing::from_encrypted_bytes(data!("keys/main.pbes2-scrypt.pem"), "correct");
        opens(data!("vectors/openssl-smime-aes256"), keys)
    }),
    ("P-256", || {
        let keys = KeyRing::from_bytes(data!("envelopes/keys/p256.key.pem"));
        opens(data!("envelopes/bc-kari-p256-std-sha256"), keys)
    }),
    ("X448", || {
        let keys = KeyRing::from_bytes(data!("envelopes/keys/x448.key.pem"));
        opens(data!("envelopes/bc-kari-x448-hkdf-sha256"), keys)
    }),
    ("ML-KEM", || {
        let keys = KeyRing::from_bytes(data!("envelopes/keys/mlkem768.key.pem"));
        opens(data!("envelopes/bc-kem-768-cbc"), keys)
    }),
    ("a password", || {
        let mut keys = KeyRing::new();
        keys.add_password(Passphrase::from("secret"));
        opens(data!("envelopes/bc-pwri-256-256"), Ok(keys))
    }),
    ("another key", || {
        let keys = KeyRing::from_bytes(data!("keys/other.key.pem"));
        let refused = opens(data!("vectors/openssl-smime-aes256"), keys);
        assert!(matches!(refused.unwrap_err().kind(), ErrorKind::Decrypt));
        Ok(())
    }),
    ("an export", export),
    ("no files", || {
        assert!(Export::discover("folder").is_err() && KeyRing::from_file("key.pem").is_err());
        let error = Envelope::open_file("message").unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::Io(_)));
        Ok(())
    }),
];

fn main_key() -> Result<KeyRing, Error> {
    KeyRing::from_bytes(data!("keys/main.key.pem"))
}

/// Opens a message at positions and forward, which must give the same.
fn opens(message: &[u8], keys: Result<KeyRing, Error>) -> Result<(), Error> {
    let keys = keys?;
    let envelope = Envelope::open(message.to_vec())?;
    let mut content = envelope.unlock_with(&keys, &UnlockOptions::new(), &mut ())?;
    let (mut at_positions, mut forward) = (Vec::new(), Vec::new());
    content.read_to_end(&mut at_positions)?;
    Decryptor::new(message, keys).read_to_end(&mut forward)?;
    assert!(!forward.is_empty() && at_positions == forward);
    Ok(())
}

fn export() -> Result<(), Error> {
    let export = Export::from_parts([part!("z01"), part!("z02"), part!("z03"), part!("zip")])?;
    let archive = export.unlock(&KeyRing::from_bytes(sample!("key.pem"))?)?;
    let files = archive.entries().iter().filter(|entry| entry.is_file());
    for entry in files.clone() {
        let mut bytes = Vec::new();
        archive.open_entry(entry)?.read_to_end(&mut bytes)?;
        assert_eq!(bytes.len() as u64, entry.size());
    }
    assert!(files.count() > 1);
    Ok(())
}

/// What was said last.
static SAID: Mutex<String> = Mutex::new(String::new());

fn say(text: String) {
    *SAID.lock().unwrap() = text;
}

/// Where the last text is, and in the lower half how long it is.
#[unsafe(no_mangle)]
pub extern "C" fn said() -> u64 {
    let text = SAID.lock().unwrap();
    (text.as_ptr().addr() as u64) << 32 | text.len() as u64
}

/// 1 if the check of that number passes, 0 if not; its name is said, or its error. -1 after the
/// last.
#[unsafe(no_mangle)]
pub extern "C" fn check(number: usize) -> i32 {
    std::panic::set_hook(Box::new(|panic| say(panic.to_string())));
    let Some((name, check)) = CHECKS.get(number) else { return -1 };
    match check() {
        Ok(()) => say((*name).to_owned()),
        Err(error) => say(format!("{name}: {error:#}")),
    }
    i32::from(SAID.lock().unwrap().as_str() == *name)
}
