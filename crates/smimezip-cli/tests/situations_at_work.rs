//! Situations as in `situations`: what becomes of the files, and of what is said meanwhile. Of
//! those in which a signal comes, or a person types, the tests are in `cli` and `keys`; that of a
//! disk which is too small is in `sizes`.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

use crate::common::{self, seen};

use std::path::Path;

use common::{NAME, archive_of, copy_of_sample, files, key, part, path, run, sample, smimezip};
use seen::{at, folder, given, see, seen};
use tempfile::TempDir;

/// A folder with the sample under each of these names.
fn downloads(names: &[&str]) -> TempDir {
    let folder = folder();
    for name in names {
        for kind in ["z01", "z02", "z03", "zip"] {
            let copy = folder.path().join(format!("{name}.{kind}.smime"));
            std::fs::copy(part(kind), copy).unwrap();
        }
    }
    folder
}

fn remove(folder: &TempDir, name: &str) {
    std::fs::remove_file(folder.path().join(name)).unwrap();
}

/// The program in a shell, after these words.
#[cfg(unix)]
fn in_a_shell(words: &str, arguments: &[&str]) -> std::process::Output {
    let mut shell = std::process::Command::new("sh");
    shell.arg("-c").arg(format!("{words}; exec \"$0\" \"$@\""));
    shell.env("XDG_STATE_HOME", common::STATE);
    shell.arg(env!("CARGO_BIN_EXE_smimezip")).args(arguments).output().unwrap()
}

#[test]
fn several_exports_in_one_folder() {
    let (folder, out) = (downloads(&["a", "b", "c"]), folder());
    see(0, &["extract", path(folder.path()), "-k", &key(), "-C", path(out.path())])
        .err("a: extracted 6 files, 397.9 KiB to ")
        .err("3 exports: 3 extracted; below ");
    let expected: Vec<_> = files(&out.path().join("a")).into_keys().collect();
    for name in ["b", "c"] {
        assert!(files(&out.path().join(name)).into_keys().eq(expected.iter().cloned()), "{name}");
    }
}

#[test]
fn one_bad_export_among_several() {
    let (folder, out) = (downloads(&["a", "b", "c"]), folder());
    remove(&folder, "b.z02.smime");
    let extract = ["extract", path(folder.path()), "-k", &key(), "-C", path(out.path())];
    see(8, &extract)
        .err("missing: b.z02.smime")
        .err("not extracted: b (incomplete)")
        .err("3 exports: 2 extracted, 1 incomplete; below ");
    see(8, &[&extract[..], &["--json"]].concat())
        .out("\"already_complete\":2")
        .out("\"why\":\"incomplete\"");
}

#[test]
fn listing_several_exports() {
    let folder = downloads(&["a", "b"]);
    see(0, &["list", path(folder.path()), "-k", &key()]).out("a:\n ").out("\nb:\n ");
    let alone = see(0, &["list", &given().0, "-k", &key()]).not(&format!("{NAME}:\n "));
    assert_eq!(alone.lines(), 13);
}

#[test]
fn each_part_of_several_exports() {
    let (folder, out) = (downloads(&["a", "b"]), folder());
    let parts: Vec<String> = files(folder.path()).into_keys().map(|it| at(&folder, &it)).collect();
    let mut arguments = vec!["x", "-k"];
    let (key, out) = (key(), path(out.path()).to_owned());
    arguments.extend([&*key, "-C", &out]);
    arguments.extend(parts.iter().map(String::as_str));
    see(0, &arguments).err("2 exports: 2 extracted");
}

#[test]
fn extracting_again() {
    let ((input, key), out) = (given(), folder());
    let extract = ["extract", &input, "-k", &key, "-C", path(out.path())];
    see(0, &extract).err(&format!("extracted 6 files, 397.9 KiB to {} in ", path(out.path())));
    see(0, &extract).err(&format!("already complete: 6 files, 397.9 KiB in {}", path(out.path())));
    let changed = out.path().join("entities/Customer-7f1f3a6c.json");
    std::fs::write(&changed, "mine").unwrap();
    see(7, &extract).err("already exists: ").err("or --overwrite always, or --overwrite skip");
    see(0, &[&extract[..], &["--overwrite", "skip"]].concat())
        .err("left out: entities/Customer-7f1f3a6c.json (it exists already)");
    assert_eq!(std::fs::read(&changed).unwrap(), b"mine");
}

