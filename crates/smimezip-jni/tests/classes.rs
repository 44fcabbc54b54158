//! The jar as its users have it: built, tested by JUnit under `-Xcheck:jni`, its examples run, its
//! page's commands followed. Needs a JDK and Debian's junit5 and Bouncy Castle, and says so where
//! they are missing.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

use crate::common;

use std::path::{Path, PathBuf};
use std::process::Command;

use common::{BOUNCY_CASTLE, JUNIT, class_path, compile, jar, root, run, scratch, sources, tools};

#[test]
fn junit_under_xcheck_jni() {
    if !tools() {
        return;
    }
    let mut parts = vec![jar(), Path::new(JUNIT)];
    parts.extend(BOUNCY_CASTLE.map(Path::new));
    let tests = root().join("crates/smimezip-jni/java/src/test/java");
    let classes = compile(&sources(&tests), &class_path(&parts), "junit-classes");
    let mut parts = vec![&*classes, jar()];
    parts.extend(BOUNCY_CASTLE.map(Path::new));
    let output = run(Command::new("java")
        .args(["-Xcheck:jni", "-Xmx256m"])
        .arg(format!("-Dsmimezip.jar={}", jar().display()))
        .arg(format!("-Dsmimezip.sample={}", root().join("examples/data").display()))
        .arg(format!("-Dsmimezip.data={}", root().join("crates/smimezip/tests/data").display()))
        .arg("-Dio.github.smimezip.bundledOnly=true")
        .arg(format!("-Dsmimezip.thorough={}", std::env::var_os("SMIMEZIP_THOROUGH").is_some()))
        .args(["-jar", JUNIT, "--disable-banner", "--details=tree", "--disable-ansi-colors"])
        .args(["-cp", &class_path(&parts), "--scan-classpath"])
        .arg(&classes));
    let shown = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
    println!("{shown}");
    // What -Xcheck:jni finds, and what would mean that nothing ran.
    for bad in
        ["WARNING in native method", "FATAL ERROR in native method", "WARNING: JNI local refs"]
    {
        assert!(!shown.contains(bad), "{shown}");
    }
    let passed = shown.lines().find(|line| line.contains("tests successful")).unwrap();
    let count: usize =
        passed.trim_matches(['[', ']', ' ']).split_whitespace().next().unwrap().parse().unwrap();
    assert!(count >= 50, "{passed}");
}

#[test]
fn only_native_methods_are_exported() {
    if !tools() {
        return;
    }
    let unpacked = scratch("unpacked");
    run(Command::new("jar").arg("--extract").arg("--file").arg(jar()).current_dir(&unpacked));
    let library = unpacked.join("META-INF/native/linux-x86_64/libsmimezip_jni.so");
    if !library.exists() {
        println!("SKIPPED: another platform than linux-x86_64");
        return;
    }
    let output = run(Command::new("nm").args(["-D", "--defined-only"]).arg(library));
    let symbols = String::from_utf8(output.stdout).unwrap();
    let native = std::fs::read_to_string(
        root()
            .join("crates/smimezip-jni/java/src/main/java/io/github/smimezip/internal/Native.java"),
    )
    .unwrap();
    let declared = native.matches("static native ").count();
    // Without optimisation there is one more, which a class of the tests has.
    let panic = "Java_io_github_smimezip_internal_Panics_panic";
    assert_eq!(symbols.matches(panic).count(), 1, "{symbols}");
    assert_eq!(symbols.lines().count(), declared + 1, "{symbols}");
    for line in symbols.lines() {
        let name = line.split_whitespace().last().unwrap();
        assert!(
            name == panic || name.starts_with("Java_io_github_smimezip_internal_Native_"),
            "{name}"
        );
    }
}

#[test]
fn versions_agree() {
    let version = env!("CARGO_PKG_VERSION");
    let java = root().join("crates/smimezip-jni/java");
    let loader = java.join("src/main/java/io/github/smimezip/internal/NativeLoader.java");
    let loader = std::fs::read_to_string(loader).unwrap();
    assert!(loader.contains(&format!("VERSION = \"{version}\"")));
    let pom = std::fs::read_to_string(java.join("pom.xml")).unwrap();
    assert!(pom.contains(&format!("<version>{version}</version>")));
}

