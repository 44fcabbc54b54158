//! Row C8: after success, error, panic and cancellation, no key material is in this process's
//! memory: all of it is searched.
//!
//! What is searched for must not be in memory itself. So another process makes the messages and the
//! patterns, and the patterns are kept with all their bits flipped.

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod common;

use std::io::{self, Read, Seek, SeekFrom};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use common::seal::{Cipher, Shape, content_info_with_key, recipient, sample_key};
use common::{data, noise};
use rsa::traits::PrivateKeyParts;
use smimezip::cms::ContentEncryptionAlgorithm as Algorithm;
use smimezip::keys::Recipient;
use smimezip::message::{Decoder, Decryptor, Envelope, SealOptions, Sealer};
use smimezip::{
    CancelToken, Certificate, ErrorKind, KeyRing, Passphrase, ReadAt, UnlockOptions, internals,
};

/// Set where this program is to make the messages and patterns in the folder it names.
const MAKE: &str = "SMIMEZIP_SECRETS";
/// Set where it is to find the keys of the messages in that folder, which this one has sealed.
const OPEN: &str = "SMIMEZIP_SECRETS_OF";
/// Bytes of a key that are looked for.
const PATTERN: usize = 16;
const PASSWORD: &str = "correct horse battery staple";

const SEALED: [(&str, Algorithm); 3] = [
    ("cbc", Algorithm::Aes256Cbc),
    ("gcm", Algorithm::Aes256Gcm),
    ("chacha20", Algorithm::ChaCha20Poly1305),
];

/// A name, and bytes that must not be found, flipped.
type Pattern = (String, Vec<u8>);

fn add_pattern(text: &mut String, name: &str, bytes: &[u8]) {
    use std::fmt::Write as _;
    write!(text, "{name} ").unwrap();
    for byte in bytes {
        write!(text, "{:02x}", byte ^ 0xff).unwrap();
    }
    text.push('\n');
}

/// Another one, as the tests of this file look for theirs at the same time.
const PASSWORD_OF_SEALED: &str = "a donkey without a battery";

/// One that messages are sealed for.
fn secret_key() -> Vec<u8> {
    noise(98, 32)
}

/// In another process: writes flipped patterns of the keys of messages that were sealed.
fn find_keys(folder: &Path) {
    let mut text = String::new();
    for (name, _) in SEALED {
        let message = std::fs::read(folder.join(name)).unwrap();
        // It is not complete, so that it is met forward.
        let mut decoder = Decoder::new(keys());
        let _ = decoder.process(&message, &mut [0; 1000]);
        let encrypted = decoder.recipient_infos().unwrap()[0].encrypted_key();
        let cek = sample_key().decrypt(rsa::Pkcs1v15Encrypt, encrypted).unwrap();
        assert_eq!(cek.len(), 32);
        add_pattern(&mut text, &format!("the key of {name}"), &cek[..PATTERN]);
        add_pattern(&mut text, &format!("the key of {name}, second half"), &cek[PATTERN..]);
    }
    add_pattern(&mut text, "the secret key", &secret_key()[..PATTERN]);
    add_pattern(&mut text, "the password", &PASSWORD_OF_SEALED.as_bytes()[..PATTERN]);
    std::fs::write(folder.join("patterns"), text).unwrap();
}

/// In another process: writes messages and flipped patterns.
fn make(folder: &Path) {
    let mut text = String::new();
    let mut add = |name: &str, bytes: &[u8]| add_pattern(&mut text, name, bytes);
    let cek = noise(99, 32);
    add("content-encryption key", &cek[..PATTERN]);
    add("content-encryption key, second half", &cek[PATTERN..]);
    let key = sample_key();
    for (name, number) in [("d", key.d()), ("p", &key.primes()[0]), ("q", &key.primes()[1])] {
        // In the order of the file, and in that of the words of a number.
        let (big, little) = (number.to_be_bytes(), number.to_le_bytes());
        let middle = big.len() / 2;
        add(&format!("{name}, as in the file"), &big[middle..middle + PATTERN]);
        add(&format!("{name}, as a number"), &little[middle..middle + PATTERN]);
    }
    // The last 32 bytes of an X25519 key are the number, those before the public one of a P-256
    // key.
    let x25519 = der("x25519");
    add("x25519", &x25519[x25519.len() - 32..][..PATTERN]);
    let p256 = der("p256");
    let at = p256.windows(2).position(|it| it == [4, 0x20]).unwrap() + 2;
    let mut number = p256[at..at + PATTERN].to_vec();
    add("p256, as in the file", &number);
    number.reverse();
    add("p256, as a number", &number);
    add("password", &PASSWORD.as_bytes()[..PATTERN]);
    let shape = Shape { cipher: Cipher::Aes256, ..Shape::default() };
    let message = content_info_with_key(&noise(1, 1_000_000), &shape, &[recipient()], &cek);
    std::fs::write(folder.join("message"), message).unwrap();
    std::fs::write(folder.join("patterns"), text).unwrap();
}

