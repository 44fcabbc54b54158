//! `include/smimezip.h` is what cbindgen makes of this crate, in the order in which it is read:
//! cbindgen puts all constants before all types before all functions, so its items are put into
//! chapters here, each at its place in the source. `SMIMEZIP_WRITE_HEADER=1` writes the header.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

/// A chapter of the header: its heading, what it is about, and the source files that make it.
struct Chapter {
    heading: &'static str,
    about: &'static str,
    files: &'static [&'static str],
}

const CHAPTERS: [Chapter; 15] = [
    Chapter {
        heading: "Version",
        about: "Of this header, and of the library that is loaded.",
        files: &["version"],
    },
    Chapter {
        heading: "Errors",
        about: "The status that functions return, and the details of a failure: a sentence, where \
                it happened, numbers and names.",
        files: &["status", "error", "facts"],
    },
    Chapter {
        heading: "Options",
        about: "Limits, policies, choice of entries, threads, progress, cancellation. NULL is for \
                the defaults.",
        files: &["option", "progress", "callbacks", "cancel", "options"],
    },
    Chapter {
        heading: "Keys",
        about: "Private keys, certificates, passwords, keys in hardware or in a service.",
        files: &["keyring"],
    },
    Chapter {
        heading: "Bytes that your program serves",
        about: "Callbacks in place of a file, for a part of a set or for a message.",
        files: &["source"],
    },
    Chapter {
        heading: "Sets",
        about: "The parts of an export: found in a folder, or added one after the other; and what \
                state they are in.",
        files: &["set", "set_add", "set_list", "set_status"],
    },
    Chapter {
        heading: "Archives",
        about: "An export unlocked: its entries, and what is done with them.",
        files: &["archive", "entry", "entry_parts", "availability", "oddity", "extract", "report"],
    },
    Chapter {
        heading: "Salvage",
        about: "What can be read of an export that does not open: parts damaged, cut or missing.",
        files: &["salvage"],
    },
    Chapter {
        heading: "Messages",
        about: "One S/MIME or CMS message, which need not be part of an export.",
        files: &["message", "recipient"],
    },
    Chapter {
        heading: "Readers",
        about: "The content of a message, or of an entry of an archive.",
        files: &["reader"],
    },
    Chapter {
        heading: "Decoders",
        about: "One message from a pipe or a socket, fed forward.",
        files: &["decoder"],
    },
    Chapter {
        heading: "Recipients",
        about: "Whom a message or an export is made for.",
        files: &["recipients"],
    },
    Chapter {
        heading: "Sealers",
        about: "One message made, of a content fed forward.",
        files: &["seal_options", "sealer"],
    },
    Chapter {
        heading: "Making exports",
        about: "Files and folders zipped, cut into parts, each part sealed; what would be made, and \
                what was made.",
        files: &["export_builder", "build_plan", "receipt"],
    },
    Chapter {
        heading: "Export writers",
        about: "An export of entries that your program writes one after the other, in parts that \
                go to a folder or to your program.",
        files: &["part_sink", "export_writer"],
    },
];

/// The last lines before the first item.
const BEFORE_ITEMS: &str = "#define SMZ_DEPRECATED(note)\n#endif\n";
const OPEN: &str = "#ifdef __cplusplus\nextern \"C\" {\n#endif\n";
const CLOSE: &str = "#ifdef __cplusplus\n} /* extern \"C\" */\n#endif\n\n#endif /* SMIMEZIP_H */\n";

fn crate_folder() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn header() -> PathBuf {
    crate_folder().join("../../include/smimezip.h")
}

fn source(file: &str) -> PathBuf {
    crate_folder().join("src").join(file).with_extension("rs")
}

fn generated() -> String {
    let config = cbindgen::Config::from_file(crate_folder().join("cbindgen.toml")).unwrap();
    let mut builder = cbindgen::Builder::new().with_config(config);
    for file in CHAPTERS.iter().flat_map(|chapter| chapter.files) {
        builder = builder.with_src(source(file));
    }
    let mut made = Vec::new();
    builder.generate().unwrap().write(&mut made);
    String::from_utf8(made).unwrap()
}

