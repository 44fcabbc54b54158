//! Every function with every pointer NULL, freed, or of another type: a C program made from the
//! header, run under the address and undefined-behaviour sanitizers. A function that is new in the
//! header is in the matrix without anybody adding it.

// `install.sh` is for Linux.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

use crate::common;

use std::fmt::Write as _;
use std::process::Command;

use common::{Link, compile, has, part, root, run, sample, scratch};

/// A function of the header.
struct Function {
    returns: String,
    name: String,
    /// Type and name.
    parameters: Vec<(String, String)>,
}

/// The handles, and how the program gets one.
const HANDLES: [(&str, &str); 20] = [
    ("smz_options", "smz_options_new()"),
    ("smz_cancel", "smz_cancel_new()"),
    ("smz_keyring", "make_keyring()"),
    ("smz_recipients", "make_recipients()"),
    ("smz_seal_options", "smz_seal_options_new()"),
    ("smz_sealer", "make_sealer()"),
    ("smz_export_builder", "make_export_builder()"),
    ("smz_export_writer", "make_export_writer()"),
    ("smz_build_plan", "make_build_plan()"),
    ("smz_receipt", "make_receipt()"),
    ("smz_message", "make_message()"),
    ("smz_reader", "make_reader()"),
    ("smz_decoder", "make_decoder()"),
    ("smz_set", "make_set()"),
    ("smz_set_list", "make_set_list()"),
    ("smz_set_statuses", "make_set_statuses()"),
    ("smz_archive", "make_archive()"),
    ("smz_salvage", "make_salvage()"),
    ("smz_report", "make_report()"),
    ("smz_error", "make_error()"),
];

/// Pointers that may be NULL: whatever comes of it is right.
const OPTIONAL: [&str; 13] = [
    "options",
    "seal_options",
    "attributes",
    "err",
    "user",
    "passphrase",
    "callback",
    "out_position",
    "out_report",
    "out_receipt",
    "certificate",
    "cancel",
    "status",
];

fn functions() -> Vec<Function> {
    let header = std::fs::read_to_string(root().join("include/smimezip.h")).unwrap();
    header
        .split("\nSMZ_API")
        .skip(1)
        .map(|rest| {
            let text = rest.split(';').next().unwrap();
            let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
            let text = text.replace("struct ", "");
            let text = text.trim_start_matches("SMZ_MUST_USE ");
            let (head, arguments) = text.split_once('(').unwrap();
            let at = head.rfind([' ', '*']).unwrap() + 1;
            let parameters = arguments.trim_end_matches(')');
            let parameters = parameters
                .split(", ")
                .filter(|it| *it != "void" && !it.is_empty())
                .map(|it| {
                    let at = it.rfind([' ', '*']).unwrap() + 1;
                    (it[..at].trim().to_owned(), it[at..].to_owned())
                })
                .collect();
            Function { returns: head[..at].trim().into(), name: head[at..].into(), parameters }
        })
        .collect()
}

/// The handle that a parameter is, if it is one.
fn handle(kind: &str) -> Option<&str> {
    let name = kind.trim_start_matches("const ").strip_suffix(" *")?;
    HANDLES.iter().map(|(handle, _)| *handle).find(|handle| *handle == name)
}

/// An argument that is as it should be. Outputs get a variable with a mark in it.
fn good(function: &Function, at: usize) -> String {
    let (kind, name) = &function.parameters[at];
    if let Some(handle) = handle(kind) {
        return format!("live_{handle}");
    }
    match (kind.as_str(), name.as_str()) {
        ("const char *", "path" | "any_part") if function.name.contains("keyring") => {
            "key_path".into()
        }
        ("const char *", "path") if function.name.contains("to_file") => "scratch_path".into(),
        ("const char *", "path" | "any_part") => "part_path".into(),
        ("const char *", "directory" | "outbox") => "scratch_path".into(),
        ("const char *const *", _) => "&part_path".into(),
        ("const char *", _) => "\"*\"".into(),
        ("const uint8_t *" | "uint8_t *", _) => "bytes".into(),
        ("size_t", "path_count")
        | (
            "smz_error_number"
            | "smz_error_list"
            | "smz_set_status_list"
            | "smz_seal_option"
            | "smz_build_option",
            _,
        ) => "1".into(),
        ("size_t", _) => "sizeof bytes".into(),
        ("smz_option", _) => "SMZ_OPTION_THREADS".into(),
        ("uint32_t" | "uint64_t" | "int64_t" | "int32_t" | "int" | "smz_status", _) => "0".into(),
        ("void *", _) => "NULL".into(),
        ("smz_unwrap_fn", _) => "unwrap".into(),
        (kind, "err") => format!("({kind})&err"),
        (kind, _) if kind.ends_with("_fn") => "NULL".into(),
        (kind, _) if kind.ends_with("**") => format!("({kind})&handle_out"),
        ("size_t *", name) => format!("&{name}"),
        ("uint64_t *", _) => "&number_out".into(),
        (kind, _) => {
            let name = kind.trim_start_matches("const ").trim_end_matches(" *");
            format!("&good_{name}")
        }
    }
}

