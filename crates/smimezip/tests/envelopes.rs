//! One message of every kind that OpenSSL, Bouncy Castle, gpgsm, NSS and pyca/cryptography make:
//! each is opened at positions and forward, in several chunkings, and refused after any damage.
//! `docs/INTEROP.md` is the table of what was opened; made anew by `SMIMEZIP_WRITE_INTEROP=1`.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

use crate::common;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::io::Read;
use std::path::PathBuf;
use std::sync::Arc;

use common::{data, limits, sha256, thorough};
use smimezip::error::Unsupported;
use smimezip::message::{Accept, Decoder, Envelope};
use smimezip::{
    Error, ErrorKind, Integrity, KeyRing, Limit, Limits, Passphrase, UnlockOptions, internals,
};

/// A line of the manifest.
struct Message {
    file: String,
    producer: String,
    kind: String,
    key_encryption: String,
    content_encryption: String,
    encoding: String,
    /// A key's name, `secret:HEX` or `password:TEXT`.
    opens: String,
}

fn folder() -> PathBuf {
    data().join("envelopes")
}

fn messages() -> Vec<Message> {
    let manifest = std::fs::read_to_string(folder().join("MANIFEST.tsv")).unwrap();
    manifest
        .lines()
        .map(|line| {
            let fields: Vec<String> = line.split('\t').map(str::to_owned).collect();
            let [file, producer, kind, key_encryption, content_encryption, encoding, opens] =
                fields.try_into().unwrap();
            Message { file, producer, kind, key_encryption, content_encryption, encoding, opens }
        })
        .collect()
}

fn expected() -> String {
    std::fs::read_to_string(folder().join("PLAINTEXT.sha256")).unwrap().trim().to_owned()
}

/// The file of a key of that name, and that of its certificate.
fn key_files(name: &str) -> [PathBuf; 2] {
    let folder = if name == "main" { data().join("keys") } else { folder().join("keys") };
    ["key", "cert"].map(|what| folder.join(format!("{name}.{what}.pem")))
}

fn hex(text: &str) -> Vec<u8> {
    (0..text.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap())
        .collect()
}

/// A ring with what opens a message, perhaps with the certificate.
fn ring(opens: &str, with_certificate: bool) -> KeyRing {
    let mut ring = KeyRing::new();
    match opens.split_once(':') {
        Some(("secret", key)) => ring.add_secret_key(hex(key), None).unwrap(),
        Some(("password", password)) => ring.add_password(Passphrase::new(password)),
        _ => {
            let [key, certificate] = key_files(opens);
            ring.add_file(key, &mut || None, &limits()).unwrap();
            if with_certificate {
                ring.add_file(certificate, &mut || None, &limits()).unwrap();
            }
        }
    }
    ring
}

fn options_for(message: &Message) -> UnlockOptions {
    let is_expected = message.file.contains("gcm-in-enveloped");
    UnlockOptions::new().accept(Accept::new().gcm_in_enveloped_data(is_expected))
}

fn open(
    bytes: &[u8],
    keys: &KeyRing,
    options: &UnlockOptions,
) -> Result<(Vec<u8>, Integrity), Error> {
    let mut content = Envelope::open_with(bytes.to_vec(), options)?.unlock(keys)?;
    let mut plaintext = Vec::new();
    content.read_to_end(&mut plaintext).map_err(Error::from)?;
    Ok((plaintext, content.integrity()))
}

fn feed(
    bytes: &[u8],
    keys: &Arc<KeyRing>,
    options: &UnlockOptions,
    piece: usize,
) -> Result<(Vec<u8>, Integrity), Error> {
    let mut decoder = Decoder::with_options(Arc::clone(keys), options);
    let mut buffer = vec![0; piece.max(16)];
    let mut plaintext = Vec::new();
    for piece in bytes.chunks(piece) {
        let mut piece = piece;
        while !piece.is_empty() {
            let done = decoder.process(piece, &mut buffer)?;
            plaintext.extend_from_slice(&buffer[..done.produced]);
            piece = &piece[done.consumed..];
        }
    }
    loop {
        match decoder.finish(&mut buffer)? {
            0 => return Ok((plaintext, decoder.integrity().unwrap())),
            count => plaintext.extend_from_slice(&buffer[..count]),
        }
    }
}