/// The statuses of the core's errors and those of Java's `Status` are the same.
#[test]
fn statuses_agree() {
    use std::collections::BTreeSet;

    let java = root().join("crates/smimezip-jni/java/src/main/java/io/github/smimezip/Status.java");
    let java = std::fs::read_to_string(java).unwrap();
    let numbers: BTreeSet<i32> = java
        .lines()
        .filter_map(|line| line.trim().trim_end_matches([',', ';']).strip_suffix(')'))
        .filter_map(|line| line.split_once('(')?.1.parse().ok())
        .collect();
    // What -1 is in C is an unchecked exception in Java.
    let core = smimezip::ErrorKind::TABLE.iter().map(|row| row.2);
    let core: BTreeSet<i32> = core.filter(|status| *status != -1).collect();
    assert_eq!(numbers, core);
}

/// Java's limits are the core's: the same names, the same numbers, and no others.
#[test]
fn limits_agree() {
    let java = root().join("crates/smimezip-jni/java/src/main/java/io/github/smimezip/Limit.java");
    let java = std::fs::read_to_string(java).unwrap();
    let constants: Vec<(String, i32)> = java
        .lines()
        .filter_map(|line| {
            line.trim().trim_end_matches([',', ';']).strip_suffix(')')?.split_once('(')
        })
        .filter(|(name, _)| name.chars().all(|c| c.is_ascii_uppercase() || c == '_'))
        .map(|(name, number)| (name.to_lowercase(), number.parse().unwrap()))
        .collect();
    let known: Vec<(String, i32)> =
        smimezip::Limit::ALL.iter().map(|limit| (limit.name().into(), limit.number())).collect();
    assert_eq!(constants, known);
}

/// What Java's page says of a limit's default is the core's; of some it is no number.
#[test]
fn the_documented_defaults_of_limits_are_right() {
    let java = root().join("crates/smimezip-jni/java/src/main/java/io/github/smimezip/Limit.java");
    let java = std::fs::read_to_string(java).unwrap();
    let defaults = smimezip::Limits::new();
    for limit in smimezip::Limit::ALL {
        let constant = format!("\n    {}(", limit.name().to_uppercase());
        let (before, _) = java.split_once(&constant).unwrap();
        let (_, said) = before.rsplit_once("Default: ").unwrap();
        let said = said.split(['.', '*']).next().unwrap().replace(',', "");
        let value = match said.trim().strip_suffix(" MiB") {
            Some(mebibytes) => mebibytes.parse::<u64>().unwrap() << 20,
            None => said.trim().parse().unwrap_or(u64::MAX),
        };
        assert_eq!(value, defaults.get(*limit), "{}", limit.name());
    }
}

/// The numbers of an error's facts are those of the C interface.
#[test]
fn numbers_of_facts_agree() {
    let folder = root();
    let java = "crates/smimezip-jni/java/src/main/java/io/github/smimezip/ErrorDetails.java";
    let java = std::fs::read_to_string(folder.join(java)).unwrap();
    let header = std::fs::read_to_string(folder.join("include/smimezip.h")).unwrap();
    let constants: Vec<(&str, &str)> = java
        .lines()
        .filter_map(|line| line.trim().strip_prefix("static final int ")?.split_once(" = "))
        .collect();
    assert_eq!(constants.len(), 14);
    for (name, number) in constants {
        let number = number.trim_end_matches(';');
        assert!(header.contains(&format!("#define SMZ_ERROR_{name} {number}\n")), "{name}");
    }
}

/// FNV-1a, in hexadecimal digits.
fn checksum(text: &str) -> String {
    let step = |sum: u32, byte: &u8| (sum ^ u32::from(*byte)).wrapping_mul(0x0100_0193);
    format!("{:08x}", text.as_bytes().iter().fold(0x811c_9dc5, step))
}

