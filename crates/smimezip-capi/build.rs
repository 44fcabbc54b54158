//! Gives the shared library its SONAME: before 1.0 each minor version may break, so it has both
//! numbers (`libsmimezip.so.0.1`).

fn main() {
    let version = |part: &str| std::env::var(format!("CARGO_PKG_VERSION_{part}"));
    let (Ok(major), Ok(minor)) = (version("MAJOR"), version("MINOR")) else { return };
    let number = if major == "0" { format!("0.{minor}") } else { major };
    match std::env::var("CARGO_CFG_TARGET_OS").as_deref() {
        Ok("macos") => {
            let name = format!("@rpath/libsmimezip.{number}.dylib");
            println!("cargo::rustc-cdylib-link-arg=-Wl,-install_name,{name}");
        }
        Ok("windows") => {}
        // That of the tests, too, which are for Linux; cargo has no line for it alone, and in a
        // program it means nothing.
        _ => println!("cargo::rustc-link-arg=-Wl,-soname,libsmimezip.so.{number}"),
    }
    println!("cargo::rerun-if-changed=build.rs");
}
