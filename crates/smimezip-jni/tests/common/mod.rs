//! What the tests of the jar share: the jar, and the tools that are used on it.

#![allow(unreachable_pub, reason = "shared by textual inclusion")]

#[path = "../../../smimezip-capi/tests/common/built.rs"]
mod built;

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::OnceLock;

/// JUnit with its console.
pub const JUNIT: &str = "/usr/share/java/junit-platform-console-standalone.jar";
/// Bouncy Castle.
pub const BOUNCY_CASTLE: [&str; 3] =
    ["/usr/share/java/bcprov.jar", "/usr/share/java/bcutil.jar", "/usr/share/java/bcpkix.jar"];

/// The repository.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}

/// A folder of this test's own, empty.
pub fn scratch(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

/// Whether everything is there; says what is not.
pub fn tools() -> bool {
    let missing = ["javac", "java", "jar", "javadoc"]
        .into_iter()
        .find(|tool| Command::new(tool).arg("-version").output().is_err())
        .or_else(|| [JUNIT].into_iter().chain(BOUNCY_CASTLE).find(|jar| !Path::new(jar).exists()));
    if let Some(missing) = missing {
        println!("SKIPPED: {missing} is not installed");
    }
    missing.is_none()
}

/// Runs a command that must succeed.
pub fn run(command: &mut Command) -> Output {
    // Java takes names of files and arguments in the encoding of the locale.
    command.env("LC_ALL", "C.UTF-8");
    if std::env::var_os("SMIMEZIP_THOROUGH").is_none() {
        // Programs that live for seconds are not to prepare for hours.
        let given = std::env::var("JAVA_TOOL_OPTIONS").unwrap_or_default();
        command.env("JAVA_TOOL_OPTIONS", given + " -XX:TieredStopAtLevel=1");
    }
    let output = command.output().unwrap();
    assert!(
        output.status.success(),
        "{command:?}: {}\n{}{}",
        output.status,
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    output
}

/// The jar, made once.
pub fn jar() -> &'static Path {
    static JAR: OnceLock<PathBuf> = OnceLock::new();
    JAR.get_or_init(|| {
        let out = scratch("jar");
        let mut script = Command::new(root().join("crates/smimezip-jni/build-jar.sh"));
        script.arg("--debug").arg(&out);
        if let Some(built) = built::folder("libsmimezip_jni") {
            let libraries = scratch("libraries");
            let platform = libraries.join(format!("linux-{}", std::env::consts::ARCH));
            std::fs::create_dir(&platform).unwrap();
            let library = platform.join("libsmimezip_jni.so");
            std::fs::copy(built.join("libsmimezip_jni.so"), &library).unwrap();
            // As the script does where it builds one; without the program it is only longer.
            let _ = Command::new("strip").arg("--strip-unneeded").arg(&library).status();
            script.env("PREBUILT", "1").env("LIBRARIES", libraries);
        } else {
            // A folder of its own: cargo is at work in the other.
            let target = Path::new(env!("CARGO_TARGET_TMPDIR")).join("jni");
            script.env("CARGO_TARGET_DIR", target);
        }
        let output = run(&mut script);
        PathBuf::from(String::from_utf8(output.stdout).unwrap().trim())
    })
}

/// As `java -cp` takes it.
pub fn class_path(parts: &[&Path]) -> String {
    std::env::join_paths(parts).unwrap().into_string().unwrap()
}

/// The Java sources below a folder.
pub fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(sources(&path));
        } else if path.extension().is_some_and(|it| it == "java") {
            found.push(path);
        }
    }
    found
}

/// Compiles sources into a folder of that name.
pub fn compile(sources: &[PathBuf], class_path: &str, name: &str) -> PathBuf {
    let classes = scratch(name);
    run(Command::new("javac")
        .args(["--release", "11", "-Xlint:all,-path,-try", "-Werror", "-cp", class_path, "-d"])
        .arg(&classes)
        .args(sources));
    classes
}
