//! The programs that take part: ours, built beside this one, and those found on the machine.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::measure::{Step, is_there};

/// Bouncy Castle and zip4j, as Debian installs them.
const JARS: [&str; 4] = ["bcprov", "bcutil", "bcpkix", "zip4j"];

pub(crate) struct Peers {
    pub(crate) ours: String,
    /// This program, for what it does itself.
    pub(crate) own: String,
    pub(crate) gpgsm: bool,
    pub(crate) ripunzip: bool,
    pub(crate) pigz: bool,
    /// Arguments of `java` that come before the job, if there is all it needs.
    java: Option<Vec<String>>,
}

impl Peers {
    pub(crate) fn find(folder: &Path) -> Result<Self, String> {
        let own = std::env::current_exe().map_err(|error| error.to_string())?;
        let ours = own.with_file_name("smimezip");
        if !ours.exists() {
            return Err("build it first: cargo build --release -p smimezip-cli".into());
        }
        let peers = Self {
            ours: ours.display().to_string(),
            own: own.display().to_string(),
            gpgsm: is_there("gpgsm"),
            ripunzip: is_there("ripunzip"),
            pigz: is_there("pigz"),
            java: java(folder),
        };
        let left_out = [
            (peers.gpgsm, "gpgsm"),
            (peers.ripunzip, "ripunzip"),
            (peers.pigz, "pigz"),
            (
                peers.java.is_some(),
                "Bouncy Castle and zip4j (a JDK, libbcpkix-java, libzip4j-java)",
            ),
        ];
        for (_, name) in left_out.iter().filter(|(there, _)| !there) {
            println!("left out, as it is not installed: {name}");
        }
        Ok(peers)
    }

    /// A job for `Peer.java`.
    pub(crate) fn java(&self, arguments: &[&str]) -> Option<Step> {
        let before = self.java.as_ref()?;
        let all: Vec<&str> =
            before.iter().map(String::as_str).chain(arguments.iter().copied()).collect();
        Some(Step::new("java", &all))
    }
}

fn java(folder: &Path) -> Option<Vec<String>> {
    let jars: Vec<PathBuf> =
        JARS.iter().map(|name| PathBuf::from(format!("/usr/share/java/{name}.jar"))).collect();
    if !jars.iter().all(|jar| jar.exists()) {
        return None;
    }
    let jars: Vec<_> = jars.iter().map(|jar| jar.display().to_string()).collect();
    let path = format!("{}:{}", folder.display(), jars.join(":"));
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("java/Peer.java");
    let compiled = Command::new("javac")
        .args(["-nowarn", "-cp", &path, "-d"])
        .arg(folder)
        .arg(source)
        .status();
    if !compiled.is_ok_and(|status| status.success()) {
        return None;
    }
    Some(vec!["-Xmx2g".into(), "-cp".into(), path, "Peer".into()])
}
