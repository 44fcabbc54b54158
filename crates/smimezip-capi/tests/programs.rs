//! C and C++ programs against the library as it is installed: every language mode, shared and
//! static; the behaviour that programs rely on, also under valgrind and the sanitizers; every
//! example.

// `install.sh` is for Linux.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

use crate::common;

use std::path::{Path, PathBuf};
use std::process::Command;

use common::{
    Link, WARNINGS, WARNINGS_CPP, compile, has, is_thorough, part, prefix, root, run, sample,
    scratch, vectors,
};

const ALL_SANITIZERS: &str = "-fsanitize=address,undefined";
/// Both at once take a compiler twice as long.
const ADDRESSES: &str = "-fsanitize=address";

fn c(name: &str) -> PathBuf {
    root().join("crates/smimezip-capi/tests/c").join(name)
}

fn run_behaviour(program: &Path, scratch: &Path) -> String {
    run(Command::new(program).arg(sample()).arg(vectors()).arg(scratch))
}

#[test]
fn the_headers_compile_clean_in_every_mode() {
    let folder = scratch("modes");
    let include = prefix().join("include");
    let write = |name: &str, text: &str| {
        let path = folder.join(name);
        std::fs::write(&path, text).unwrap();
        path
    };
    let main = "int main(void) { return smz_version_number() == 0; }\n";
    let c_source = write("c.c", &format!("#include <smimezip.h>\n{main}"));
    let cpp_source = write("cpp.cpp", &format!("#include <smimezip.h>\n{main}"));
    let hpp_source = write("hpp.cpp", &format!("#include <smimezip.hpp>\n{main}"));
    let check = |compiler: &str, mode: &str, source: &Path, warnings: &[&str]| {
        let mut command = Command::new(compiler);
        command.arg(mode).args(warnings).arg("-I").arg(&include).arg("-fsyntax-only").arg(source);
        run(&mut command);
    };
    let mut modes = 0;
    for (cc, cxx) in [("gcc", "g++"), ("clang", "clang++")] {
        if !has(cc, "headers in every mode") || !has(cxx, "headers in every mode") {
            continue;
        }
        for mode in ["-std=c99", "-std=c11", "-std=c17", "-std=c2x"] {
            check(cc, mode, &c_source, &WARNINGS);
            modes += 1;
        }
        for mode in ["-std=c++11", "-std=c++17", "-std=c++20"] {
            check(cxx, mode, &cpp_source, &[&WARNINGS_CPP[..], &["-Wold-style-cast"]].concat());
            modes += 1;
        }
        for mode in ["-std=c++17", "-std=c++20"] {
            let more = ["-Wold-style-cast", "-Wconversion", "-Wsign-conversion"];
            check(cxx, mode, &hpp_source, &[&WARNINGS_CPP[..], &more].concat());
            modes += 1;
        }
        if cc == "clang" {
            check(cc, "-std=c99", &c_source, &[&WARNINGS[..], &["-Wdocumentation"]].concat());
        }
    }
    assert!(modes >= 9);
}

#[test]
fn behaviour_as_c_and_as_cpp_shared_and_static() {
    let folder = scratch("behaviour");
    for (compiler, flags) in [
        ("gcc", &[&["-std=c99"], &WARNINGS[..]].concat()),
        ("g++", &[&["-std=c++17", "-x", "c++"], &WARNINGS_CPP[..]].concat()),
    ] {
        for link in [Link::Shared, Link::Static] {
            if !has(compiler, "behaviour") {
                continue;
            }
            let program = folder.join(format!("{compiler}-{link:?}"));
            // `-x c++` would be told of the static library, too, so it is compiled on its own.
            let object = folder.join(format!("{compiler}-{link:?}.o"));
            let mut command = Command::new(compiler);
            command.args(flags).arg("-c").arg("-I").arg(prefix().join("include"));
            if link == Link::Static {
                command.arg("-DSMZ_STATIC");
            }
            run(command.arg(c("behaviour.c")).arg("-o").arg(&object));
            compile(compiler, &[], &object, link, &program);
            let out = scratch(&format!("behaviour-{compiler}-{link:?}"));
            let shown = run_behaviour(&program, &out);
            assert!(shown.ends_with(" checks\n"), "{shown}");
        }
    }
}