/// Classes and library know each other by a checksum of the native methods, so that a library of
/// the same version with other methods is not loaded.
#[test]
fn the_checksum_of_the_interface_is_right_on_both_sides() {
    let folder = root().join("crates/smimezip-jni");
    let read = |path: &str| std::fs::read_to_string(folder.join(path)).unwrap();
    let java = "java/src/main/java/io/github/smimezip/internal";
    let native = read(&format!("{java}/Native.java"));
    let declarations: Vec<&str> = native
        .split(';')
        .filter_map(|text| text.split_once("static native "))
        .map(|(_, declaration)| declaration)
        .collect();
    assert!(declarations.len() > 30);
    let text = declarations.join(";");
    let sum = checksum(&text.split_whitespace().collect::<Vec<_>>().join(" "));
    let loader = read(&format!("{java}/NativeLoader.java"));
    assert!(
        loader.contains(&format!("INTERFACE = \"{sum}\"")) && read("src/archive.rs").contains(&sum),
        "the checksum in NativeLoader.java and src/archive.rs has to be {sum}"
    );
}

/// Every command of the page for Java programmers, in a row, as a newcomer types them.
#[test]
#[ignore = "builds with optimisation, which takes minutes; .ci/run runs it"]
fn the_pages_commands_work() {
    if !tools() {
        return;
    }
    let page = std::fs::read_to_string(root().join("crates/smimezip-jni/README.md")).unwrap();
    let blocks: Vec<&str> =
        page.split("```sh\n").skip(1).map(|rest| rest.split("```").next().unwrap()).collect();
    assert!(blocks.len() >= 2, "{} blocks", blocks.len());
    let script = format!("set -euo pipefail\n{}", blocks.join("\n"));
    let output = run(Command::new("bash").args(["-c", &script]).current_dir(root()));
    let shown = String::from_utf8(output.stdout).unwrap();
    println!("{shown}");
    assert!(shown.contains("6 files, 407455 bytes"), "{shown}");
    // The library that is given away cannot be made to panic.
    let folder = scratch("release");
    let jar = format!("target/java/smimezip-{}.jar", env!("CARGO_PKG_VERSION"));
    run(Command::new("jar").arg("-xf").arg(root().join(jar)).current_dir(&folder));
    let library = folder.join("META-INF/native/linux-x86_64/libsmimezip_jni.so");
    if library.exists() {
        let output = run(Command::new("nm").args(["-D", "--defined-only"]).arg(library));
        assert!(!String::from_utf8(output.stdout).unwrap().contains("Panics"));
    }
}

/// Reads a message of that size with a heap of 32 MiB; the highest resident memory in KiB.
fn read_with_a_small_heap(jar: &Path, megabytes: u64) -> u64 {
    let folder = scratch(&format!("small-heap-{megabytes}"));
    let data = root().join("examples/data");
    let source =
        root().join("crates/smimezip-jni/java/src/test/java/io/github/smimezip/SmallHeap.java");
    let classes =
        compile(&[source], &class_path(&[jar]), &format!("small-heap-classes-{megabytes}"));
    let seal = format!(
        "head -c {megabytes}000000 /dev/zero | \
         openssl smime -encrypt -binary -aes256 -stream -out message {}",
        data.join("certificate.pem").display()
    );
    run(Command::new("sh").args(["-c", &seal]).current_dir(&folder));
    let output = run(Command::new("java")
        .args(["-Xmx32m", "-cp", &class_path(&[&classes, jar]), "io.github.smimezip.SmallHeap"])
        .arg(folder.join("message"))
        .arg(data.join("key.pem")));
    let _ = std::fs::remove_dir_all(&folder);
    let shown = String::from_utf8(output.stdout).unwrap();
    let numbers: Vec<u64> = shown.lines().map(|line| line.parse().unwrap()).collect();
    let [at_positions, forward, resident] = numbers[..] else { panic!("{shown}") };
    assert_eq!((at_positions, forward), (megabytes * 1_000_000, megabytes * 1_000_000));
    println!("{megabytes} MB with a heap of 32 MiB: {resident} KiB resident at most");
    resident
}

