//! Other programs that open messages, with the key `keys/main` of the test data.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use super::{data, has, run, run_with, try_run};

/// The jars of Bouncy Castle, as Debian has them.
pub fn bouncy_castle() -> String {
    ["bcprov", "bcutil", "bcpkix"].map(|jar| format!("/usr/share/java/{jar}.jar")).join(":")
}

/// Whether there is Java with Bouncy Castle.
pub fn has_bouncy_castle() -> bool {
    has("java") && bouncy_castle().split(':').all(|jar| Path::new(jar).exists())
}

/// The key and certificate for programs that want them together, under the passphrase `test`.
fn pkcs12(folder: &Path) -> PathBuf {
    let file = folder.join("main.p12");
    let keys = data().join("keys");
    let [key, certificate] = ["main.key.pem", "main.cert.pem"].map(|name| keys.join(name));
    let key = key.to_str().unwrap();
    let all = ["pkcs12", "-export", "-inkey", key, "-in", certificate.to_str().unwrap()];
    let rest = ["-legacy", "-name", "main", "-passout", "pass:test", "-out"];
    run(folder, "openssl", &[&all[..], &rest, &[file.to_str().unwrap()]].concat());
    file
}

/// Takes away what was there, so that what is there afterwards is of this run.
fn fresh(out: &Path) -> &str {
    let _ = std::fs::remove_file(out);
    out.to_str().unwrap()
}

/// gpgsm with a home of its own.
pub struct Gpgsm(PathBuf);

impl Gpgsm {
    /// `None` if it is not there.
    pub fn new(folder: &Path) -> Option<Self> {
        if !has("gpgsm") {
            return None;
        }
        let home = folder.join("gnupg");
        std::fs::create_dir(&home).unwrap();
        // Without a count the agent measures the processor, and protects keys for as long as that.
        let settings = "allow-loopback-pinentry\ns2k-count 65536\n";
        std::fs::write(home.join("gpg-agent.conf"), settings).unwrap();
        let this = Self(home);
        this.run(&["--import", pkcs12(folder).to_str().unwrap()]);
        Some(this)
    }

    fn run(&self, arguments: &[&str]) -> (bool, Vec<u8>) {
        let home = self.0.to_str().unwrap();
        let options = ["--homedir", home, "--batch", "--pinentry-mode", "loopback"];
        let all = [&options[..], &["--passphrase-fd", "0", "--disable-crl-checks"], arguments];
        try_run(&self.0, "gpgsm", &all.concat(), b"test\n")
    }

    /// Opens `file` into `out`; whether it says that it did.
    pub fn open(&self, file: &Path, out: &Path) -> bool {
        let file = file.to_str().unwrap();
        self.run(&["--output", fresh(out), "--decrypt", file]).0
    }
}

impl Drop for Gpgsm {
    fn drop(&mut self) {
        let home = self.0.to_str().unwrap();
        try_run(&self.0, "gpgconf", &["--homedir", home, "--kill", "all"], b"");
    }
}

/// NSS with a database of its own.
pub struct Nss(PathBuf, String);

impl Nss {
    /// `None` if it is not there.
    pub fn new(folder: &Path) -> Option<Self> {
        if !has("cmsutil") || !has("pk12util") {
            return None;
        }
        let database = folder.join("nss");
        std::fs::create_dir(&database).unwrap();
        let database = format!("sql:{}", database.display());
        run(folder, "certutil", &["-N", "-d", &database, "--empty-password"]);
        let file = pkcs12(folder);
        let all = ["-d", &database, "-i", file.to_str().unwrap(), "-W", "test"];
        run(folder, "pk12util", &all);
        Some(Self(folder.to_owned(), database))
    }

    /// Opens `file` into `out`; whether it says that it did.
    pub fn open(&self, file: &Path, out: &Path) -> bool {
        let all = ["-D", "-d", &self.1, "-i", file.to_str().unwrap(), "-o", fresh(out)];
        try_run(&self.0, "cmsutil", &all, b"").0
    }
}

const PYCA: &str = "
import sys
from cryptography import x509
from cryptography.hazmat.primitives.serialization import load_pem_private_key, pkcs7
for line in sys.stdin:
    form, message, certificate, key, out = line.rstrip('\\n').split('\\t')
    try:
        certificate = x509.load_pem_x509_certificate(open(certificate, 'rb').read())
        key = load_pem_private_key(open(key, 'rb').read(), None)
        decrypt = getattr(pkcs7, 'pkcs7_decrypt_' + form)
        content = decrypt(open(message, 'rb').read(), certificate, key, [])
        open(out, 'wb').write(content)
        print('OK')
    except Exception as error:
        print(repr(error).replace('\\n', ' '))
";

/// The interpreter that has a pyca/cryptography that decrypts: Debian's is too old for it.
fn python() -> String {
    std::env::var("SMIMEZIP_PYTHON").unwrap_or_else(|_| "python3".to_owned())
}

/// Whether there is a pyca/cryptography that decrypts.
pub fn has_pyca(folder: &Path) -> bool {
    let asked = "from cryptography.hazmat.primitives.serialization.pkcs7 import pkcs7_decrypt_der";
    has(&python()) && try_run(folder, &python(), &["-c", asked], b"").0
}

/// What pyca/cryptography is to open.
pub struct Job<'a> {
    /// `smime`, `pem` or `der`.
    pub form: String,
    pub file: &'a Path,
    /// Beside it is its certificate.
    pub key: &'a str,
    pub out: PathBuf,
}

/// Has pyca/cryptography open them, with one start of Python; whether it says of each that it did.
pub fn pyca_open(folder: &Path, jobs: &[Job<'_>]) -> Vec<bool> {
    let mut input = String::new();
    for Job { form, file, key, out } in jobs {
        let certificate = key.replace(".key.", ".cert.");
        writeln!(input, "{form}\t{}\t{certificate}\t{key}\t{}", file.display(), fresh(out))
            .unwrap();
    }
    let said = run_with(folder, &python(), &["-c", PYCA], input.as_bytes());
    let said = String::from_utf8(said).unwrap();
    assert_eq!(said.lines().count(), jobs.len(), "{said}");
    said.lines().map(|line| line == "OK").collect()
}
