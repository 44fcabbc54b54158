//! What the sealer makes, opened by programs that nobody here wrote: OpenSSL `smime` and `cms`,
//! Bouncy Castle, gpgsm, NSS and pyca/cryptography. `docs/INTEROP-SEALED.md` is the table of who
//! opens what; made anew by `SMIMEZIP_WRITE_INTEROP=1`.
//!
//! Needs the programs; without them the test says so and passes.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

use crate::common;

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use common::openers::{self, Gpgsm, Nss, has_bouncy_castle, has_pyca, pyca_open};
use common::{data, has, noise, run, run_with, sample, skipped, try_run};
use smimezip::Certificate;
use smimezip::cms::{ContentEncryptionAlgorithm as Algorithm, HashAlgorithm};
use smimezip::keys::{Passphrase, Recipient};
use smimezip::message::{Columns, LineEnd, SealContainer, SealOptions, Sealer};

const OPENERS: [&str; 6] =
    ["openssl smime", "openssl cms", "Bouncy Castle", "gpgsm", "NSS", "pyca/cryptography"];

/// A message of one kind, in a file.
struct Message {
    file: PathBuf,
    /// The columns of the table that say what it is.
    what: [String; 3],
    key: Key,
    container: SealContainer,
    is_authenticated: bool,
    content: Vec<u8>,
}

/// What opens a message.
#[derive(Clone)]
enum Key {
    /// A private key in PKCS #8, its certificate beside it.
    File(PathBuf),
    Password(&'static str),
    /// A key-encryption key, in hexadecimal.
    Secret(String),
}

impl From<PathBuf> for Key {
    fn from(file: PathBuf) -> Self {
        Self::File(file)
    }
}

/// What both sides call the key-encryption key.
const SECRET_NAME: &str = "shared";

impl Message {
    /// The name that OpenSSL's `-inform` has for its container.
    fn form(&self) -> &'static str {
        match self.container {
            SealContainer::Pem => "PEM",
            SealContainer::Binary => "DER",
            _ => "SMIME",
        }
    }

    fn is_for_rsa(&self) -> bool {
        self.what[0].starts_with("RSA")
    }

    /// The file of the private key, if it is that which opens it.
    fn key_file(&self) -> Option<&str> {
        match &self.key {
            Key::File(file) => file.to_str(),
            Key::Password(_) | Key::Secret(_) => None,
        }
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |text, byte| format!("{text}{byte:02x}"))
}

/// Recipients by what both sides have agreed on.
fn agreed() -> Vec<(String, Recipient, Key)> {
    let password = "correct horse battery staple";
    let by_password = Recipient::from_password(Passphrase::from(password)).unwrap();
    let mut all = vec![("password".to_owned(), by_password, Key::Password(password))];
    for size in [16, 24, 32] {
        let key = noise(size as u64, size);
        let text = Key::Secret(hex(&key));
        let recipient = Recipient::from_secret_key(key, SECRET_NAME).unwrap();
        all.push((format!("secret key, {} bits", size * 8), recipient, text));
    }
    all
}

fn recipient(certificate: &Path) -> Recipient {
    let certificate = Certificate::from_bytes(&std::fs::read(certificate).unwrap()).unwrap();
    Recipient::from_certificate(&certificate, SystemTime::now()).unwrap()
}

fn seal(recipient: &Recipient, options: &SealOptions, content: &[u8]) -> Vec<u8> {
    let mut sealer = Sealer::new(std::slice::from_ref(recipient), options).unwrap();
    let mut message = Vec::new();
    content.chunks(1000).for_each(|piece| sealer.update(piece, &mut message).unwrap());
    sealer.finish(&mut message).unwrap();
    message
}

fn container_name(container: SealContainer, is_known: bool) -> String {
    let encoding = if is_known { "DER" } else { "BER" };
    match container {
        SealContainer::MimeBase64 { columns, line_end } => {
            let columns = if columns == Columns::C64 { 64 } else { 76 };
            let end = if line_end == LineEnd::Lf { "LF" } else { "CR LF" };
            format!("MIME, base64 of {columns} columns, {end}; {encoding}")
        }
        SealContainer::MimeBinary => format!("MIME, binary; {encoding}"),
        SealContainer::Pem => format!("PEM; {encoding}"),
        _ => encoding.to_owned(),
    }
}

