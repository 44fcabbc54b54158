//! The libraries that cargo built with all tests, as examples. Shared by the tests of the C library
//! and of the jar.

use std::path::{Path, PathBuf};

/// The folder of a library; none where one test was asked for, and the library is not there, or is
/// older than what it is made of. Of other compilers and flags nothing is known here.
pub fn folder(library: &str) -> Option<PathBuf> {
    let folder = std::env::current_exe().ok()?.parent()?.parent()?.join("examples");
    let time = |path: &Path| path.metadata().ok()?.modified().ok();
    let built = time(&folder.join(library).with_extension("so"))?;
    // The rule of a makefile: what it is made of, after a colon.
    let rule = std::fs::read_to_string(folder.join(library).with_extension("d")).ok()?;
    let mut sources = rule.lines().filter_map(|line| line.split_once(": ")).peekable();
    sources.peek()?;
    let is_older = |source: &Path| time(source).is_some_and(|it| it < built);
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let crates = root.join("crates").read_dir().ok()?.filter_map(|it| Some(it.ok()?.path()));
    let manifests = crates.chain([root.clone()]).map(|it| it.join("Cargo.toml"));
    let is_new = sources.all(|(_, all)| all.split(' ').map(Path::new).all(is_older))
        && manifests.chain([root.join("Cargo.lock")]).all(|it| is_older(&it));
    is_new.then_some(folder)
}
