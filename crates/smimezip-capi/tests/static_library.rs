//! The static library in the hands of other tools than the compiler that made it: binutils and
//! clang with an older LLVM, programs without any shared library; and `install.sh` as packagers
//! call it.

// `install.sh` is for Linux.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

use crate::common;

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use common::{has, install_sh, is_thorough, prefix, root, run, sample, scratch};

fn archive() -> PathBuf {
    prefix().join("lib/libsmimezip.a")
}

/// What `pkg-config --static` says, as arguments.
fn pkg_config() -> Vec<String> {
    let mut command = Command::new("pkg-config");
    command.args(["--static", "--cflags", "--libs", "smimezip"]);
    let shown = run(command.env("PKG_CONFIG_PATH", prefix().join("lib/pkgconfig")));
    shown.split_whitespace().map(str::to_owned).collect()
}

/// Extracts the sample with a program that was linked, into a folder of its own.
fn extracts(program: &Path, out: &Path) {
    let shown = run(Command::new(program).arg(sample()).arg(sample().join("key.pem")).arg(out));
    assert!(shown.contains("6 files, 407455 bytes\n"), "{shown}");
}

#[test]
fn nm_and_ranlib_read_it_without_options() {
    if !has("nm", "binutils") || !has("ranlib", "binutils") || !has("objdump", "binutils") {
        return;
    }
    let copy = scratch("binutils").join("libsmimezip.a");
    std::fs::copy(archive(), &copy).unwrap();
    let symbols = run(Command::new("nm").args(["-g", "--defined-only"]).arg(&copy));
    assert!(symbols.contains(" T smz_archive_open\n"), "{symbols}");
    run(Command::new("ranlib").arg(&copy));
    let symbols = run(Command::new("nm").arg("--print-armap").arg(&copy));
    assert!(symbols.contains("smz_archive_open in "), "{symbols}");
    let sections = run(Command::new("objdump").arg("-h").arg(&copy));
    assert!(sections.contains(".text"), "no sections");
    assert!(!sections.contains(" .llvm"), "a section of LLVM's own");
}

#[test]
fn programs_with_link_time_optimisation() {
    let folder = scratch("lto");
    for (compiler, source) in
        [("clang", "c/extract.c"), ("gcc", "c/extract.c"), ("g++", "cpp/extract.cpp")]
    {
        if !has(compiler, "-flto") {
            continue;
        }
        let program = folder.join(compiler);
        let mut command = Command::new(compiler);
        command.args(["-O1", "-flto", "-DSMZ_STATIC", "-I"]).arg(prefix().join("include"));
        command.arg(root().join("examples").join(source)).arg("-o").arg(&program).arg(archive());
        run(command.args(["-lutil", "-lrt", "-lpthread", "-lm", "-ldl"]));
        extracts(&program, &folder.join(format!("{compiler}-out")));
    }
}

#[test]
fn programs_without_any_shared_library() {
    if !has("pkg-config", "cc -static") {
        return;
    }
    let folder = scratch("static");
    let flags = pkg_config();
    assert!(flags.iter().any(|it| it == "-DSMZ_STATIC"), "{flags:?}");
    assert!(!flags.iter().any(|it| it == "-lgcc_s"), "{flags:?}");
    let kinds = ["-static", "-static-pie"];
    // In a short run each language is linked in each way once.
    for (compiler, source, short) in [
        ("gcc", "c/extract.c", kinds[0]),
        ("clang", "c/extract.c", kinds[1]),
        ("g++", "cpp/extract.cpp", kinds[1]),
        ("clang++", "cpp/extract.cpp", kinds[0]),
    ] {
        for kind in kinds {
            if !is_thorough() && kind != short || !has(compiler, kind) {
                continue;
            }
            let program = folder.join(format!("{compiler}{kind}"));
            let mut command = Command::new(compiler);
            command.arg(kind).arg(root().join("examples").join(source)).arg("-o").arg(&program);
            if source.ends_with("cpp") {
                command.arg("-std=c++17");
            }
            run(command.args(&flags));
            let needed = run(Command::new("objdump").arg("-p").arg(&program));
            assert!(!needed.contains("NEEDED"), "{needed}");
            extracts(&program, &folder.join(format!("{compiler}{kind}-out")));
        }
    }
    // A bug inside is caught there, too: unwinding works without libgcc_s.
    let program = folder.join("behaviour");
    let source = root().join("crates/smimezip-capi/tests/c/behaviour.c");
    run(Command::new("gcc").arg("-static").arg(source).arg("-o").arg(&program).args(&flags));
    let vectors = root().join("crates/smimezip/tests/data/vectors");
    let out = scratch("static-behaviour");
    let shown = run(Command::new(&program).arg(sample()).arg(vectors).arg(out));
    assert!(shown.ends_with(" checks\n"), "{shown}");
}

