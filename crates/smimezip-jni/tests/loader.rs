//! The native library as `NativeLoader` finds it: the right one, or a cause that is said; and names
//! of files, which are bytes whatever the locale.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

use crate::common;

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::OnceLock;

use common::{class_path, compile, jar, root, run, scratch, tools};

/// Prints whether the library is there, why not, and what was tried before; then uses it.
const AVAILABLE: &str = "import io.github.smimezip.NativeLibrary;\n\
    public final class Available {\n\
        public static void main(String[] arguments) {\n\
            System.out.println(NativeLibrary.isAvailable());\n\
            NativeLibrary.unavailabilityCause()\n\
                .ifPresent(it -> System.out.println(it.getMessage()));\n\
            NativeLibrary.load();\n\
            new io.github.smimezip.Keyring().close();\n\
        }\n\
    }\n";

/// Runs [`AVAILABLE`] with these arguments of Java.
fn available(classes: &Path, arguments: &[String], locale: &str) -> Output {
    Command::new("java")
        .args(arguments)
        .args(["-cp", &class_path(&[classes, jar()]), "Available"])
        .env("LC_ALL", locale)
        .env_remove("LD_LIBRARY_PATH")
        .output()
        .unwrap()
}

fn available_classes() -> &'static Path {
    static CLASSES: OnceLock<PathBuf> = OnceLock::new();
    CLASSES.get_or_init(|| {
        let source = scratch("available").join("Available.java");
        std::fs::write(&source, AVAILABLE).unwrap();
        compile(&[source], &class_path(&[jar()]), "available-classes")
    })
}

fn property(name: &str, value: &Path) -> String {
    format!("-Dio.github.smimezip.{name}={}", value.display())
}

/// What the jar has inside for this platform; `None` for others than the tests know.
fn bundled() -> Option<PathBuf> {
    static BUNDLED: OnceLock<PathBuf> = OnceLock::new();
    let library = BUNDLED.get_or_init(|| {
        let folder = scratch("bundled");
        run(Command::new("jar").arg("--extract").arg("--file").arg(jar()).current_dir(&folder));
        folder.join("META-INF/native/linux-x86_64/libsmimezip_jni.so")
    });
    library.exists().then(|| library.clone())
}

/// Whatever is wrong with a library, `isAvailable` says so and nothing is thrown before `load`.
#[test]
fn whether_it_is_available_is_never_an_exception() {
    if !tools() {
        return;
    }
    let classes = available_classes();
    let folder = scratch("unavailable");
    let write = |name: &str, bytes: &[u8]| {
        let path = folder.join(name);
        std::fs::write(&path, bytes).unwrap();
        path
    };
    let missing = folder.join("not there.so");
    let mut cases = vec![
        (vec![property("library", &missing)], "not there.so"),
        (vec![property("library", &write("text.so", b"no library"))], "text.so"),
        (vec![property("library", &write("empty.so", b""))], "empty.so"),
        (vec![property("library", &folder)], "unavailable"),
        (vec![property("library", Path::new("/a\u{fffd}b"))], ""),
        (
            vec![
                property("bundledOnly", Path::new("true")),
                property("workdir", Path::new("/not/there")),
            ],
            "/not/there",
        ),
        (
            vec![
                property("bundledOnly", Path::new("true")),
                // Java decodes it as the locale says, and may not be able to name it again.
                property("workdir", &std::env::temp_dir().join("äöü")),
            ],
            "",
        ),
        // Not even properties can be read.
        (vec!["-Djava.security.manager".into(), property("bundledOnly", Path::new("true"))], ""),
        (
            vec!["-Dos.arch=riscv64".into(), property("bundledOnly", Path::new("true"))],
            "riscv64/libsmimezip_jni.so; it has those for ",
        ),
    ];
    if let Some(library) = bundled() {
        // A library of another program: it has none of the methods.
        let found =
            Command::new("sh").args(["-c", "ls /lib/*/libz.so.1 /lib/*/libm.so.6"]).output();
        let found = String::from_utf8(found.unwrap().stdout).unwrap();
        let foreign = found.lines().next().unwrap().to_owned();
        cases.push((vec![property("library", Path::new(&foreign))], "not the library of version"));
        // Ours, for another processor.
        let bytes = std::fs::read(&library).unwrap();
        let mut other = bytes.clone();
        other[18] = 0xf3;
        cases.push((vec![property("library", &write("other.so", &other))], "other.so"));
    }
    for (arguments, expected) in cases {
        for locale in ["C", "C.UTF-8"] {
            let output = available(classes, &arguments, locale);
            let shown = String::from_utf8_lossy(&output.stdout).into_owned();
            let thrown = String::from_utf8_lossy(&output.stderr).into_owned();
            assert!(shown.starts_with("false\n"), "{arguments:?}: {shown}{thrown}");
            assert!(shown.contains(expected), "{arguments:?}: {shown}{thrown}");
            assert!(
                thrown.contains("UnsatisfiedLinkError: smimezip's native library is not available"),
                "{arguments:?}: {thrown}"
            );
            assert!(!output.status.success());
        }
    }
}