/// Structs that calls fill or read.
fn structs() -> Vec<String> {
    let mut names: Vec<String> = functions()
        .iter()
        .flat_map(|function| function.parameters.clone())
        .filter(|(kind, _)| kind.contains("smz_") && kind.ends_with(" *") && handle(kind).is_none())
        .map(|(kind, _)| kind.trim_start_matches("const ").trim_end_matches(" *").to_owned())
        .collect();
    names.sort();
    names.dedup();
    names
}

/// One call with one argument replaced. `strict`: it must be told.
fn case(out: &mut String, function: &Function, at: usize, bad: &str, strict: bool) {
    let arguments: Vec<_> = (0..function.parameters.len())
        .map(|other| if other == at { bad.to_owned() } else { good(function, other) })
        .collect();
    let call = format!("{}({})", function.name, arguments.join(", "));
    match function.returns.as_str() {
        "smz_status" if strict => writeln!(out, "    REFUSED({call});").unwrap(),
        "void" => writeln!(out, "    {call}; cases++;").unwrap(),
        _ => {
            let made = function.parameters.iter().find_map(|(kind, name)| {
                kind.strip_suffix(" **").filter(|_| name.starts_with("out_"))
            });
            let free = made.map_or_else(String::new, |made| {
                format!("if (handle_out != (void *)MARK) {{ {made}_free(({made} *)handle_out); }} ")
            });
            writeln!(out, "    reset(); (void)({call} == 0); cases++; {free}reset();").unwrap();
        }
    }
}

fn cases() -> (String, usize) {
    let mut out = String::new();
    let functions = functions();
    for function in &functions {
        // Looking a handle up takes a lock, which a signal handler must not: this one follows its
        // pointer.
        if function.name == "smz_cancel_trigger" {
            continue;
        }
        for (at, (kind, name)) in function.parameters.iter().enumerate() {
            let is_pointer = kind.ends_with('*') || kind.ends_with("_fn");
            // An empty buffer may be NULL; these are not empty.
            // A part that is in a file may have the file's name.
            let optional = OPTIONAL.contains(&name.as_str())
                || (function.name == "smz_set_add_file" && name == "name");
            if is_pointer {
                case(&mut out, function, at, "NULL", !optional || function.returns != "smz_status");
            }
            if let Some(own) = handle(kind) {
                let freed = format!("freed_{own}");
                // Freeing what was freed does nothing; using it is told.
                case(&mut out, function, at, &freed, true);
                let (other, _) = HANDLES.iter().find(|(other, _)| *other != own).unwrap();
                case(&mut out, function, at, &format!("({kind})live_{other}"), true);
                case(&mut out, function, at, &format!("({kind})&unrelated"), true);
            }
            for name in structs() {
                if kind.trim_start_matches("const ") == format!("{name} *") {
                    case(&mut out, function, at, &format!("&unset_{name}"), true);
                }
            }
        }
    }
    (out, functions.len())
}

