//! A command line that cannot be understood: what clap says of it, and what it cannot know: the
//! habits of other programs, and files where a command should be. Help and version come this way,
//! too.

mod habits;

use std::ffi::OsString;
use std::io;
use std::path::Path;
use std::process::ExitCode;

use clap::builder::StyledStr;
use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{ColorChoice, CommandFactory, FromArgMatches, ValueEnum};

use crate::args::{Cli, When};
use crate::exit::{Failure, INPUT_OUTPUT, USAGE};
use crate::expand;
use crate::json;
use crate::text;

/// Reads the command line. Where it cannot be understood, or help is asked for, that is shown, and
/// the code to end with is returned.
pub(crate) fn parse() -> Result<Cli, ExitCode> {
    if let Some(answer) = given().find_map(|it| habits::of_argument(it.to_str()?)) {
        return Err(answer_with(&answer));
    }
    let mut command = Cli::command().color(color());
    let mut cli = command
        .try_get_matches_from_mut(with_progress(std::env::args_os().collect()))
        .and_then(|mut matches| Cli::from_arg_matches_mut(&mut matches))
        .map_err(|error| refuse(error.format(&mut command)))?;
    expand::paths(&mut cli.command);
    match refuse_divided(&cli) {
        Some(code) => Err(code),
        None => Ok(cli),
    }
}

/// The arguments that may be flags.
fn given() -> impl Iterator<Item = OsString> {
    std::env::args_os().skip(1).take_while(|argument| argument != "--")
}

/// What `--color` says, for those who never come to know what else is said.
fn color() -> ColorChoice {
    let values = given().skip(1).chain([OsString::new()]);
    let said = given().zip(values).find_map(|(argument, value)| {
        let argument = argument.to_str()?;
        let value = match argument.strip_prefix("--color=") {
            Some(value) => value,
            None => value.to_str().filter(|_| argument == "--color")?,
        };
        When::from_str(value, false).ok()
    });
    match said {
        Some(When::Always) => ColorChoice::Always,
        Some(When::Never) => ColorChoice::Never,
        Some(When::Auto) | None => ColorChoice::Auto,
    }
}

/// Ends a `--progress` without a value, so that it does not take what follows it.
fn with_progress(mut arguments: Vec<OsString>) -> Vec<OsString> {
    let end = arguments.iter().position(|it| it == "--").unwrap_or(arguments.len());
    for at in 0..end {
        let value = arguments.get(at + 1).and_then(|it| it.to_str()).unwrap_or_default();
        if arguments[at] == "--progress" && When::from_str(value, false).is_err() {
            arguments[at] = "--progress=always".into();
        }
    }
    arguments
}

/// Shows what clap has to say, or what it cannot know; returns the code to end with.
fn refuse(mut error: clap::Error) -> ExitCode {
    if !error.use_stderr() {
        return match error.print() {
            // A closed pipe is nobody's problem.
            Err(error) if error.kind() != io::ErrorKind::BrokenPipe => INPUT_OUTPUT.into(),
            _ => ExitCode::SUCCESS,
        };
    }
    let given = |kind| match error.get(kind) {
        Some(ContextValue::String(given)) => Some(given.clone()),
        _ => None,
    };
    let mut is_path = false;
    let answer = match error.kind() {
        ErrorKind::UnknownArgument => {
            given(ContextKind::InvalidArg).and_then(|it| habits::of_flag(&it))
        }
        ErrorKind::InvalidSubcommand => given(ContextKind::InvalidSubcommand).and_then(|it| {
            is_path = Path::new(&it).exists();
            habits::of_command(&it).filter(|_| !is_path)
        }),
        _ => None,
    };
    if let Some(answer) = answer {
        return answer_with(&answer);
    }
    let given = given(ContextKind::InvalidSubcommand).filter(|_| is_path);
    // That a flag which there is not could be a file's name helps nobody.
    if let Some(ContextValue::StyledStrs(tips)) = error.remove(ContextKind::Suggested) {
        let is_of_use = |tip: &StyledStr| !tip.to_string().starts_with("to pass ");
        let tips: Vec<_> = tips.into_iter().filter(is_of_use).collect();
        if !tips.is_empty() {
            error.insert(ContextKind::Suggested, ContextValue::StyledStrs(tips));
        }
    }
    say(&error);
    report(&message_of(&error));
    if let Some(given) = given {
        eprint(&format!("  a command goes first: smimezip extract {}", text::safe(&given)));
    }
    USAGE.into()
}

/// Says what is right instead; returns the code to end with.
fn answer_with(text: &str) -> ExitCode {
    eprint(&format!("error: {text}"));
    report(text);
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

/// Refuses a repeated flag that stands both before and after the command: clap keeps those after it
/// only, and a limit must not be lost in silence.
fn refuse_divided(cli: &Cli) -> Option<ExitCode> {
    let kept = [
        ("--limit", cli.limit.len()),
        ("--accept", cli.accept.len()),
        ("--inner", cli.inner.len()),
    ];
    let times = |flag: &str| {
        let is_flag = |argument: &OsString| {
            argument
                .to_str()
                .and_then(|text| text.strip_prefix(flag))
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('='))
        };
        given().filter(is_flag).count()
    };
    let (flag, _) = kept.into_iter().find(|(flag, kept)| times(flag) > *kept)?;
    Some(answer_with(&format!(
        "{flag} stands before and after the command; put all of them after it"
    )))
}

/// Clap's first paragraph, which is what is wrong; how to use the program comes after it.
fn message_of(error: &clap::Error) -> String {
    let text = error.to_string();
    let first = text.split("\n\n").next().unwrap_or_default();
    first.trim_start_matches("error: ").trim_end().to_owned()
}

/// Says what is wrong as JSON, too, if that was asked for.
fn report(text: &str) {
    if given().any(|argument| argument == "--json") {
        // The exit code says it to whoever does not listen.
        let _ = json::line("error", &json::failure(&Failure::Usage(text.to_owned()), text, None));
    }
}

fn eprint(text: &str) {
    use std::io::Write as _;
    // Whoever does not listen has the exit code.
    let _ = writeln!(io::stderr(), "{text}");
}
