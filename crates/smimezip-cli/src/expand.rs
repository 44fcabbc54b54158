//! Patterns among the paths of a command line, as `*.smime`, which the shells of Windows leave to
//! programs. Only paths are expanded: what flags take, and names of entries, are not looked at, so
//! nothing has to be quoted.

use std::path::PathBuf;

use glob::MatchOptions;

use crate::args::Command;

/// Expands the paths of parts, folders and files that the command works on, on Windows.
pub(crate) fn paths(command: &mut Command) {
    if !cfg!(windows) {
        return;
    }
    let paths = match command {
        Command::Extract(args) => &mut args.what.inputs,
        Command::List(args) => &mut args.what.inputs,
        Command::Salvage(args) => &mut args.what.inputs,
        Command::Verify(args) => &mut args.what.inputs,
        Command::Decrypt(args) => &mut args.parts,
        Command::Inspect(args) => &mut args.inputs,
        Command::Seal(args) => &mut args.trees,
        _ => return,
    };
    *paths = std::mem::take(paths).into_iter().flat_map(expanded).collect();
}

/// What a path stands for; the path itself if that is nothing. No name has `*` or `?` on Windows,
/// but `[` is one character among others there.
fn expanded(path: PathBuf) -> Vec<PathBuf> {
    let options = MatchOptions {
        case_sensitive: false,
        require_literal_separator: true,
        require_literal_leading_dot: false,
    };
    let pattern = path.to_str().filter(|text| text.contains(['*', '?']));
    let found = pattern.and_then(|text| glob::glob_with(&text.replace('[', "[[]"), options).ok());
    let found: Vec<PathBuf> = found.into_iter().flatten().flatten().collect();
    if found.is_empty() { vec![path] } else { found }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_patterns_are_expanded_and_those_for_nothing_stay() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["b[1].z01.SMIME", "b[1].zip.smime", "x1.txt"] {
            std::fs::write(folder.path().join(name), "").unwrap();
        }
        let expand = |name: &str| -> Vec<String> {
            let paths = expanded(folder.path().join(name)).into_iter();
            paths.map(|it| it.file_name().unwrap().to_str().unwrap().to_owned()).collect()
        };
        assert_eq!(expand("*.smime"), ["b[1].z01.SMIME", "b[1].zip.smime"]);
        assert_eq!(expand("b[1].z??.smime"), ["b[1].z01.SMIME", "b[1].zip.smime"]);
        for name in ["x1.txt", "b[1].zip.smime", "[x]1.txt", "*.pem"] {
            assert_eq!(expand(name), [name]);
        }
    }
}