#[test]
fn x2_valgrind_finds_nothing() {
    if !has("valgrind", "leaks") {
        return;
    }
    let folder = scratch("valgrind");
    for (compiler, source) in
        [("gcc", "behaviour.c"), ("g++", "exceptions.cpp"), ("g++", "callbacks.cpp")]
    {
        // The address sanitizer finds leaks in all of them; what the library reads before it is
        // written is found here alone, in the others before a release.
        if !has(compiler, "leaks") || source != "exceptions.cpp" && !is_thorough() {
            continue;
        }
        let program = folder.join(source.replace('.', "-"));
        compile(compiler, &["-g", "-pthread"], &c(source), Link::Shared, &program);
        let mut valgrind = Command::new("valgrind");
        valgrind.args(["-q", "--leak-check=full", "--error-exitcode=9"]);
        // Not "possible": Rust's own handle of the main thread, 48 bytes for ever, is held by a
        // pointer into its middle.
        valgrind.arg("--errors-for-leak-kinds=definite,indirect");
        run(valgrind.arg(&program).arg(sample()).arg(vectors()).arg(scratch("valgrind-out")));
    }
}

#[test]
fn x2_address_and_undefined_behaviour_sanitizers_find_nothing() {
    if !has("gcc", "sanitizers") {
        return;
    }
    let folder = scratch("sanitizers");
    let program = folder.join("behaviour");
    let flags = ["-g", ALL_SANITIZERS, "-fno-sanitize-recover=all"];
    compile("gcc", &flags, &c("behaviour.c"), Link::Shared, &program);
    run_behaviour(&program, &scratch("sanitizers-out"));
}

#[test]
fn x4_threads_share_what_is_const() {
    if !has("gcc", "threads") {
        return;
    }
    let folder = scratch("threads");
    let program = folder.join("threads");
    let flags = [&["-std=c11", "-D_POSIX_C_SOURCE=200809L", "-pthread"], &WARNINGS[..]].concat();
    compile("gcc", &flags, &c("threads.c"), Link::Shared, &program);
    let shown = run(Command::new(&program).arg(sample()).arg(scratch("threads-out")));
    assert!(shown.contains("all threads agree"), "{shown}");
}

/// What the top of the header says of the process that the library is in.
#[test]
fn the_process_around_it_stays_as_it_is() {
    if !has("gcc", "surroundings") {
        return;
    }
    let folder = scratch("surroundings");
    let program = folder.join("surroundings");
    // The library's calls have to find the program's functions.
    let flags = ["-std=c11", "-rdynamic", "-ldl"];
    compile("gcc", &flags, &c("surroundings.c"), Link::Shared, &program);
    let shown = run(Command::new(&program).arg(sample()).arg(scratch("surroundings-out")));
    let names =
        shown.strip_prefix("read of the environment: ").unwrap_or_else(|| panic!("{shown}"));
    for name in names.split_whitespace() {
        let known = ["TMPDIR", "RUST_MIN_STACK", "RUST_BACKTRACE", "RUST_LIB_BACKTRACE"];
        assert!(known.contains(&name), "{shown}");
    }
}

const C_FLAGS: [&str; 2] = ["-std=c99", "-D_POSIX_C_SOURCE=200809L"];