#[test]
fn every_message_opens_both_ways() {
    let expected = expected();
    let mut failures = String::new();
    let messages = messages();
    for message in &messages {
        let Message { file, content_encryption, opens, .. } = message;
        let bytes = std::fs::read(folder().join(file)).unwrap();
        let options = options_for(message);
        let authenticated = !content_encryption.ends_with("-cbc");
        let integrity = if authenticated { Integrity::Authenticated } else { Integrity::None };
        let mut check = |how: &str, result: Result<(Vec<u8>, Integrity), Error>| match result {
            Ok((plaintext, level)) if sha256(&plaintext) == expected && level == integrity => {}
            Ok(_) => writeln!(failures, "{file} {how}: other content").unwrap(),
            Err(error) => writeln!(failures, "{file} {how} with {opens}: {error}").unwrap(),
        };
        for with_certificate in [true, false] {
            let keys = ring(opens, with_certificate);
            check("at positions", open(&bytes, &keys, &options));
            check("scanned", open(&bytes, &keys, &internals::scanning(options.clone())));
        }
        let keys = Arc::new(ring(opens, true));
        for piece in [1, 100, bytes.len()] {
            check("forward", feed(&bytes, &keys, &options, piece));
        }
        // What the manifest says is what is reported.
        let envelope = Envelope::open_with(bytes, &options).unwrap();
        let told = envelope.content_encryption_algorithm().to_string().to_lowercase();
        if told != *content_encryption {
            writeln!(failures, "{file}: {told} instead of {content_encryption}").unwrap();
        }
        assert_eq!(envelope.integrity(), integrity, "{file}");
    }
    assert!(failures.is_empty(), "\n{failures}");
    assert!(messages.len() >= 150, "{} messages", messages.len());
}

#[test]
fn the_table_says_what_was_opened() {
    let messages = messages();
    let mut table = String::from(
        "# Messages of other software that are opened\n\n\
         Made by `tests/envelopes.rs`, which opens every one of them: at positions, with the layout scanned\n\
         first, and fed forward by 1, by 100 and by all bytes; with and without the certificate. Every cell\n\
         is a committed file in `tests/data/envelopes`, made by `tests/data/make-envelopes.sh`. What writes\n\
         the archives inside is in [INTEROP-WRITERS.md](INTEROP-WRITERS.md).\n\n",
    );
    let mut cells = BTreeSet::new();
    let mut producers: BTreeMap<&str, usize> = BTreeMap::new();
    for it in &messages {
        let cell =
            (&it.producer, &it.kind, &it.key_encryption, &it.content_encryption, &it.encoding);
        if cells.insert(cell) {
            *producers.entry(&it.producer).or_default() += 1;
        }
    }
    for (producer, count) in &producers {
        writeln!(table, "* {producer}: {count} cells").unwrap();
    }
    writeln!(table, "\n{} cells in all.\n", cells.len()).unwrap();
    table.push_str("| producer | kind | key encryption | content encryption | encoding |\n");
    table.push_str("|---|---|---|---|---|\n");
    for (producer, kind, key_encryption, content_encryption, encoding) in &cells {
        writeln!(
            table,
            "| {producer} | {kind} | {key_encryption} | {content_encryption} | {encoding} |"
        )
        .unwrap();
    }
    let path = common::core().join("docs/INTEROP.md");
    if std::env::var_os("SMIMEZIP_WRITE_INTEROP").is_some() {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, &table).unwrap();
    }
    let committed = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(committed == table, "docs/INTEROP.md is not what the manifest says");
    assert!(cells.len() > 150 && producers.len() >= 5, "{} cells", cells.len());
}