/// Everything that is made of one content: all containers for one cipher, all ciphers in one
/// container, all recipients with one cipher.
fn messages(folder: &Path) -> Vec<Message> {
    let mime = |columns, line_end| SealContainer::MimeBase64 { columns, line_end };
    let main = data().join("keys/main.key.pem");
    let rsa = recipient(&data().join("keys/main.cert.pem"));
    let mut kinds = Vec::new();
    for container in [
        mime(Columns::C64, LineEnd::Lf),
        mime(Columns::C64, LineEnd::CrLf),
        mime(Columns::C76, LineEnd::Lf),
        mime(Columns::C76, LineEnd::CrLf),
        SealContainer::MimeBinary,
        SealContainer::Pem,
        SealContainer::Binary,
    ] {
        let name = "RSAES-PKCS1-v1_5".to_owned();
        let key = Key::from(main.clone());
        kinds.push((name, rsa.clone(), key, Algorithm::Aes256Cbc, container));
    }
    let default = SealContainer::default();
    for algorithm in [
        Algorithm::Aes128Cbc,
        Algorithm::Aes192Cbc,
        Algorithm::Aes128Gcm,
        Algorithm::Aes192Gcm,
        Algorithm::Aes256Gcm,
        Algorithm::ChaCha20Poly1305,
    ] {
        for container in [default, SealContainer::Binary] {
            let name = "RSAES-PKCS1-v1_5".to_owned();
            kinds.push((name, rsa.clone(), main.clone().into(), algorithm.clone(), container));
        }
    }
    let identified = rsa.clone().by_key_identifier().unwrap();
    let mut recipients =
        vec![("RSAES-PKCS1-v1_5, key identifier".into(), identified, Key::from(main.clone()))];
    for hash in [HashAlgorithm::Sha1, HashAlgorithm::Sha256, HashAlgorithm::Sha512] {
        let recipient = rsa.clone().with_oaep(hash).unwrap();
        recipients.push((format!("RSAES-OAEP, {hash}"), recipient, main.clone().into()));
    }
    let folder_of_keys = data().join("envelopes/keys");
    for (name, file) in [("P-256", "p256"), ("P-384", "p384"), ("P-521", "p521")] {
        let recipient = recipient(&folder_of_keys.join(format!("{file}.cert.pem")));
        let key = Key::from(folder_of_keys.join(format!("{file}.key.pem")));
        recipients.push((
            format!("ECDH, {name}, key identifier"),
            recipient.clone().by_key_identifier().unwrap(),
            key.clone(),
        ));
        recipients.push((format!("ECDH, {name}"), recipient, key));
    }
    for (name, file) in [("X25519", "x25519"), ("ML-KEM-768", "mlkem768")] {
        let recipient = recipient(&folder_of_keys.join(format!("{file}.cert.pem")));
        let key = Key::from(folder_of_keys.join(format!("{file}.key.pem")));
        recipients.push((name.into(), recipient, key));
    }
    recipients.extend(agreed());
    for (name, recipient, key) in recipients {
        kinds.push((name, recipient, key, Algorithm::Aes256Cbc, SealContainer::Binary));
    }
    let content = noise(9, 100_000);
    let mut messages = Vec::new();
    for (name, recipient, key, algorithm, container) in kinds {
        for is_known in [false, true] {
            let options =
                SealOptions::new().content_encryption(algorithm.clone()).container(container);
            let options = if is_known { options.known_size(content.len() as u64) } else { options };
            let file = folder.join(format!("{}", messages.len()));
            std::fs::write(&file, seal(&recipient, &options, &content)).unwrap();
            messages.push(Message {
                file,
                what: [name.clone(), algorithm.to_string(), container_name(container, is_known)],
                key: key.clone(),
                container,
                is_authenticated: algorithm.is_authenticated(),
                content: content.clone(),
            });
        }
    }
    messages
}

/// Whether the file holds what was sealed.
fn holds(file: &Path, message: &Message) -> bool {
    std::fs::read(file).is_ok_and(|bytes| bytes == message.content)
}