#[test]
fn every_example_shared_and_static() {
    if !has("gcc", "examples") || !has("g++", "examples") {
        return;
    }
    let flags = [&C_FLAGS[..], &WARNINGS[..]].concat();
    let cpp_flags = [&["-std=c++17"], &WARNINGS_CPP[..]].concat();
    let key = sample().join("key.pem");
    for link in [Link::Shared, Link::Static] {
        let folder = scratch(&format!("examples-{link:?}"));
        let c_program = |name: &str| {
            let program = folder.join(name);
            let source = root().join("examples/c").join(name).with_extension("c");
            if !program.exists() {
                compile("gcc", &flags, &source, link, &program);
            }
            Command::new(program)
        };
        let cpp_program = |name: &str| {
            let program = folder.join(format!("{name}-cpp"));
            let source = root().join("examples/cpp").join(name).with_extension("cpp");
            if !program.exists() {
                compile("g++", &cpp_flags, &source, link, &program);
            }
            Command::new(program)
        };
        let shown = run(c_program("sets").arg(sample()));
        assert!(shown.starts_with("1 exports\n") && shown.lines().count() == 6, "{shown}");
        // The static library is for C++ what it is for C.
        let languages =
            if link == Link::Shared || is_thorough() { &["c", "cpp"][..] } else { &["c"] };
        for &language in languages {
            let program =
                |name: &str| if language == "c" { c_program(name) } else { cpp_program(name) };
            if language == "cpp" {
                encrypt_and_decrypt(&folder, &program, &key);
            }
            let out = folder.join(format!("part-{language}.zip"));
            let shown = run(program("decrypt").arg(part("z02")).arg(&key).arg(&out));
            assert_eq!(shown, "S/MIME, base64, AES-256-CBC\n");
            assert!(out.metadata().unwrap().len() > 50_000);

            let tree = folder.join(format!("tree-{language}"));
            let shown = run(program("extract").arg(part("z02")).arg(&key).arg(&tree));
            assert!(shown.contains("6 files, 407455 bytes\n"), "{shown}");
            run(Command::new("sha256sum")
                .args(["--quiet", "-c"])
                .arg(sample().join("SHA256SUMS"))
                .current_dir(&tree));

            seal_and_open(&folder, language, &program, &key);
            a_download_folder(&folder, language, &program, &key);
            without_the_last_part(&folder, language, &program, &key);

            let name = "attachments/Übersicht, Größe.txt";
            let shown = run(program("one_entry").arg(part("zip")).arg(&key).arg(name));
            assert_eq!(shown, "Grüße aus dem Export\n");

            let parts = ["z01", "z02", "z03", "zip"].map(part);
            let shown = run(program("parts_from_callbacks").arg(&key).args(parts));
            assert!(shown.contains("105382 entities/Customer-7f1f3a6c.json\n"), "{shown}");
        }
    }
}

/// The sample's tree is made an export again, and so are rows; both are opened with the key.
fn seal_and_open(folder: &Path, language: &str, program: &dyn Fn(&str) -> Command, key: &Path) {
    let [tree, outbox, opened, store, rows] = ["sealed-tree", "outbox", "opened", "store", "rows"]
        .map(|name| folder.join(format!("{name}-{language}")));
    let certificate = sample().join("certificate.pem");
    let extract = |from: &Path, to: &Path| run(program("extract").arg(from).arg(key).arg(to));
    extract(&sample(), &tree);
    let mut seal = program("seal_folder");
    let shown = run(seal.arg(&tree).arg(&certificate).arg(&outbox).arg("65536"));
    assert!(shown.ends_with("6 files, 407455 bytes\n") && shown.lines().count() > 3, "{shown}");
    extract(&outbox, &opened);
    let sums = sample().join("SHA256SUMS");
    run(Command::new("sha256sum").args(["--quiet", "-c"]).arg(sums).current_dir(&opened));

    std::fs::create_dir(&store).unwrap();
    let mut rows_of = program("parts_to_callbacks");
    let shown = run(rows_of.arg("100000").arg(certificate).arg(&store));
    assert!(shown.lines().count() > 3 && shown.ends_with(".zip.smime\n"), "{shown}");
    assert_eq!(std::fs::read_dir(&store).unwrap().count(), shown.lines().count());
    extract(&store, &rows);
    let rows = std::fs::read_to_string(rows.join("entities/customers.csv")).unwrap();
    assert!(rows.ends_with("\n100000,customer 100000\n"));
}