/// The bytes of a committed key.
fn der(name: &str) -> Vec<u8> {
    let file = data().join(format!("envelopes/keys/{name}.key.pem"));
    internals::pem(&std::fs::read(file).unwrap()).unwrap().remove(0).2
}

fn patterns(folder: &Path) -> Vec<Pattern> {
    let text = std::fs::read_to_string(folder.join("patterns")).unwrap();
    text.lines()
        .map(|line| {
            let (name, hex) = line.rsplit_once(' ').unwrap();
            let bytes = hex
                .as_bytes()
                .chunks(2)
                .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap());
            (name.to_owned(), bytes.collect())
        })
        .collect()
}

/// Which of the patterns are anywhere in the memory of this process that can be written.
fn search(patterns: &[Pattern]) -> Vec<String> {
    let maps = std::fs::read_to_string("/proc/self/maps").unwrap();
    let mut memory = std::fs::File::open("/proc/self/mem").unwrap();
    let mut found = Vec::new();
    let mut window = vec![0; 1 << 16];
    let mut starts = [false; 256];
    for (_, flipped) in patterns {
        starts[usize::from(!flipped[0])] = true;
    }
    let mut searched = 0_u64;
    for line in maps.lines().filter(|line| line.contains(" rw")) {
        if line.contains("[vvar") || line.contains("[vsyscall") {
            continue;
        }
        let (start, end) = line.split(' ').next().unwrap().split_once('-').unwrap();
        let mut at = u64::from_str_radix(start, 16).unwrap();
        let end = u64::from_str_radix(end, 16).unwrap();
        while at < end {
            let count = usize::try_from((end - at).min(window.len() as u64)).unwrap();
            memory.seek(SeekFrom::Start(at)).unwrap();
            if memory.read_exact(&mut window[..count]).is_err() {
                break;
            }
            for (within, first) in window[..count].iter().enumerate() {
                if !starts[usize::from(*first)] {
                    continue;
                }
                let Some(bytes) = window[..count].get(within..within + PATTERN) else { break };
                for (name, flipped) in patterns {
                    if bytes.iter().zip(flipped).all(|(one, other)| *one == !*other) {
                        found.push(format!("{name} at {:x} ({line})", at + within as u64));
                    }
                }
            }
            searched += count as u64;
            if at + count as u64 == end {
                break;
            }
            at += (count - PATTERN) as u64;
        }
        window.fill(0);
    }
    assert!(searched > 1 << 20, "only {searched} bytes were searched");
    found
}

/// A source that panics when the content is read.
struct Panics(Vec<u8>);

impl ReadAt for Panics {
    fn read_at(&self, buf: &mut [u8], offset: u64) -> io::Result<usize> {
        let middle = self.0.len() as u64 / 2;
        assert!(!(middle..middle + 100_000).contains(&offset), "a fault of the caller's source");
        self.0.read_at(buf, offset)
    }

    fn size(&self) -> io::Result<u64> {
        Ok(self.0.len() as u64)
    }
}

fn keys() -> KeyRing {
    KeyRing::from_file(common::sample().join("key.pem")).unwrap()
}

fn success(message: &[u8]) {
    let mut content = Envelope::open(message.to_vec()).unwrap().unlock(&keys()).unwrap();
    let mut plaintext = Vec::new();
    content.read_to_end(&mut plaintext).unwrap();
    assert_eq!(plaintext.len(), 1_000_000);
    plaintext.clear();
    for (key, message) in
        [("p256", "openssl-kari-p256-sha256"), ("x25519", "bc-kari-x25519-hkdf-sha256")]
    {
        let ring = KeyRing::from_file(data().join(format!("envelopes/keys/{key}.key.pem")));
        let envelope = Envelope::open_file(data().join("envelopes").join(message));
        envelope.unwrap().unlock(&ring.unwrap()).unwrap();
    }
    Decryptor::new(message, Arc::new(keys())).read_to_end(&mut plaintext).unwrap();
    assert_eq!(plaintext.len(), 1_000_000);
}

fn error(message: &[u8]) {
    let mut cut = message.to_vec();
    cut.truncate(message.len() - 1000);
    assert!(Envelope::open(cut).and_then(|it| it.unlock(&keys())).is_err());
    // The right key and wrong content.
    let mut changed = message.to_vec();
    let last = changed.len() - 1;
    changed[last] ^= 1;
    let opened = Envelope::open(changed).and_then(|it| it.unlock(&keys()));
    assert!(matches!(opened.err().unwrap().kind(), ErrorKind::Decrypt));
    let file = data().join("keys/main.key.pem");
    let wrong = Passphrase::new(PASSWORD.chars().rev().collect::<String>());
    let _ = KeyRing::from_encrypted_file(file, wrong);
}

fn panicking(message: &[u8]) {
    let source = Panics(message.to_vec());
    let mut content = Envelope::open(source).unwrap().unlock(&keys()).unwrap();
    let read = catch_unwind(AssertUnwindSafe(|| content.read_to_end(&mut Vec::new())));
    assert!(read.is_err());
}

