//! Key files of the programs that make them, made anew by the programs themselves: each opens a
//! message for its key, or is called by its name with the command that converts it, which is then
//! run. `docs/INTEROP-KEYS.md` is the table; made anew by `SMIMEZIP_WRITE_INTEROP=1`.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

use crate::common;

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use common::{data, has, limits, skipped, try_run};
use smimezip::message::Envelope;
use smimezip::{Error, ErrorKind, KeyRing, Passphrase};

/// A line of `data/key-makers.tsv`: who makes a file, the commands that takes, its form, what is in
/// the name it is called by (nothing, if it opens), and a script that writes the file `out`.
///
/// In a script `$KEY` and `$CERT` are the RSA key and its certificate, `$P256` the key on P-256, in
/// PEM;
/// `key.der`, `cert.der`, `main.p12` are made of them, and in the folder `bc` what Bouncy Castle
/// makes. The passphrase is `correct`.
struct Maker {
    name: &'static str,
    tools: Vec<&'static str>,
    form: &'static str,
    called: Option<&'static str>,
    script: &'static str,
}

fn makers() -> Vec<Maker> {
    let lines = include_str!("data/key-makers.tsv").lines();
    lines
        .map(|line| {
            let fields: Vec<_> = line.split('\t').collect();
            let [name, tools, form, called, script] = fields.try_into().unwrap();
            let called = Some(called).filter(|it| !it.is_empty());
            Maker { name, tools: tools.split(' ').collect(), form, called, script }
        })
        .collect()
}

const JARS: &str =
    "/usr/share/java/bcprov.jar:/usr/share/java/bcpkix.jar:/usr/share/java/bcutil.jar";

/// Writes a key in one of the forms of pyca/cryptography.
const PYCA_PROGRAM: &str = r"
import sys
from cryptography import x509
from cryptography.hazmat.primitives import serialization as s
from cryptography.hazmat.primitives.serialization import pkcs12
form, how = sys.argv[1:]
key = s.load_der_private_key(open('key.der', 'rb').read(), None)
certificate = x509.load_der_x509_certificate(open('cert.der', 'rb').read())
encryption = s.BestAvailableEncryption(b'correct') if how == 'encrypted' else s.NoEncryption()
if form == 'PKCS12':
    out = pkcs12.serialize_key_and_certificates(b'main', key, certificate, None, encryption)
else:
    out = key.private_bytes(s.Encoding.PEM, getattr(s.PrivateFormat, form), encryption)
open('out', 'wb').write(out)
";

/// What every script begins with.
fn prelude() -> String {
    let keys = data().join("keys");
    let envelopes = data().join("envelopes/keys");
    let show = |path: PathBuf| path.to_str().unwrap().to_owned();
    format!(
        "set -e\nKEY={}\nCERT={}\nP256={}\nP256_CERT={}\n\
         NSS_IMPORT='eval mkdir nss && certutil -N -d sql:nss --empty-password && \
         pk12util -i main.p12 -d sql:nss -W correct'\n\
         export GNUPGHOME=$PWD/gnupg\n\
         GPGSM='gpgsm --batch --pinentry-mode loopback --passphrase-fd 0'\n",
        show(keys.join("main.key.pem")),
        show(keys.join("main.cert.pem")),
        show(envelopes.join("p256.key.pem")),
        show(envelopes.join("p256.cert.pem")),
    )
}

fn shell(folder: &Path, script: &str) -> (bool, String) {
    let script = format!("{}{script}", prelude());
    let (ok, output) = try_run(folder, "bash", &["-c", &script], b"");
    (ok, String::from_utf8_lossy(&output).into_owned())
}

/// The interpreter that has pyca/cryptography.
fn python() -> Option<&'static str> {
    static FOUND: OnceLock<Option<&str>> = OnceLock::new();
    *FOUND.get_or_init(|| {
        ["python3", "/usr/bin/python3"].into_iter().find(|python| {
            has(python) && shell(Path::new("/"), &format!("{python} -c 'import cryptography'")).0
        })
    })
}

/// Why a maker cannot be asked here.
fn missing(maker: &Maker) -> Option<String> {
    let tool = maker.tools.iter().find(|tool| !has(tool));
    tool.map(|tool| format!("{tool} is missing")).or_else(|| match maker.name {
        "pyca/cryptography" if python().is_none() => {
            Some("python's cryptography is missing".into())
        }
        "Bouncy Castle" if !JARS.split(':').all(|jar| Path::new(jar).exists()) => {
            Some("Bouncy Castle is missing".into())
        }
        _ => None,
    })
}

fn open(file: &[u8], maker: &Maker) -> Result<(), Error> {
    let mut ring = KeyRing::new();
    ring.add(file, &mut || Some(Passphrase::new("correct")), &limits())?;
    let is_ec = maker.script.contains("$P256");
    let message = if is_ec { "openssl-kari-p256-sha256" } else { "openssl-ktri-aes-256-cbc-der" };
    let envelope = Envelope::open_file(data().join("envelopes").join(message))?;
    envelope.unlock(&ring).map(|_| ())
}