/// The items of what cbindgen made, each with its comment, which all of them have.
fn items(made: &str) -> Vec<&str> {
    let (_, made) = made.split_once(BEFORE_ITEMS).unwrap();
    let end = made.find("\n#ifdef __cplusplus\n}").unwrap();
    let (before, functions) = made[..end].split_once("#ifdef __cplusplus").unwrap();
    let functions = functions.split_once("#endif // __cplusplus\n").unwrap().1;
    let mut items = Vec::new();
    for text in [before, functions] {
        let starts: Vec<usize> = text.match_indices("\n/**\n").map(|(at, _)| at + 1).collect();
        let ends = starts.iter().skip(1).copied().chain([text.len()]);
        items.extend(starts.iter().zip(ends).map(|(start, end)| text[*start..end].trim()));
    }
    items
}

/// What an item declares.
fn name(item: &str) -> &str {
    let declaration = item.split_once("\n */\n").unwrap().1;
    if let Some(constant) = declaration.strip_prefix("#define ") {
        return constant.split(' ').next().unwrap();
    }
    if let Some(structure) = declaration.strip_prefix("typedef struct ") {
        return structure.split(' ').next().unwrap();
    }
    if let Some(kind) = declaration.strip_prefix("typedef ") {
        return match kind.split_once("(*") {
            Some((_, callback)) => callback.split(')').next().unwrap(),
            None => kind.trim_end_matches(';').rsplit(' ').next().unwrap(),
        };
    }
    let head = declaration.split('(').next().unwrap();
    head.rsplit([' ', '*', '\n']).next().unwrap()
}

/// Where the source declares it.
fn position(source: &str, name: &str) -> Option<usize> {
    ["pub const NAME:", "pub struct NAME {", "pub type NAME ", "fn NAME("]
        .iter()
        .find_map(|pattern| source.find(&pattern.replace("NAME", name)))
}

/// The items of each chapter, in the order of their sources.
fn chapters(made: &str) -> Vec<Vec<&str>> {
    let mut left = items(made);
    let chapters = CHAPTERS.iter().map(|chapter| {
        let mut own = Vec::new();
        for (at, file) in chapter.files.iter().enumerate() {
            let source = std::fs::read_to_string(source(file)).unwrap();
            left.retain(|item| match position(&source, name(item)) {
                Some(position) => {
                    own.push((at, position, *item));
                    false
                }
                None => true,
            });
        }
        own.sort_unstable();
        own.into_iter().map(|(_, _, item)| item).collect()
    });
    let chapters = chapters.collect();
    assert!(left.is_empty(), "in no chapter's source: {left:#?}");
    chapters
}

/// The structs that items name before they are declared.
fn early_structs(items: &[&str]) -> BTreeSet<String> {
    let (mut declared, mut early) = (BTreeSet::new(), BTreeSet::new());
    for item in items {
        for named in item.split("struct ").skip(1) {
            let named: String =
                named.chars().take_while(|it| it.is_ascii_lowercase() || *it == '_').collect();
            if named != name(item) && !declared.contains(&named) && named.starts_with("smz_") {
                early.insert(named);
            }
        }
        declared.insert(name(item).to_owned());
    }
    early
}

/// The text as lines of a comment.
fn comment(text: &str) -> String {
    let mut lines = vec![String::from(" *")];
    for word in text.split(' ') {
        if lines.last().unwrap().len() + word.len() >= 100 {
            lines.push(String::from(" *"));
        }
        let line = lines.last_mut().unwrap();
        line.push(' ');
        line.push_str(word);
    }
    lines.join("\n")
}

/// The header in reading order.
fn in_chapters(made: &str) -> String {
    let (before, _) = made.split_once(BEFORE_ITEMS).unwrap();
    let mut out = format!("{before}{BEFORE_ITEMS}\n{OPEN}\n");
    let chapters = chapters(made);
    out.push_str("/* Structs that are named before their chapter. */\n");
    for name in early_structs(&chapters.concat()) {
        writeln!(out, "struct {name};").unwrap();
    }
    let rule = "=".repeat(94);
    for (Chapter { heading, about, .. }, items) in CHAPTERS.iter().zip(chapters) {
        let about = comment(about);
        write!(out, "\n/* {rule}\n * {heading}\n *\n{about}\n * {rule} */\n\n").unwrap();
        for item in items {
            writeln!(out, "{item}\n").unwrap();
        }
    }
    out.push_str(CLOSE);
    out
}