fn cancelled(message: &[u8]) {
    let cancel = CancelToken::new();
    cancel.cancel();
    let envelope = Envelope::open(message.to_vec()).unwrap();
    // A CBC message is unlocked without a pass that could be cancelled; then the reading ends
    // early.
    let options = UnlockOptions::new().cancel(&cancel);
    if let Ok(mut content) = envelope.unlock_with(&keys(), &options, &mut ()) {
        content.read_exact(&mut [0; 1000]).unwrap();
    }
    let mut half = Decryptor::new(message, Arc::new(keys()));
    half.read_exact(&mut [0; 1000]).unwrap();
}

/// Searches after a scenario, for more than is among the known holes of SECURITY.md: the `rsa`
/// crate does not wipe the copies of the prime numbers that it makes for each operation; and vector
/// registers, which hold a round key after optimised decryption, are saved on the stack by the
/// first steps of a panic. The ciphers are optimised in every build, as all dependencies are.
fn left(patterns: &[Pattern], scenario: &str) -> Vec<String> {
    let is_known = |it: &String| {
        it.starts_with("p, as a number")
            || it.starts_with("q, as a number")
            || scenario == "panic" && it.starts_with("content-encryption key at")
    };
    let (known, other): (Vec<_>, Vec<_>) = search(patterns).into_iter().partition(is_known);
    if !known.is_empty() {
        println!("after {scenario}, known: {} copies of a prime number or round key", known.len());
    }
    other
}

#[test]
fn c8_no_key_is_left_in_memory() {
    if let Ok(folder) = std::env::var(MAKE) {
        return make(Path::new(&folder));
    }
    let folder = tempfile::tempdir().unwrap();
    let made = Command::new(std::env::current_exe().unwrap())
        .args(["c8_no_key_is_left_in_memory", "--exact"])
        .env(MAKE, folder.path())
        .output()
        .unwrap();
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    let patterns = patterns(folder.path());
    let message = std::fs::read(folder.path().join("message")).unwrap();
    assert_eq!(search(&patterns), Vec::<String>::new(), "before anything was done");
    // While the key is in use it is there: the search can find.
    let ring = keys();
    let alive = search(&patterns);
    assert!(alive.iter().any(|it| it.starts_with("p, ")), "{alive:?}");
    drop(ring);
    for (name, scenario) in [
        ("success", success as fn(&[u8])),
        ("error", error),
        ("cancellation", cancelled),
        ("panic", panicking),
    ] {
        scenario(&message);
        assert_eq!(left(&patterns, name), Vec::<String>::new(), "after {name}");
    }
}

#[test]
fn c8_no_key_of_what_was_sealed_is_left_in_memory() {
    if let Ok(folder) = std::env::var(OPEN) {
        return find_keys(Path::new(&folder));
    }
    let folder = tempfile::tempdir().unwrap();
    let certificate = std::fs::read(common::sample().join("certificate.pem")).unwrap();
    let certificate = Certificate::from_bytes(&certificate).unwrap();
    let password = Recipient::from_password(Passphrase::from(PASSWORD_OF_SEALED)).unwrap();
    let recipients = vec![
        Recipient::from_certificate_at_any_time(&certificate).unwrap(),
        Recipient::from_secret_key(secret_key(), *b"shared").unwrap(),
        password.with_iterations(1000).unwrap(),
    ];
    let content = noise(1, 300_001);
    // The message as far as it was made, and what makes it.
    let begin = |algorithm: &Algorithm| {
        let size = content.len() as u64;
        let options = SealOptions::new().content_encryption(algorithm.clone()).known_size(size);
        let mut sealer = Sealer::new(&recipients, &options).unwrap();
        let mut message = Vec::new();
        sealer.update(&content, &mut message).unwrap();
        (sealer, message)
    };
    let mut in_use = Vec::new();
    for (name, algorithm) in &SEALED {
        let (sealer, message) = begin(algorithm);
        std::fs::write(folder.path().join(name), &message).unwrap();
        in_use.push((sealer, message));
    }
    // The other process needs no more of them than the recipients, which stand at the start.
    let found = Command::new(std::env::current_exe().unwrap())
        .args(["c8_no_key_of_what_was_sealed_is_left_in_memory", "--exact"])
        .env(OPEN, folder.path())
        .output()
        .unwrap();
    assert!(found.status.success(), "{}", String::from_utf8_lossy(&found.stderr));
    let patterns = patterns(folder.path());
    // While the key is in use, its schedule has it: the search can find.
    let alive = search(&patterns);
    for name in ["the key of cbc", "the secret key", "the password"] {
        assert!(alive.iter().any(|it| it.starts_with(name)), "{name}: {alive:?}");
    }
    for (sealer, mut message) in in_use {
        sealer.finish(&mut message).unwrap();
    }
    drop(recipients);
    assert_eq!(search(&patterns), Vec::<String>::new(), "after they were finished");
}