#[test]
fn a_file_where_a_folder_should_be() {
    let ((input, key), out) = (given(), folder());
    std::fs::write(out.path().join("entities"), "").unwrap();
    let always = ["--overwrite", "always"];
    let extract = ["extract", &input, "-k", &key, "-C", path(out.path())];
    see(7, &[&extract[..], &always].concat())
        .err("a file stands where a folder is needed")
        .not("--overwrite always");
    let file = at(&out, "entities");
    for more in [&[][..], &["--dry-run"]] {
        see(7, &[&["extract", &input, "-k", &key, "-C", &file][..], more].concat())
            .err("already exists, and is no folder: ")
            .err("choose another folder by -C");
    }
}

#[test]
fn decrypting_onto_a_file() {
    let (out, part) = (folder(), part("z01"));
    let file = at(&out, "z01");
    let decrypt = ["decrypt", path(&part), "-k", &key(), "-o", &file];
    see(0, &decrypt).err(&format!("{file}: 64.0 KiB in "));
    see(7, &decrypt).err("choose another file by -o, or --overwrite always").not("-C").not("skip");
    see(1, &[&decrypt[..], &["--overwrite", "skip"]].concat()).err("values: never, always");
}

#[cfg(target_os = "linux")]
#[test]
fn a_target_that_nobody_can_write_to() {
    let (input, key) = given();
    see(2, &["extract", &input, "-k", &key, "-C", "/proc/nowhere"]).err("error: /proc/nowhere: ");
}

#[test]
fn progress_on_a_pipe() {
    let (input, key) = given();
    let verify = ["verify", &input, "-k", &key];
    see(0, &verify).not(" of 397.9 KiB");
    see(0, &[&verify[..], &["--progress", "always"]].concat()).err(" of 397.9 KiB");
    see(0, &[&verify[..], &["--progress"]].concat()).err(" of 397.9 KiB");
    see(0, &[&verify[..], &["--progress", "--json"]].concat())
        .out("{\"type\":\"progress\",\"schema\":1,\"bytes_done\":0,\"bytes_total\":407455,")
        .not(" of 397.9 KiB");
}

#[test]
fn json_wherever_something_fails() {
    let folder = copy_of_sample();
    remove(&folder, &format!("{NAME}.z02.smime"));
    see(6, &["verify", path(folder.path()), "-k", &key(), "--json"])
        .out(&format!("\"missing\":[\"{NAME}.z02.smime\"]"))
        .out("\"exit_code\":6")
        .out("\"advice\":\"fetch the missing parts");
    see(1, &["verify", "--no-such-flag", "--json"]).out("\"code\":\"usage\"");
}

#[test]
fn listing_at_length() {
    see(0, &["list", "--long", &given().0, "-k", &key()])
        .out("attachments/2024/03/recording.raw")
        .out(&format!("[{NAME}.z01.smime, {NAME}.z02.smime, {NAME}.z03.smime]"))
        .err("6 files, 397.9 KiB");
}

#[test]
fn one_entry() {
    let (input, key) = given();
    let cat = |name: &str, code: i32| see(code, &["cat", &input, name, "-k", &key]);
    cat("entities/Customer-7f1f3a6c.json", 0).out("{");
    cat("Customer-7f1f3a6c.json", 9)
        .err("no entry of that name; there is \"entities/Customer-7f1f3a6c.json\"")
        .err("`smimezip list` shows the names");
    for folder in ["entities/", "entities"] {
        cat(folder, 1).err("is a folder; cat writes one file");
    }
}

#[test]
fn what_cannot_be_decrypted_alone() {
    let ((input, key), out) = (given(), folder());
    see(1, &["decrypt", &input, "-k", &key]).err("is a folder; decrypt opens messages");
    see(2, &["decrypt", "nosuch", "-k", &key]).err("error: nosuch: ").err("(os error 2)");
    see(3, &["decrypt", &key, "-k", &key]).err("a PEM file of another kind, a key or certificate");
    std::fs::copy(part("z01"), out.path().join("report.json.smime")).unwrap();
    let mut command = smimezip();
    command.current_dir(out.path()).args(["decrypt", "report.json.smime", "-k"]);
    let key = std::fs::canonicalize(&key).unwrap();
    seen(0, &command.arg(key).output().unwrap(), "decrypt").err("report.json: 64.0 KiB in ");
}

