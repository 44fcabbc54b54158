//! A command line that cannot be understood: what clap says of it, and what it cannot know: the
//! habits of other programs, and files where a command should be. Help and version come this way,
//! too.

use std::ffi::OsString;
use std::io;
use std::path::Path;
use std::process::ExitCode;

use clap::error::{ContextKind, ContextValue, ErrorKind};

use crate::args::Cli;
use crate::exit::{Failure, INPUT_OUTPUT, USAGE};
use crate::json;
use crate::text;

/// OpenSSL's flags, and what they are here.
const OPENSSL: [(&str, &str); 5] = [
    ("-inkey", "--key FILE"),
    ("-passin", "--passin SRC"),
    ("-recip", "--cert FILE"),
    ("-in", "the INPUT itself, without a flag"),
    ("-out", "-C DIR for extract, -o FILE for decrypt and encrypt"),
];

/// Shows what clap has to say; returns the code to end with.
pub(crate) fn refuse(error: &clap::Error) -> ExitCode {
    if !error.use_stderr() {
        return match error.print() {
            // A closed pipe is nobody's problem.
            Err(error) if error.kind() != io::ErrorKind::BrokenPipe => INPUT_OUTPUT.into(),
            _ => ExitCode::SUCCESS,
        };
    }
    say(error);
    report(&message_of(error));
    let given = error.get(ContextKind::InvalidSubcommand);
    if let (ErrorKind::InvalidSubcommand, Some(ContextValue::String(given))) = (error.kind(), given)
        && Path::new(given).exists()
    {
        eprint(&format!("  a command goes first: smimezip extract {}", text::safe(given)));
    }
    USAGE.into()
}

/// Prints an error of clap, which repeats what was given as it is.
fn say(error: &clap::Error) {
    let plain = error.to_string();
    if plain.chars().any(|c| c != '\n' && text::is_unsafe(c)) {
        plain.lines().for_each(|line| eprint(&text::safe(line)));
    } else {
        // Whoever does not listen has the exit code.
        let _ = error.print();
    }
}

/// Refuses a flag of OpenSSL. Here a few letters after one dash are as many flags, or a flag's
/// value, which would do another thing than was meant.
pub(crate) fn refuse_openssl() -> Option<ExitCode> {
    let mut given = std::env::args_os().skip(1).take_while(|argument| argument != "--");
    let (flag, here) =
        given.find_map(|argument| OPENSSL.iter().find(|(flag, _)| argument == *flag))?;
    let text = format!("{flag} is OpenSSL's; here it is {here}");
    eprint(&format!("error: {text}"));
    report(&text);
    Some(USAGE.into())
}

/// Refuses a repeated flag that stands both before and after the command: clap keeps those after it
/// only, and a limit must not be lost in silence.
pub(crate) fn refuse_divided(cli: &Cli) -> Option<ExitCode> {
    let kept = [
        ("--limit", cli.limit.len()),
        ("--accept", cli.accept.len()),
        ("--inner", cli.inner.len()),
    ];
    let given = |flag: &str| {
        let arguments = std::env::args_os().skip(1).take_while(|argument| argument != "--");
        let is_flag = |argument: &OsString| {
            argument
                .to_str()
                .and_then(|text| text.strip_prefix(flag))
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('='))
        };
        arguments.filter(is_flag).count()
    };
    let (flag, _) = kept.into_iter().find(|(flag, kept)| given(flag) > *kept)?;
    let text = format!("{flag} stands before and after the command; put all of them after it");
    eprint(&format!("error: {text}"));
    report(&text);
    Some(USAGE.into())
}

/// Clap's first paragraph, which is what is wrong; how to use the program comes after it.
fn message_of(error: &clap::Error) -> String {
    let text = error.to_string();
    let first = text.split("\n\n").next().unwrap_or_default();
    first.trim_start_matches("error: ").trim_end().to_owned()
}

/// Says what is wrong as JSON, too, if that was asked for.
fn report(text: &str) {
    let mut given = std::env::args_os().skip(1).take_while(|argument| argument != "--");
    if given.any(|argument| argument == "--json") {
        // The exit code says it to whoever does not listen.
        let _ = json::line("error", &json::failure(&Failure::Usage(text.to_owned()), text, None));
    }
}

fn eprint(text: &str) {
    use std::io::Write as _;
    // Whoever does not listen has the exit code.
    let _ = writeln!(io::stderr(), "{text}");
}