#[test]
fn cmake_links_it_without_any_shared_library() {
    if !has("cmake", "CMake's static target") {
        return;
    }
    let folder = scratch("cmake-static");
    let lists = "cmake_minimum_required(VERSION 3.13)\nproject(it C)\n\
        find_package(smimezip 0.1 CONFIG REQUIRED)\n\
        add_executable(it ${SOURCE})\n\
        target_link_libraries(it PRIVATE smimezip::static)\n\
        target_link_options(it PRIVATE -static)\n";
    std::fs::write(folder.join("CMakeLists.txt"), lists).unwrap();
    let build = folder.join("build");
    let mut command = Command::new("cmake");
    command.arg("-S").arg(&folder).arg("-B").arg(&build);
    command.arg(format!("-DSOURCE={}", root().join("examples/c/extract.c").display()));
    run(command.arg(format!("-DCMAKE_PREFIX_PATH={}", prefix().display())));
    run(Command::new("cmake").arg("--build").arg(&build));
    extracts(&build.join("it"), &folder.join("out"));
}

/// `install.sh` with these arguments, run where nothing of the repository is.
fn install(arguments: &[&str], destdir: Option<&Path>) -> Output {
    let mut command = install_sh();
    command.args(arguments).env_remove("DESTDIR").current_dir("/");
    if let Some(destdir) = destdir {
        command.env("DESTDIR", destdir);
    }
    command.output().unwrap()
}

#[test]
fn install_sh_explains_itself() {
    for argument in ["--help", "-h"] {
        let output = install(&[argument], None);
        let shown = String::from_utf8(output.stdout).unwrap();
        assert!(output.status.success() && shown.contains("--destdir DIR"), "{shown}");
        assert!(output.stderr.is_empty());
    }
    for (arguments, reason) in [
        (&["--prefix"][..], "--prefix needs a value"),
        (&["--libdir"], "--libdir needs a value"),
        (&["--prefix", ""], "must not be empty"),
        (&["--nonsense"], "unknown option: --nonsense"),
    ] {
        let output = install(arguments, None);
        let shown = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(1), "{shown}");
        assert!(shown.contains(reason) && shown.contains("--prefix /usr/local"), "{shown}");
    }
}

#[test]
fn install_sh_puts_it_under_destdir() {
    let staged = scratch("destdir");
    let arguments = ["--prefix=/opt/it", "--libdir", "lib64"];
    let output = install(&arguments, Some(&staged));
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let library = staged.join("opt/it/lib64");
    assert!(library.join("libsmimezip.so.0.1").exists() && library.join("libsmimezip.a").exists());
    // What is installed does not know of the folder it was put together in.
    let pc = std::fs::read_to_string(library.join("pkgconfig/smimezip.pc")).unwrap();
    assert!(pc.starts_with("prefix=/opt/it\n") && pc.contains("libdir=${prefix}/lib64\n"), "{pc}");
    // The option goes before the environment.
    let other = scratch("destdir-option");
    let option = format!("--destdir={}", other.display());
    let output = install(&["--prefix", "/opt/it", &option], Some(&staged));
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(other.join("opt/it/include/smimezip.h").exists());
    assert!(!staged.join("opt/it/lib").exists());
}