#[test]
fn the_committed_header_is_the_generated_one() {
    let made = in_chapters(&generated());
    if std::env::var_os("SMIMEZIP_WRITE_HEADER").is_some() {
        std::fs::write(header(), &made).unwrap();
    }
    let committed = std::fs::read_to_string(header()).unwrap_or_default();
    assert!(
        committed == made,
        "include/smimezip.h is not what the source says; \
         SMIMEZIP_WRITE_HEADER=1 cargo test -p smimezip-ffi --test header"
    );
}

#[test]
fn nothing_is_lost_or_changed_by_the_order() {
    let made = generated();
    let ordered = in_chapters(&made);
    let mut from = items(&made);
    let mut to = chapters(&made).concat();
    for item in &from {
        assert_eq!(ordered.matches(&format!("\n{item}\n")).count(), 1, "{item}");
    }
    from.sort_unstable();
    to.sort_unstable();
    assert_eq!(from, to);
}

#[test]
fn chapters_come_in_their_order_with_constants_beside_their_structs() {
    let header = std::fs::read_to_string(header()).unwrap();
    let mut at = 0;
    for text in [
        " * Version\n",
        "#define SMZ_VERSION_MAJOR",
        " * Errors\n",
        "#define SMZ_ERR_IO ",
        "typedef struct smz_error_info {",
        "*smz_error_message(",
        " * Options\n",
        "#define SMZ_OPTION_OVERWRITE ",
        "#define SMZ_OVERWRITE_NEVER ",
        "#define SMZ_OPTION_LINKS ",
        "*smz_options_new(",
        " * Keys\n",
        " * Sets\n",
        "#define SMZ_PART_PRESENT ",
        "typedef struct smz_part {",
        " smz_set_add_file(",
        "#define SMZ_VERDICT_COMPLETE ",
        "typedef struct smz_set_status {",
        " smz_set_find_status(",
        " * Archives\n",
        "#define SMZ_ENTRY_FILE ",
        "typedef struct smz_entry {",
        " * Salvage\n",
        "typedef struct smz_salvage_summary {",
        " smz_salvage_extract(",
        " * Messages\n",
        " * Readers\n",
        " * Decoders\n",
        " * Recipients\n",
        "*smz_recipients_new(",
        " * Sealers\n",
        " smz_sealer_new(",
        " * Making exports\n",
        "#define SMZ_BUILD_OPTION_PART_SIZE ",
        " smz_export_builder_build_folder(",
        "typedef struct smz_part_receipt {",
        " * Export writers\n",
        "typedef struct smz_part_sink {",
        " smz_export_writer_finish(",
    ] {
        at += header[at..].find(text).unwrap_or_else(|| panic!("{text} is not where it should be"));
    }
}

#[test]
fn every_function_says_since_when_and_for_which_threads() {
    let header = std::fs::read_to_string(header()).unwrap();
    let functions = header.matches("\nSMZ_API").count();
    // The words may be broken between two lines.
    let since = header.replace("\n * ", " ").matches("Since 0.1").count();
    assert!(since >= functions && functions > 50, "{since} of {functions} say since when");
    let threads = header.matches("\n * @note Threads: ").count();
    assert_eq!(threads, functions);
}

/// The README says how many functions there are.
#[test]
fn the_readme_counts_the_functions() {
    let header = std::fs::read_to_string(header()).unwrap();
    let count = header.matches("@note Threads:").count();
    let readme = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../README.md");
    let readme = std::fs::read_to_string(readme).unwrap();
    assert!(readme.contains(&format!("a C header of {count} functions")), "{count}");
}

#[test]
fn no_line_is_longer_than_100_characters() {
    let header = std::fs::read_to_string(header()).unwrap();
    for (at, line) in header.lines().enumerate() {
        assert!(line.chars().count() <= 100, "line {}: {line}", at + 1);
    }
}