/// The messages with an authenticated cipher, each with what opens it.
fn authenticated() -> Vec<Message> {
    messages().into_iter().filter(|it| !it.content_encryption.ends_with("-cbc")).collect()
}

#[test]
fn c5_no_byte_of_a_changed_message_is_seen() {
    let expected = expected();
    let (mut refused, every) = (0, thorough(1, 5));
    for name in
        ["openssl-ktri-aes-256-gcm-der", "bc-ktri-aes-128-ccm-ber", "bc-several", "bc-kekri-256"]
    {
        let message = authenticated().into_iter().find(|it| it.file == name).unwrap();
        let options = options_for(&message);
        let bytes = std::fs::read(folder().join(name)).unwrap();
        // The other recipients of the message may change without harm to ours.
        let opens = if name == "bc-several" { "main" } else { &message.opens };
        let keys = Arc::new(ring(opens, true));
        for at in (0..bytes.len()).step_by(every) {
            let mut changed = bytes.clone();
            changed[at] ^= 1;
            match open(&changed, &keys, &options) {
                Err(_) => refused += 1,
                Ok((plaintext, _)) => assert!(sha256(&plaintext) == expected, "{name} at {at}"),
            }
            if at % (7 * every) == 0 {
                let mut decoder = Decoder::with_options(Arc::clone(&keys), &options);
                let mut buffer = vec![0; 4096];
                let produced = decoder.process(&changed, &mut buffer).map_or(0, |it| it.produced);
                assert_eq!(produced, 0, "{name} at {at}: seen before the tag");
                if let Ok(count) = decoder.finish(&mut buffer) {
                    assert!(sha256(&buffer[..count]) == expected, "{name} at {at}");
                }
            }
        }
    }
    assert!(refused > 4000 / every, "{refused} changes were refused");
}

#[test]
fn c5_a_cipher_must_go_with_its_content_type() {
    // GCM in EnvelopedData, unless allowed by name.
    for bits in [128, 192, 256] {
        let bytes = std::fs::read(folder().join(format!("bc-gcm-in-enveloped-{bits}"))).unwrap();
        let error = open(&bytes, &ring("main", true), &UnlockOptions::new()).unwrap_err();
        let text = error.to_string();
        assert!(text.contains(&format!("AES-{bits}-GCM in EnvelopedData")), "{text}");
        let ErrorKind::Unsupported(what) = error.kind() else { panic!("{error}") };
        assert!(matches!(what, Unsupported::AuthenticatedCipherInEnvelopedData(_)), "{what:?}");
    }
    // An authenticated message whose cipher was swapped for CBC or OFB: the object identifier of
    // AES-256-GCM ends in 46, CBC in 42, OFB in 43.
    let bytes = std::fs::read(folder().join("openssl-ktri-aes-256-gcm-der")).unwrap();
    let gcm = b"\x60\x86\x48\x01\x65\x03\x04\x01\x2e";
    let at = bytes.windows(gcm.len()).position(|window| window == gcm).unwrap() + gcm.len() - 1;
    for other in [42, 43] {
        let mut changed = bytes.clone();
        changed[at] = other;
        let error = open(&changed, &ring("main", true), &UnlockOptions::new()).unwrap_err();
        assert!(!matches!(error.kind(), ErrorKind::Decrypt), "{error}");
    }
}

#[test]
fn c3_any_of_several_recipients_opens_and_is_named() {
    for (name, ways) in [
        (
            "openssl-several",
            &["main", "p521", "secret:000102030405060708090a0b0c0d0e0f", "password:secret"][..],
        ),
        (
            "bc-several",
            &[
                "main",
                "x25519",
                "mlkem768",
                "secret:000102030405060708090a0b0c0d0e0f",
                "password:secret",
            ],
        ),
    ] {
        let envelope = Envelope::open_file(folder().join(name)).unwrap();
        let mut found = BTreeSet::new();
        for opens in ways {
            for with_certificate in [true, false] {
                let content = envelope.unlock(&ring(opens, with_certificate)).unwrap();
                found.insert(content.recipient());
            }
        }
        assert_eq!(found.len(), ways.len(), "{name}: {found:?}");
        assert!(envelope.recipient_infos().iter().all(|info| info.unsupported().is_none()));
    }
}