fn openssl(command: &str, message: &Message, folder: &Path) -> bool {
    let out = folder.join(format!("openssl-{command}.out"));
    let _ = std::fs::remove_file(&out);
    let [file, out_text] = [&message.file, &out].map(|path| path.to_str().unwrap());
    let name = hex(SECRET_NAME.as_bytes());
    let key = match &message.key {
        Key::File(file) => vec!["-inkey", file.to_str().unwrap()],
        Key::Password(password) => vec!["-pwri_password", *password],
        Key::Secret(key) => vec!["-secretkey", key.as_str(), "-secretkeyid", &name],
    };
    let all = [command, "-decrypt", "-inform", message.form(), "-in", file, "-out", out_text];
    try_run(folder, "openssl", &[&all[..], &key].concat(), b"").0 && holds(&out, message)
}

/// One start of Java for all messages.
fn bouncy_castle(messages: &[Message], folder: &Path) -> Vec<bool> {
    let mut jobs = String::new();
    let out = |number: usize| folder.join(format!("bc.{number}"));
    for (number, message) in messages.iter().enumerate() {
        let form = match message.container {
            SealContainer::MimeBase64 { .. } => "mime",
            SealContainer::MimeBinary => "mime-binary",
            _ => "binary",
        };
        let (key, algorithm) = match &message.key {
            Key::File(file) if message.is_for_rsa() => (file.to_str().unwrap(), "RSA"),
            Key::File(file) if message.what[0] == "X25519" => (file.to_str().unwrap(), "XDH"),
            Key::File(file) if message.what[0] == "ML-KEM-768" => {
                (file.to_str().unwrap(), "ML-KEM")
            }
            Key::File(file) => (file.to_str().unwrap(), "EC"),
            Key::Password(password) => (*password, "PASSWORD"),
            Key::Secret(key) => (key.as_str(), "SECRET"),
        };
        writeln!(
            jobs,
            "{}\t{}\t{key}\t{algorithm}\t{form}\t{}",
            message.file.display(),
            out(number).display(),
            if message.is_authenticated { "authenticated" } else { "not" },
        )
        .unwrap();
    }
    let tool = common::core().join("tests/tools/Unseal.java");
    let class_path = openers::bouncy_castle();
    let all = ["-Xmx64m", "-cp", &class_path, tool.to_str().unwrap()];
    let said = String::from_utf8(run_with(folder, "java", &all, jobs.as_bytes())).unwrap();
    assert_eq!(said.lines().count(), messages.len(), "{said}");
    for (line, message) in said.lines().zip(messages).filter(|(line, _)| *line != "OK") {
        println!("Bouncy Castle, {:?}: {line}", message.what);
    }
    let lines = said.lines().zip(messages).enumerate();
    lines.map(|(at, (line, message))| line == "OK" && holds(&out(at), message)).collect()
}

/// One start of Python for all messages that a key in a file opens.
fn pyca(messages: &[Message], folder: &Path) -> Vec<bool> {
    let out = |number: usize| folder.join(format!("pyca.{number}"));
    let (mut jobs, mut numbers) = (Vec::new(), Vec::new());
    for (number, message) in messages.iter().enumerate() {
        if let Some(key) = message.key_file() {
            let form = message.form().to_lowercase();
            jobs.push(openers::Job { form, file: &message.file, key, out: out(number) });
            numbers.push(number);
        }
    }
    let mut opened = vec![false; messages.len()];
    for (number, opens) in numbers.into_iter().zip(pyca_open(folder, &jobs)) {
        opened[number] = opens && holds(&out(number), &messages[number]);
    }
    opened
}

/// For each opener that is there, what it opens.
fn open_all(messages: &[Message], folder: &Path) -> [Option<Vec<bool>>; 6] {
    let each = |opens: &dyn Fn(&Message) -> bool| Some(messages.iter().map(opens).collect());
    let into = |out: &str, opens: &dyn Fn(&Path, &Path) -> bool| {
        let out = folder.join(out);
        each(&|message| opens(&message.file, &out) && holds(&out, message))
    };
    let (gpgsm, nss) = (Gpgsm::new(folder), Nss::new(folder));
    // Some wait for their agents: all at once.
    let by: [&(dyn Fn() -> Option<Vec<bool>> + Sync); 6] = [
        &|| each(&|message| openssl("smime", message, folder)),
        &|| each(&|message| openssl("cms", message, folder)),
        &|| has_bouncy_castle().then(|| bouncy_castle(messages, folder)),
        &|| gpgsm.as_ref().and_then(|by| into("gpgsm.out", &|file, out| by.open(file, out))),
        &|| nss.as_ref().and_then(|by| into("nss.out", &|file, out| by.open(file, out))),
        &|| has_pyca(folder).then(|| pyca(messages, folder)),
    ];
    std::thread::scope(|scope| by.map(|it| scope.spawn(it)).map(|it| it.join().unwrap()))
}