/// Makes one file and opens it, or what its command makes of it.
fn check(maker: &Maker, folder: &Path) {
    let Maker { name, form, script, .. } = maker;
    let pyca = format!("{} pyca.py", python().unwrap_or("python3"));
    let (ok, output) = shell(folder, &format!("PYCA='{pyca}'\nrm -rf out nss\n{script}"));
    assert!(ok, "{name}, {form}: {output}");
    let file = std::fs::read(folder.join("out")).unwrap();
    match (open(&file, maker), maker.called) {
        (Ok(()), None) => {}
        (Err(error), Some(expected)) => {
            let text = error.to_string();
            assert!(text.contains(expected), "{name}, {form}: {text}");
            if let ErrorKind::BadKey(problem) = error.kind()
                && let Some(command) = problem.convert()
                && *name != "gpgsm"
            {
                convert(command, maker, folder);
            }
        }
        (Ok(()), Some(_)) => panic!("{name}, {form}: opened"),
        (Err(error), None) => panic!("{name}, {form}: {error}"),
    }
}

/// Runs the command that was said, its questions answered, and opens what it makes.
fn convert(command: &str, maker: &Maker, folder: &Path) {
    let command =
        command.replace("FILE", "out").replace("bcprov.jar", "/usr/share/java/bcprov.jar");
    let answered = if command.starts_with("keytool") {
        format!("{command} -srcstorepass correct -deststorepass correct -noprompt")
    } else {
        command.replace("ssh-keygen -p", "chmod 600 key.pem && ssh-keygen -P '' -N '' -p")
    };
    let (ok, output) = shell(folder, &format!("rm -f key.p12 key.pem\n{answered}"));
    assert!(ok, "{command}: {output}");
    let made = ["key.p12", "key.pem"].map(|name| folder.join(name));
    let made = made.iter().find(|path| path.exists()).expect(&command);
    open(&std::fs::read(made).unwrap(), maker).unwrap_or_else(|error| panic!("{command}: {error}"));
}

#[test]
fn key_files_of_every_maker_open_or_are_called_by_name() {
    if !has("openssl") || !has("bash") {
        return skipped("openssl or bash is missing");
    }
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    std::fs::write(at.join("pyca.py"), PYCA_PROGRAM).unwrap();
    let (ok, output) = shell(
        at,
        "openssl pkcs8 -topk8 -nocrypt -in $KEY -outform DER -out key.der\n\
         openssl x509 -in $CERT -outform DER -out cert.der\n\
         openssl pkcs12 -export -inkey $KEY -in $CERT -name main -passout pass:correct \
           -out main.p12",
    );
    assert!(ok, "{output}");
    if makers().iter().all(|it| it.name != "Bouncy Castle" || missing(it).is_none()) {
        // One start of Java for all its forms.
        let source = common::core().join("tests/tools/KeyMaker.java");
        let all = makers();
        let forms: Vec<_> = all.iter().filter_map(|it| it.script.strip_prefix("cp bc/")).collect();
        let forms = forms.join(" ").replace(" out", "");
        let source = source.to_str().unwrap();
        let make =
            format!("mkdir bc; java -cp {JARS} {source} key.der cert.der correct bc {forms}");
        let (ok, output) = shell(at, &make);
        assert!(ok, "{output}");
    }
    let (of_gpgsm, others): (Vec<_>, Vec<_>) =
        makers().into_iter().partition(|maker| maker.name == "gpgsm");
    let mut asked = 0;
    let mut why = BTreeSet::new();
    for maker in &others {
        if let Some(reason) = missing(maker) {
            why.insert(reason);
        } else {
            check(maker, at);
            asked += 1;
        }
    }
    if let Some(reason) = missing(&of_gpgsm[0]) {
        why.insert(reason);
    } else {
        // It needs an agent, which is ended afterwards.
        let (ok, output) = shell(
            at,
            "mkdir -m 700 gnupg\n\
             echo s2k-count 65536 >gnupg/gpg-agent.conf\n\
             openssl pkcs12 -export -legacy -inkey $KEY -in $CERT -passout pass:correct \
               -out old.p12\n\
             printf correct | $GPGSM --import old.p12",
        );
        // Where no agent can be started, as in a path too long for its socket.
        if ok {
            for maker in &of_gpgsm {
                check(maker, at);
            }
            asked += of_gpgsm.len();
        } else {
            why.insert(format!("gpgsm does not import: {output}"));
        }
        shell(at, "gpgconf --kill all");
    }
    println!("{asked} files of {}", of_gpgsm.len() + others.len());
    for reason in &why {
        skipped(reason);
    }
}

#[test]
fn the_table_says_who_was_asked() {
    let mut table = String::from(
        "# Key files of other software\n\n\
         Made by `tests/key_makers.rs`, which has each program make its file, and opens a message with it. Where\n\
         a form is not read, the error calls it by its name; where it names a command that converts it, the test\n\
         runs that command and opens a message with what it makes.\n\n",
    );
    let all = makers();
    let names: BTreeSet<_> = all.iter().map(|maker| maker.name).collect();
    let forms: BTreeSet<_> = all.iter().map(|maker| (maker.name, maker.form)).collect();
    assert_eq!(forms.len(), all.len(), "a form twice");
    writeln!(table, "{} forms of {} programs.\n", forms.len(), names.len()).unwrap();
    table.push_str("| program | form | outcome |\n|---|---|---|\n");
    for Maker { name, form, called, .. } in &all {
        let outcome = match called {
            None => "opens".to_owned(),
            Some(what) => format!("not read; named: {what}"),
        };
        writeln!(table, "| {name} | {form} | {outcome} |").unwrap();
    }
    let path = common::core().join("docs/INTEROP-KEYS.md");
    if std::env::var_os("SMIMEZIP_WRITE_INTEROP").is_some() {
        std::fs::write(&path, &table).unwrap();
    }
    let committed = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(committed == table, "docs/INTEROP-KEYS.md is not what the test says");
    assert!(forms.len() >= 20 && names.len() >= 10, "{} forms", forms.len());
}