#[test]
fn c4_nobody_elses_key_opens_anything() {
    let kinds = [
        "main",
        "p256",
        "p384",
        "p521",
        "x25519",
        "x448",
        "mlkem512",
        "mlkem768",
        "mlkem1024",
        "secret:000102030405060708090a0b0c0d0e0f",
        "secret:ffffffffffffffffffffffffffffffff",
        "password:other",
    ];
    let mut tried = 0;
    for message in messages() {
        let bytes = std::fs::read(folder().join(&message.file)).unwrap();
        let own: BTreeSet<String> = messages()
            .into_iter()
            .filter(|it| it.file == message.file)
            .map(|it| it.opens)
            .collect();
        for other in kinds.iter().filter(|other| !own.contains(**other)) {
            let error = open(&bytes, &ring(other, true), &options_for(&message)).unwrap_err();
            let expected =
                matches!(error.kind(), ErrorKind::NoMatchingKey { .. } | ErrorKind::Decrypt);
            assert!(expected, "{} with {other}: {error}", message.file);
            tried += 1;
        }
    }
    assert!(tried > 1500, "{tried}");
}

#[test]
fn c1_every_kind_of_recipient_fails_alike() {
    let mut texts = BTreeSet::new();
    let mut changed = 0;
    for name in [
        "openssl-ktri-aes-256-cbc-der",
        "openssl-ktri-aes-256-gcm-der",
        "openssl-oaep-sha256-sha1",
        "openssl-kari-p256-sha256",
        "openssl-kari-p384-des3",
        "bc-kari-x25519-hkdf-sha256",
        "openssl-kekri-aes-256-cbc",
        "bc-pwri-128-256",
        "bc-kem-768-sha256",
    ] {
        let message = messages().into_iter().find(|it| it.file == name).unwrap();
        let bytes = std::fs::read(folder().join(name)).unwrap();
        let envelope = Envelope::open(bytes.clone()).unwrap();
        let key = envelope.recipient_infos()[0].encrypted_key().to_vec();
        let Some(at) = bytes.windows(key.len()).position(|window| window == key) else {
            // It is in base64.
            continue;
        };
        for within in (0..key.len()).step_by(5) {
            let mut bytes = bytes.clone();
            bytes[at + within] ^= 4;
            let error =
                open(&bytes, &ring(&message.opens, true), &UnlockOptions::new()).unwrap_err();
            assert!(matches!(error.kind(), ErrorKind::Decrypt), "{name}: {error}");
            texts.insert(error.to_string());
            changed += 1;
        }
    }
    assert_eq!(texts.len(), 1, "{texts:?}");
    assert!(changed > 150, "{changed}");
}

#[test]
fn c7_a_costly_password_is_refused_before_it_is_tried() {
    let bytes = std::fs::read(folder().join("bc-pwri-256-256")).unwrap();
    let allowing = |iterations| {
        UnlockOptions::new().limits(&Limits::new().with(Limit::KdfIterations, iterations))
    };
    let error = open(&bytes, &ring("password:secret", true), &allowing(1499)).unwrap_err();
    assert!(matches!(
        error.kind(),
        ErrorKind::Limit { limit: Limit::KdfIterations, allowed: 1499 }
    ));
    // Two wrong passwords spend twice the iterations.
    let mut keys = ring("password:wrong", true);
    keys.add_password(Passphrase::new("secret"));
    let error = open(&bytes, &keys, &allowing(2999)).unwrap_err();
    assert!(
        matches!(error.kind(), ErrorKind::Limit { limit: Limit::KdfIterations, .. }),
        "{error}"
    );
    open(&bytes, &keys, &allowing(3000)).unwrap();
}