/// What is in a folder is said, and extracted as far as it can be had.
fn a_download_folder(folder: &Path, language: &str, program: &dyn Fn(&str) -> Command, key: &Path) {
    let [downloads, tree] = ["inbox", "had"].map(|name| folder.join(format!("{name}-{language}")));
    std::fs::create_dir(&downloads).unwrap();
    let copy = |kind: &str, name: &str| {
        let from = part(kind);
        let stem = from.file_name().unwrap().to_str().unwrap().split('.').next().unwrap();
        std::fs::copy(&from, downloads.join(format!("{stem}.{name}.smime"))).unwrap();
        stem.to_owned()
    };
    let stem = copy("z01", "z01 (1)");
    copy("zip", "zip");
    let look = || run(program("downloads").arg(&downloads).arg(key).arg(&tree));
    let shown = look();
    assert!(shown.starts_with(&format!("{stem}: missing, 2 of 4 parts, ")), "{shown}");
    for line in [
        &format!("  missing {stem}.z02.smime"),
        &format!("  missing {stem}.z03.smime"),
        &format!("  taken for the original {stem}.z01 (1).smime"),
        "  2 files extracted",
        &format!("  attachments/2024/03/recording.raw needs {stem}.z02.smime"),
    ] {
        assert!(shown.contains(&format!("\n{line}")), "{line} is not in {shown}");
    }
    assert!(tree.join(&stem).join("Interaction-7f1f3a6c.json").exists());
    for kind in ["z02", "z03"] {
        copy(kind, kind);
    }
    std::fs::remove_dir_all(&tree).unwrap();
    let shown = look();
    assert!(shown.starts_with(&format!("{stem}: complete, 4 of 4 parts, ")), "{shown}");
    assert!(shown.ends_with("\n  6 files extracted\n"), "{shown}");
}

/// The part that has the directory is gone, and another is cut.
fn without_the_last_part(
    folder: &Path,
    language: &str,
    program: &dyn Fn(&str) -> Command,
    key: &Path,
) {
    let [rest, tree, apart] =
        ["rest", "salvaged", "uncertain"].map(|name| folder.join(format!("{name}-{language}")));
    std::fs::create_dir(&rest).unwrap();
    for from in ["z01", "z02", "z03"].map(part) {
        std::fs::copy(&from, rest.join(from.file_name().unwrap())).unwrap();
    }
    let salvage = || run(program("salvage").arg(&rest).arg(key).arg(&tree).arg(&apart));
    let shown = salvage();
    let stem = "export-2b710a2c-5d0e-4c53-9d0b-7f1f3a6c8e21";
    for line in [
        &format!("missing: {stem}.zip.smime"),
        "no directory: there may be entries that nobody knows of",
        "found: entities/Customer-7f1f3a6c.json",
        &format!("entities/archive/2019/Ticket-7f1f3a6c.json needs {stem}.zip.smime"),
    ] {
        assert!(shown.contains(&format!("{line}\n")), "{line} is not in {shown}");
    }
    assert!(shown.ends_with("\n5 files extracted\n"), "{shown}");
    assert!(tree.join("entities/Customer-7f1f3a6c.json").exists());

    let z02 = rest.join(format!("{stem}.z02.smime"));
    std::fs::File::options().write(true).open(&z02).unwrap().set_len(30_000).unwrap();
    std::fs::remove_dir_all(&tree).unwrap();
    let shown = salvage();
    assert!(shown.contains(&format!("\ndamaged: {stem}.z02.smime: cut off: ")), "{shown}");
    assert!(shown.contains("\nlost: entry \"attachments/2024/03/recording.raw\": "), "{shown}");
    assert!(!shown.contains("uncertain: ") && !apart.exists(), "{shown}");

    // Nothing leads from the start to what is in the others.
    std::fs::copy(part("z02"), z02).unwrap();
    std::fs::remove_file(rest.join(format!("{stem}.z01.smime"))).unwrap();
    std::fs::remove_dir_all(&tree).unwrap();
    let shown = salvage();
    assert!(shown.contains("\n0 files extracted\nuncertain: attachments/"), "{shown}");
    assert!(shown.contains("\nuncertain: entities/Customer-7f1f3a6c.json\n"), "{shown}");
    assert!(!shown.contains("found: ") && shown.ends_with("\n2 files extracted\n"), "{shown}");
    assert!(apart.join("entities/Customer-7f1f3a6c.json").exists());
}

/// A file is made a message, and that a file again.
fn encrypt_and_decrypt(folder: &Path, program: &dyn Fn(&str) -> Command, key: &Path) {
    let [message, content] = ["file.smime", "file"].map(|name| folder.join(name));
    let certificate = sample().join("certificate.pem");
    run(program("encrypt").arg(part("z01")).arg(certificate).arg(&message));
    run(program("decrypt").arg(&message).arg(key).arg(&content));
    assert_eq!(std::fs::read(content).unwrap(), std::fs::read(part("z01")).unwrap());
}