fn row(message: &Message, cells: &[&str]) -> String {
    let [recipient, cipher, container] = &message.what;
    format!("| {recipient} | {cipher} | {container} | {} |\n", cells.join(" | "))
}

const HEAD: &str = "\
# Who opens what is sealed

What `Sealer` makes of one content of 100,000 bytes, opened by programs that nobody here wrote. Made by a test
(`tests/seal_interop.rs`) with OpenSSL 3.0, Bouncy Castle 1.72 under `-Xmx64m`, gpgsm 2.2, NSS 3.87 and
pyca/cryptography 48; the first row is the default. DER is what is made where the size is known beforehand.
X25519 (RFC 8418) and ML-KEM (RFC 9936) are younger than these versions, none of which opens them: that others do has
not been shown. Messages for such keys that others made are opened ([INTEROP.md](INTEROP.md)).

";

#[test]
fn the_table_of_who_opens_what_is_sealed() {
    if !has("openssl") {
        return skipped("openssl is not there");
    }
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let messages = messages(folder);
    let opened = open_all(&messages, folder);
    let missing: Vec<&str> =
        OPENERS.iter().zip(&opened).filter(|(_, it)| it.is_none()).map(|(it, _)| *it).collect();
    let mut table = HEAD.to_owned();
    writeln!(table, "| recipient | cipher | container | {} |", OPENERS.join(" | ")).unwrap();
    writeln!(table, "|{}", "---|".repeat(3 + OPENERS.len())).unwrap();
    for (at, message) in messages.iter().enumerate() {
        let cell = |opener: &Option<Vec<bool>>| match opener {
            Some(cells) if cells[at] => "yes",
            _ => "no",
        };
        table += &row(message, &opened.each_ref().map(cell));
    }
    // What the documented commands must open, whatever the table says.
    for (at, message) in messages.iter().enumerate() {
        let is_plain = message.what[0] == "RSAES-PKCS1-v1_5" && !message.is_authenticated;
        let is_text = message.container != SealContainer::MimeBinary;
        if is_plain && is_text {
            assert!(opened[0].as_ref().unwrap()[at], "openssl smime: {:?}", message.what);
        }
        let is_young = ["X25519", "ML-KEM-768"].contains(&&*message.what[0]);
        let is_known = message.what[1] != "ChaCha20-Poly1305" && !is_young;
        if is_known && is_text {
            assert!(opened[1].as_ref().unwrap()[at], "openssl cms: {:?}", message.what);
        }
    }
    if !missing.is_empty() {
        return skipped(&format!("{} not there", missing.join(", ")));
    }
    let file = common::core().join("docs/INTEROP-SEALED.md");
    if std::env::var_os("SMIMEZIP_WRITE_INTEROP").is_some() {
        std::fs::write(&file, &table).unwrap();
    }
    let expected = std::fs::read_to_string(&file).unwrap_or_default();
    assert!(expected == table, "the table has changed (SMIMEZIP_WRITE_INTEROP=1):\n{table}");
}

#[test]
fn the_documented_command_opens_the_default_at_every_size() {
    if !has("openssl") {
        return skipped("openssl is not there");
    }
    let recipient = recipient(&sample().join("certificate.pem"));
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let [sealed, out] = ["sealed", "out"].map(|name| folder.join(name));
    let key = sample().join("key.pem");
    let sizes = [0, 1, 15, 16, 17, 47, 48, 49, 4079, 4080, 4095, 4096, 4097, 65_535, 65_537];
    for size in sizes.into_iter().chain([3_000_000]) {
        let content = noise(size as u64, size);
        std::fs::write(&sealed, seal(&recipient, &SealOptions::new(), &content)).unwrap();
        for command in ["smime", "cms"] {
            let [sealed, out, key] = [&sealed, &out, &key].map(|path| path.to_str().unwrap());
            let all = [command, "-decrypt", "-in", sealed, "-inkey", key, "-out", out];
            run(folder, "openssl", &all);
            assert!(std::fs::read(out).unwrap() == content, "{command} {size}");
        }
    }
}