#[test]
fn patterns() {
    let (input, key) = given();
    for command in ["verify", "list"] {
        for pattern in ["*.raw", "ENTITIES/**", "{a,b}"] {
            see(9, &[command, &input, "-k", &key, "-i", pattern])
                .err("no entry matches --include and --exclude; a pattern is for the whole name")
                .not("0 files");
        }
    }
    // A folder without what is in it would look like the whole; an empty one is whole.
    see(9, &["verify", &input, "-k", &key, "-i", "entities"])
        .err("the folder \"entities\" matches, and nothing in it; \"entities/**\" is a pattern")
        .not("0 files");
    see(0, &["verify", &input, "-k", &key, "-i", "empty folder"]).err("verified 0 files");
    see(0, &["list", &input, "-k", &key, "-i", "*"]).out("entities/");
    let patterns = ["-i", "**/*.json", "-x", "**/archive/**"];
    see(0, &[&["verify", &input, "-k", &key], &patterns[..]].concat()).err("verified 2 files");
    see(2, &["x", &input, "entities/*", "-k", &key]).err("a pattern goes to --include");
}

#[test]
fn what_is_there_in_all() {
    let (input, key) = given();
    see(0, &["inspect", &input, "-k", &key])
        .out(&format!("{NAME}: 4 parts here, 270."))
        .out("  all parts are here\n");
    see(0, &["status", &input, "-k", &key]).out("complete");
}

#[test]
#[cfg_attr(windows, ignore = "wine cannot say where a folder with such a path is")]
fn long_names() {
    let place = folder();
    let [tree, outbox, out] = ["tree", "outbox", "out"].map(|it| place.path().join(it));
    let deep = (0..9).fold(tree.clone(), |folder, _| folder.join("d".repeat(100)));
    std::fs::create_dir_all(&deep).unwrap();
    std::fs::write(deep.join("f".repeat(250)), "deep").unwrap();
    let certificate = path(&sample().join("certificate.pem")).to_owned();
    see(0, &["seal", path(&tree), "--to", &certificate, "-o", path(&outbox)])
        .err(&format!("sealed 1 file, 4 B, in 1 part to {} in ", path(&outbox)));
    see(0, &["extract", path(&outbox), "-k", &key(), "-C", path(&out)]).err("extracted 1 file");
    assert_eq!(files(&tree), files(&out));
}

/// Writes archives that are not sealed.
fn write(folder: &TempDir, name: &str, archive: &[u8]) -> String {
    std::fs::write(folder.path().join(name), archive).unwrap();
    at(folder, name)
}

#[test]
fn names_from_elsewhere() {
    let ((input, key), place) = (given(), folder());
    let mut command = smimezip();
    command.env("LC_ALL", "C").args(["list", &input, "-k", &key]);
    seen(0, &command.output().unwrap(), "LC_ALL=C list").out("Übersicht, Größe.txt");
    let out = at(&place, "out");
    let colon = write(&place, "colon.zip", &archive_of(&["call 10:30.wav", "a.txt"]));
    see(7, &["extract", &colon, "-C", &out])
        .err("entry \"call 10:30.wav\": unsafe name: it has a colon")
        .err("--names skip leaves such entries out, --names encode gives them safe names");
    see(0, &["extract", &colon, "-C", &out, "--names", "encode"]).err("extracted 2 files");
    let turned = write(&place, "turned.zip", &archive_of(&["inv\u{202e}fdp.exe"]));
    see(0, &["list", &turned]).out("inv\\u{202e}fdp.exe").not("\u{202e}");
    // Made on Unix, a symbolic link: version made by, external attributes.
    let mut link = archive_of(&["l", "b"]);
    let header = link.windows(4).position(|it| it == b"PK\x01\x02").unwrap();
    link[header + 5] = 3;
    link[header + 40..header + 42].copy_from_slice(&0o120_777_u16.to_le_bytes());
    let link = write(&place, "link.zip", &link);
    see(3, &["extract", &link, "-C", &out])
        .err("a symbolic link")
        .err("--skip-links leaves it out");
}

#[cfg(unix)]
#[test]
fn what_others_may_read() {
    use std::os::unix::fs::PermissionsExt as _;
    let ((input, key), out) = (given(), folder());
    let target = out.path().join("out");
    let extract = ["extract", &input, "-k", &key, "-C", path(&target)];
    seen(0, &in_a_shell("umask 077", &extract), "umask 077").err("extracted 6 files");
    let file = target.join("entities/Customer-7f1f3a6c.json");
    assert_eq!(std::fs::metadata(file).unwrap().permissions().mode() & 0o077, 0);
}

#[test]
fn colours() {
    let on = "\u{1b}[";
    see(1, &["list", "x", "-Z"]).not(on);
    see(2, &["list", "nosuch", "--color", "always"]).err(on);
    see(1, &["list", "x", "-Z", "--color=always"]).err(on);
    see(0, &["--color", "always", "--help"]).out(on);
    see(2, &["list", "nosuch", "--color", "never"]).not(on);
    let mut command = smimezip();
    command.env("NO_COLOR", "1").args(["list", "nosuch"]);
    seen(2, &command.output().unwrap(), "NO_COLOR=1 list").not(on);
}