/// The programs on the repository's first page, in the folder that they expect.
#[test]
fn the_first_programs() {
    if !has("gcc", "first programs") || !has("g++", "first programs") {
        return;
    }
    let flags = [&C_FLAGS[..], &WARNINGS[..]].concat();
    let cpp_flags = [&["-std=c++17"], &WARNINGS_CPP[..]].concat();
    for (language, compiler, flags) in [("c", "gcc", flags), ("cpp", "g++", cpp_flags)] {
        let folder = scratch(&format!("first-{language}"));
        let downloads = folder.join("downloads");
        std::fs::create_dir(&downloads).unwrap();
        for from in ["z01", "z02", "z03", "zip"].map(part) {
            std::fs::copy(&from, downloads.join(from.file_name().unwrap())).unwrap();
        }
        std::fs::copy(sample().join("key.pem"), folder.join("key.pem")).unwrap();
        let source = root().join(format!("examples/{language}/first_program.{language}"));
        let program = folder.join("first_program");
        compile(compiler, &flags, &source, Link::Shared, &program);
        run(Command::new(&program).current_dir(&folder));
        run(Command::new("sha256sum")
            .args(["--quiet", "-c"])
            .arg(sample().join("SHA256SUMS"))
            .current_dir(folder.join("out")));
    }
}

/// The examples and the program of the page, without a warning.
#[test]
fn cpp_programs_compile_clean_with_both_compilers() {
    let folder = scratch("clean");
    let page = std::fs::read_to_string(root().join("include/README.md")).unwrap();
    let programs = page.split("```cpp\n").skip(1).map(|rest| rest.split("```").next().unwrap());
    let mut sources = Vec::new();
    for (at, program) in programs.enumerate() {
        let path = folder.join(format!("page-{at}.cpp"));
        std::fs::write(&path, program).unwrap();
        sources.push(path);
    }
    assert_eq!(sources.len(), 2);
    let examples = std::fs::read_dir(root().join("examples/cpp")).unwrap();
    sources.extend(examples.map(|it| it.unwrap().path()));
    sources[2..].sort();
    assert!(sources.len() >= 10);
    // The examples are compiled by g++ where they are run; by clang++ in a short run some of them.
    let by_clang = sources.iter().skip(2).step_by(if is_thorough() { 1 } else { 3 });
    let by_clang: Vec<_> = sources[..2].iter().chain(by_clang).collect();
    for (compiler, sources) in [("g++", &sources[..2].iter().collect()), ("clang++", &by_clang)] {
        if !has(compiler, "C++ programs") {
            continue;
        }
        for source in sources {
            let mut command = Command::new(compiler);
            command.args(["-std=c++17", "-fsyntax-only"]).args(WARNINGS_CPP);
            run(command.arg("-I").arg(prefix().join("include")).arg(source));
        }
    }
}

/// Each program in each language mode, with both sanitizers; in a short run in one of the modes,
/// and all but the first with the one that looks after memory.
#[test]
fn the_cpp_header_does_what_it_says() {
    if !has("g++", "C++") {
        return;
    }
    let folder = scratch("cpp");
    let modes = ["-std=c++17", "-std=c++20"];
    let sources = [
        "classes.cpp",
        "callbacks.cpp",
        "exceptions.cpp",
        "idiom.cpp",
        "making.cpp",
        "sinks.cpp",
        "states.cpp",
    ];
    for (at, source) in sources.into_iter().enumerate() {
        for mode in modes {
            if !is_thorough() && mode != modes[at % 2] {
                continue;
            }
            let program = folder.join(format!("{source}{mode}"));
            let sanitizers = if is_thorough() || at == 0 { ALL_SANITIZERS } else { ADDRESSES };
            let of_mode = [mode, "-g1", "-pthread", sanitizers, "-fno-sanitize-recover=all"];
            let flags = [&of_mode[..], &WARNINGS_CPP].concat();
            compile("g++", &flags, &c(source), Link::Shared, &program);
            let shown = run_behaviour(&program, &scratch(&format!("cpp-out-{at}")));
            assert!(shown.ends_with(" checks\n"), "{shown}");
        }
    }
}