/// A library that does not fit, on the path that Java searches, is passed over; one that is named
/// is taken.
#[test]
fn the_library_that_fits_is_found() {
    if !tools() {
        return;
    }
    let Some(library) = bundled() else {
        println!("SKIPPED: another platform than linux-x86_64");
        return;
    };
    let classes = available_classes();
    let folder = scratch("stale");
    let place = folder.join("libsmimezip_jni.so");
    let path = format!("-Djava.library.path={}", folder.display());
    let bytes = std::fs::read(&library).unwrap();
    let replaced = |from: &[u8], to: &[u8]| {
        let mut bytes = bytes.clone();
        let at = bytes.windows(from.len()).position(|it| it == from).unwrap();
        bytes[at..at + to.len()].copy_from_slice(to);
        bytes
    };
    let mark = format!("#smimezip-jni {} ", env!("CARGO_PKG_VERSION"));
    let mut other_processor = bytes.clone();
    other_processor[18] = 0xf3;
    let mut stale = vec![
        b"no library".to_vec(),
        other_processor,
        replaced(mark.as_bytes(), b"#smimezip-jni 0.0.9 "),
    ];
    // One that was there before these classes, with a method of the same name.
    if Command::new("gcc").arg("--version").output().is_ok() {
        let source = folder.join("stale.c");
        let text = "void *Java_io_github_smimezip_internal_Native_version(void) { return 0; }\n\
            __attribute__((constructor)) static void loaded(void) { __builtin_trap(); }\n";
        std::fs::write(&source, text).unwrap();
        run(Command::new("gcc").args(["-shared", "-fPIC", "-o"]).arg(&place).arg(&source));
        stale.push(std::fs::read(&place).unwrap());
    } else {
        println!("SKIPPED: a stale library: gcc is not installed");
    }
    for bytes in stale {
        std::fs::write(&place, bytes).unwrap();
        let output = available(classes, std::slice::from_ref(&path), "C.UTF-8");
        let thrown = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(String::from_utf8_lossy(&output.stdout), "true\n", "{thrown}");
    }
    // The right one there is taken, from wherever it is.
    std::fs::write(&place, &bytes).unwrap();
    let nowhere = property("workdir", Path::new("/not/there"));
    for arguments in [vec![path, nowhere.clone()], vec![property("library", &library), nowhere]] {
        let output = available(classes, &arguments, "C.UTF-8");
        let thrown = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(String::from_utf8_lossy(&output.stdout), "true\n", "{thrown}");
    }
}

/// Where the locale has no letters but those of ASCII, a file is still found by the bytes of its
/// name.
#[test]
fn names_of_files_are_bytes_in_any_locale() {
    if !tools() {
        return;
    }
    let folder = scratch("locale");
    let source = folder.join("First.java");
    let text = "import io.github.smimezip.*;\n\
        import java.nio.file.*;\n\
        public final class First {\n\
            public static void main(String[] arguments) throws Exception {\n\
                try (var all = Files.newDirectoryStream(Path.of(arguments[0]));\n\
                     Keyring keys = new Keyring().addFile(Path.of(arguments[1]))) {\n\
                    for (Path folder : all) {\n\
                        try (ExportSet set = ExportSet.discover(folder);\n\
                             ExportArchive archive = set.open(keys)) {\n\
                            Path out = folder.resolveSibling(folder.getFileName())\n\
                                .resolve(\"out\");\n\
                            archive.extractTo(out, new ExtractOptions());\n\
                            System.out.println(Files.isDirectory(out.resolve(\"entities\")));\n\
                        }\n\
                    }\n\
                }\n\
            }\n\
        }\n";
    std::fs::write(&source, text).unwrap();
    let classes = compile(&[source], &class_path(&[jar()]), "locale-classes");
    let sample = root().join("examples/data");
    for locale in ["C", "C.UTF-8"] {
        let exports = folder.join(locale);
        let own = exports.join("Übergröße 鍵");
        std::fs::create_dir_all(&own).unwrap();
        for entry in std::fs::read_dir(&sample).unwrap() {
            let entry = entry.unwrap();
            std::fs::copy(entry.path(), own.join(entry.file_name())).unwrap();
        }
        let output = Command::new("java")
            .args(["-cp", &class_path(&[&classes, jar()]), "First"])
            .arg(&exports)
            .arg(sample.join("key.pem"))
            .env("LC_ALL", locale)
            .output()
            .unwrap();
        let thrown = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(String::from_utf8_lossy(&output.stdout), "true\n", "{locale}: {thrown}");
        assert!(own.join("out/entities/Customer-7f1f3a6c.json").exists());
    }
}
