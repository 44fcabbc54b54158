//! Patterns for names of entries, with the meaning they have on the command line: `*` and `?` stop
//! at `/`, `**` crosses it. Which entries an extraction gets is decided in Java, by the answers.

use glob::{MatchOptions, Pattern};
use jni::EnvUnowned;
use jni::objects::{JByteArray, JClass, JObject};

use crate::boundary::{array, bytes, call};
use crate::failure::Failure;
use crate::wire;

/// One byte for each name, after one another: 1 if any of the patterns is for it.
#[unsafe(no_mangle)]
extern "system" fn Java_io_github_smimezip_internal_Native_patternsMatch<'l>(
    env: EnvUnowned<'l>,
    class: JClass<'l>,
    patterns: JByteArray<'l>,
    names: JByteArray<'l>,
) -> JObject<'l> {
    call(env, &class, |env| {
        let unread = || Failure::Argument("patterns that cannot be read".into());
        let patterns = wire::texts(&bytes(env, &patterns)?).ok_or_else(unread)?;
        let names = wire::texts(&bytes(env, &names)?).ok_or_else(unread)?;
        let patterns = parse(&patterns)?;
        let verdicts: Vec<u8> = names.iter().map(|name| u8::from(any(&patterns, name))).collect();
        array(env, &verdicts)
    })
}

fn parse(texts: &[String]) -> Result<Vec<Pattern>, Failure> {
    let parse = |text: &String| {
        Pattern::new(text)
            .map_err(|error| Failure::Argument(format!("not a pattern: {text}: {error}")))
    };
    texts.iter().map(parse).collect()
}

/// Whether a pattern is for the whole name; that of a folder is compared without its last `/`.
fn any(patterns: &[Pattern], name: &str) -> bool {
    let options = MatchOptions { require_literal_separator: true, ..MatchOptions::new() };
    let name = name.trim_end_matches('/');
    patterns.iter().any(|pattern| pattern.matches_with(name, options))
}