#[test]
fn completions() {
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        see(0, &["completions", shell]).out("extract");
    }
}

#[test]
fn parts_that_are_decrypted_already() {
    let (place, key) = (folder(), key());
    for kind in ["z01", "z02", "z03", "zip"] {
        let out = at(&place, &format!("x.{kind}"));
        see(0, &["decrypt", path(&part(kind)), "-k", &key, "-o", &out]);
    }
    let input = path(place.path());
    see(0, &["list", input]).err("x: 6 files").not("a private key is needed");
    // Sealed beside decrypted.
    std::fs::copy(part("zip"), place.path().join("x.zip.smime")).unwrap();
    remove(&place, "x.zip");
    see(0, &["verify", input, "-k", &key]).err("verified 6 files");
}

#[test]
fn two_at_once() {
    let ((input, key), out) = (given(), folder());
    let target = at(&out, "out");
    let mut command = smimezip();
    command.args(["extract", &input, "-k", &key, "-C", &target]);
    let children = [0, 1].map(|_| {
        command.stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::piped());
        command.spawn().unwrap()
    });
    let codes = children.map(|child| child.wait_with_output().unwrap().status.code().unwrap());
    assert!(codes.contains(&0) && codes.iter().all(|code| [0, 7].contains(code)), "{codes:?}");
    see(0, &["extract", &input, "-k", &key, "-C", &target]).err("already complete: 6 files");
}

#[cfg(target_os = "linux")]
#[test]
fn few_open_files() {
    let (input, key) = given();
    let verify = ["verify", &input, "-k", &key, "-j", "1"];
    seen(0, &in_a_shell("ulimit -n 10", &verify), "ulimit -n 10").err("verified 6 files");
    let output = in_a_shell("ulimit -n 6", &verify);
    seen(2, &output, "ulimit -n 6").err("Too many open files").err("allow more by ulimit -n");
}

#[test]
fn no_archive_inside() {
    let place = folder();
    let certificate = path(&sample().join("certificate.pem")).to_owned();
    let sealed = |name: &str, content: &Path| {
        let message = at(&place, name);
        see(0, &["encrypt", path(content), "--to", &certificate, "-o", &message]);
        message
    };
    let noise = place.path().join("noise");
    std::fs::write(&noise, "dear customer ".repeat(100)).unwrap();
    see(3, &["list", &sealed("noise.zip.smime", &noise), "-k", &key()])
        .err("not a zip archive: it has no end record")
        .err("`smimezip decrypt` writes what a message holds")
        .not("name a part");
    see(3, &["list", &sealed("twice.zip.smime", &part("zip")), "-k", &key()])
        .err("sealed twice: what is in the message is a message again")
        .err("take off the outer seal by `smimezip decrypt FILES -d FOLDER`")
        .not("not a zip archive");
    // An entry that the archive encrypts: flags in both headers.
    let mut archive = archive_of(&["a"]);
    let directory = archive.windows(4).position(|it| it == b"PK\x01\x02").unwrap();
    (archive[6], archive[directory + 8]) = (1, 1);
    let archive = write(&place, "password.zip", &archive);
    see(3, &["extract", &archive, "-C", &at(&place, "out")])
        .err("an encrypted zip entry")
        .err("`7z x` asks for its password");
}

#[test]
fn more_than_is_allowed() {
    let (input, key) = given();
    see(7, &["verify", &input, "-k", &key, "--max-size", "10K"])
        .err("limit reached: total_size, allowed 10.0 KiB")
        .err("allow it by --max-size SIZE");
    see(7, &["verify", &input, "-k", &key, "--max-size", "10K", "--json"])
        .out("\"limit\":\"total_size\"")
        .out("\"allowed\":10240");
    see(0, &["verify", &input, "-k", &key, "--max-size", "400K"]).err("verified 6 files");
}

#[test]
fn more_words() {
    let ((input, key), out) = (given(), folder());
    let extract = ["extract", &input, "-k", &key, "-C", path(out.path())];
    see(0, &[&extract[..], &["-v"]].concat()).err(&format!("{NAME}: 4 parts, ")).err("13 entries");
    see(0, &[&extract[..], &["-q"]].concat()).not("complete");
    // Where it went and how long it took, for programs.
    let line = &common::json_lines(&run(&[&extract[..], &["--json"]].concat()))[0];
    assert_eq!(line["target"], path(out.path()));
    assert!(line["duration_ms"].is_u64(), "{line}");
}