#[test]
fn x2_every_pointer_null_freed_or_foreign() {
    if !has("gcc", "the matrix of pointers") {
        return;
    }
    let mut program = String::from(PRELUDE);
    for name in structs() {
        writeln!(program, "static {name} good_{name} = {{sizeof({name})}}, unset_{name};").unwrap();
    }
    for (name, _) in HANDLES {
        writeln!(program, "static {name} *live_{name}, *freed_{name};").unwrap();
    }
    program.push_str("static void prepare(void) {\n");
    for (name, make) in HANDLES {
        writeln!(program, "    freed_{name} = {make}; {name}_free(freed_{name});").unwrap();
    }
    for (name, make) in HANDLES {
        writeln!(program, "    live_{name} = {make};").unwrap();
    }
    program.push_str("    good_smz_io.read_at = no_read; good_smz_io.size = no_size;\n");
    program.push_str("    good_smz_part_sink = make_part_sink();\n}\n");
    program.push_str("static void finish(void) {\n");
    for (name, _) in HANDLES {
        writeln!(program, "    {name}_free(live_{name});").unwrap();
    }
    let (cases, functions) = cases();
    writeln!(program, "}}\nstatic void all(void) {{\n{cases}}}").unwrap();
    program.push_str(
        "int main(int argc, char **argv) {\n    CHECK(argc == 4);\n    part_path = argv[1];\n    \
         key_path = argv[2];\n    scratch_path = argv[3];\n    prepare();\n    all();\n    finish();\n    \
         printf(\"%d cases\\n\", cases);\n    return 0;\n}\n",
    );
    let folder = scratch("matrix");
    let source = folder.join("matrix.c");
    std::fs::write(&source, program).unwrap();
    let binary = folder.join("matrix");
    let flags = [
        "-std=c99",
        "-g",
        "-fsanitize=address,undefined",
        "-fno-sanitize-recover=all",
        "-Wno-unused-result",
    ];
    compile("gcc", &flags, &source, Link::Shared, &binary);
    let shown = run(Command::new(&binary).args([
        part("zip"),
        sample().join("key.pem"),
        folder.join("out"),
    ]));
    println!("{functions} functions, {shown}");
    let count: usize = shown.split_whitespace().next().unwrap().parse().unwrap();
    assert!(functions > 50 && count > 250, "{functions} functions, {shown}");
}

const PRELUDE: &str = r#"/* Made from the header by a test. */
#include <smimezip.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int cases;
static const char *part_path, *key_path, *scratch_path;
static uint8_t bytes[64];
static char unrelated[256];
static smz_error *err;
static void *handle_out;
static uint64_t number_out;
static size_t out_n, out_consumed, out_produced;

#define MARK 0x5a5a5a5a