#[test]
fn a_small_heap_is_enough() {
    if !tools() {
        return;
    }
    read_with_a_small_heap(jar(), 50);
}

#[test]
#[ignore = "takes minutes and 3 GB of disk; .ci/run runs it, the twin above runs always"]
fn a_small_heap_is_enough_for_2_gb() {
    if !tools() {
        return;
    }
    let out = scratch("release-jar");
    let script = root().join("crates/smimezip-jni/build-jar.sh");
    let output = run(Command::new(script).args(["--no-docs"]).arg(&out));
    let jar = PathBuf::from(String::from_utf8(output.stdout).unwrap().trim());
    let small = read_with_a_small_heap(&jar, 50);
    let large = read_with_a_small_heap(&jar, 2_200);
    // Flat, and what is beyond Java's own stays under 64 MiB.
    assert!(large < small + 32 * 1024, "{small} KiB, then {large} KiB");
}

/// A token of SoftHSM with an RSA and an elliptic curve key, neither of which it gives out.
#[test]
fn keys_in_a_token_open_messages() {
    let installed = |tool: &str| Command::new(tool).arg("--help").output().is_ok();
    if !tools() {
        return;
    }
    if let Some(tool) =
        ["softhsm2-util", "pkcs11-tool", "openssl"].into_iter().find(|it| !installed(it))
    {
        println!("SKIPPED: {tool} is not installed");
        return;
    }
    let folder = scratch("token");
    let data = root().join("crates/smimezip/tests/data");
    let script = r#"
        set -eu
        module=$(find /usr/lib -name libsofthsm2.so -print -quit)
        mkdir tokens
        softhsm2-util --init-token --free --label t --so-pin 5678 --pin 1234
        put() {
            pkcs11-tool --module "$module" --token-label t --login --pin 1234 --write-object "$@"
        }
        openssl rsa -in "$1/keys/main.key.pem" -traditional -outform DER -out rsa
        openssl x509 -in "$1/keys/main.cert.pem" -outform DER -out rsa.cert
        put rsa --type privkey --id 01 --label rsa --usage-decrypt
        put rsa.cert --type cert --id 01 --label rsa
        openssl pkey -in "$1/envelopes/keys/p256.key.pem" -outform DER -out ec
        openssl x509 -in "$1/envelopes/keys/p256.cert.pem" -outform DER -out ec.cert
        put ec --type privkey --id 02 --label ec --usage-derive
        put ec.cert --type cert --id 02 --label ec
        printf '%s\n' "name = soft" "library = $module" "slotListIndex = 0" \
          "attributes(*,CKO_SECRET_KEY,CKK_GENERIC_SECRET) = {" " CKA_SENSITIVE = false" \
          " CKA_EXTRACTABLE = true" "}" >provider.cfg
    "#;
    let settings = folder.join("softhsm2.conf");
    std::fs::write(&settings, format!("directories.tokendir = {}/tokens\n", folder.display()))
        .unwrap();
    run(Command::new("bash")
        .args(["-c", script, "bash"])
        .arg(&data)
        .current_dir(&folder)
        .env("SOFTHSM2_CONF", &settings));
    let source =
        root().join("crates/smimezip-jni/java/src/test/java/io/github/smimezip/TokenKeys.java");
    let classes = compile(&[source], &class_path(&[jar()]), "token-classes");
    let message = |name: &str| data.join("envelopes").join(name);
    let output = run(Command::new("java")
        .args([
            "-Xcheck:jni",
            "-cp",
            &class_path(&[&classes, jar()]),
            "io.github.smimezip.TokenKeys",
        ])
        .arg(folder.join("provider.cfg"))
        .args(["1234", "rsa"])
        .arg(message("openssl-ktri-aes-256-cbc-der"))
        .arg("ec")
        .arg(message("openssl-kari-p256-sha256"))
        .env("SOFTHSM2_CONF", &settings));
    assert_eq!(String::from_utf8(output.stdout).unwrap(), "1070 1070\n1070 1070\n");
}