#define CHECK(condition)                                                    \
    do {                                                                    \
        if (!(condition)) {                                                 \
            fprintf(stderr, "line %d: %s\n", __LINE__, #condition);         \
            exit(1);                                                        \
        }                                                                   \
    } while (0)

static void reset(void) {
    smz_error_free(err);
    err = NULL;
    handle_out = (void *)MARK;
    number_out = out_n = out_consumed = out_produced = MARK;
}

/* Refused, with an error if one was asked for, and outputs as they were. */
#define REFUSED(call)                                                       \
    do {                                                                    \
        smz_status got;                                                     \
        reset();                                                            \
        got = (call);                                                       \
        if (got != SMZ_ERR_INVALID_ARGUMENT) {                              \
            fprintf(stderr, "%s: %s\n", #call, smz_status_name(got));       \
            exit(1);                                                        \
        }                                                                   \
        CHECK(handle_out == (void *)MARK && number_out == MARK);            \
        CHECK(out_n == MARK && out_consumed == MARK && out_produced == MARK); \
        reset();                                                            \
        cases++;                                                            \
    } while (0)

static int unwrap(void *user, const smz_recipient *recipient, uint8_t *out_key, size_t key_size) {
    (void)user, (void)recipient, (void)out_key, (void)key_size;
    return SMZ_UNWRAP_NOT_MINE;
}

static int no_read(void *user, uint64_t offset, uint8_t *buf, size_t len, size_t *out_n_) {
    (void)user, (void)offset, (void)buf, (void)len, (void)out_n_;
    return 5;
}

static int no_size(void *user, uint64_t *out_size) {
    (void)user, (void)out_size;
    return 5;
}

static smz_keyring *make_keyring(void) {
    smz_keyring *keys = smz_keyring_new();
    CHECK(smz_keyring_add_file(keys, key_path, NULL, NULL, NULL, NULL) == SMZ_OK);
    return keys;
}

static smz_recipients *make_recipients(void) {
    smz_recipients *recipients = smz_recipients_new();
    CHECK(smz_recipients_add_secret_key(recipients, bytes, 16, bytes, 1, NULL) == SMZ_OK);
    return recipients;
}

static smz_sealer *make_sealer(void) {
    smz_recipients *recipients = make_recipients();
    smz_sealer *sealer = NULL;
    CHECK(smz_sealer_new(recipients, NULL, &sealer, NULL) == SMZ_OK);
    smz_recipients_free(recipients);
    return sealer;
}

static smz_export_builder *make_export_builder(void) {
    smz_recipients *recipients = make_recipients();
    smz_export_builder *builder = NULL;
    CHECK(smz_export_builder_new(recipients, &builder, NULL) == SMZ_OK);
    smz_recipients_free(recipients);
    return builder;
}

static smz_build_plan *make_build_plan(void) {
    smz_export_builder *builder = make_export_builder();
    smz_build_plan *plan = NULL;
    CHECK(smz_export_builder_plan_paths(builder, &key_path, 1, scratch_path, NULL, &plan, NULL) ==
          SMZ_OK);
    smz_export_builder_free(builder);
    return plan;
}

static int begin_part(void *user, const char *name, void **out_part) {
    (void)user, (void)name, (void)out_part;
    return 0;
}

static int write_part(void *user, void *part, const uint8_t *data, size_t data_len) {
    (void)user, (void)part, (void)data, (void)data_len;
    return 0;
}

static int finish_part(void *user, void *part) {
    (void)user, (void)part;
    return 0;
}

static void drop_part(void *user, void *part) {
    (void)user, (void)part;
}

static int commit(void *user, const smz_part_receipt *const *parts, size_t part_count) {
    (void)user, (void)parts, (void)part_count;
    return 0;
}

static smz_part_sink make_part_sink(void) {
    smz_part_sink sink = {sizeof(smz_part_sink)};
    sink.begin = begin_part;
    sink.write = write_part;
    sink.finish = finish_part;
    sink.drop = drop_part;
    sink.commit = commit;
    return sink;
}

static smz_export_writer *make_export_writer(void) {
    smz_export_builder *builder = make_export_builder();
    smz_part_sink sink = make_part_sink();
    smz_export_writer *writer = NULL;
    CHECK(smz_export_writer_new_sink(builder, &sink, NULL, &writer, NULL) == SMZ_OK);
    smz_export_builder_free(builder);
    return writer;
}

static smz_receipt *make_receipt(void) {
    smz_export_writer *writer = make_export_writer();
    smz_receipt *receipt = NULL;
    CHECK(smz_export_writer_finish(writer, &receipt, NULL) == SMZ_OK);
    smz_export_writer_free(writer);
    return receipt;
}

static smz_message *make_message(void) {
    smz_message *message = NULL;
    CHECK(smz_message_open_file(part_path, NULL, &message, NULL) == SMZ_OK);
    return message;
}

static smz_reader *make_reader(void) {
    smz_keyring *keys = make_keyring();
    smz_message *message = make_message();
    smz_reader *reader = NULL;
    CHECK(smz_message_decrypt(message, keys, NULL, &reader, NULL) == SMZ_OK);
    smz_message_free(message);
    smz_keyring_free(keys);
    return reader;
}

static smz_decoder *make_decoder(void) {
    smz_keyring *keys = make_keyring();
    smz_decoder *decoder = NULL;
    CHECK(smz_decoder_new(keys, NULL, &decoder, NULL) == SMZ_OK);
    smz_keyring_free(keys);
    return decoder;
}

static smz_set_list *make_set_list(void) {
    smz_set_list *list = NULL;
    CHECK(smz_set_discover_all(part_path, &list, NULL) == SMZ_OK);
    CHECK(smz_set_list_count(list) == 1);
    return list;
}

static smz_set_statuses *make_set_statuses(void) {
    smz_keyring *keys = make_keyring();
    smz_set_list *list = make_set_list();
    smz_set_statuses *statuses = NULL;
    CHECK(smz_set_list_find_statuses(list, keys, NULL, &statuses, NULL) == SMZ_OK);
    smz_set_list_free(list);
    smz_keyring_free(keys);
    return statuses;
}

static smz_set *make_set(void) {
    smz_set *set = NULL;
    CHECK(smz_set_discover(part_path, &set, NULL) == SMZ_OK);
    return set;
}

static smz_archive *make_archive(void) {
    smz_keyring *keys = make_keyring();
    smz_set *set = make_set();
    smz_archive *archive = NULL;
    CHECK(smz_archive_open(set, keys, NULL, &archive, NULL) == SMZ_OK);
    smz_set_free(set);
    smz_keyring_free(keys);
    return archive;
}

static smz_salvage *make_salvage(void) {
    smz_keyring *keys = make_keyring();
    smz_set *set = make_set();
    smz_salvage *salvage = NULL;
    CHECK(smz_salvage_open(set, keys, NULL, &salvage, NULL) == SMZ_OK);
    smz_set_free(set);
    smz_keyring_free(keys);
    return salvage;
}

static smz_report *make_report(void) {
    smz_archive *archive = make_archive();
    smz_report *report = NULL;
    CHECK(smz_archive_verify(archive, NULL, &report, NULL) == SMZ_OK);
    smz_archive_free(archive);
    return report;
}

static smz_error *make_error(void) {
    smz_error *error = NULL;
    smz_set *set = NULL;
    CHECK(smz_set_discover("", &set, &error) == SMZ_ERR_INVALID_ARGUMENT);
    return error;
}

"#;
