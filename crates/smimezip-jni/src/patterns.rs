//! Patterns for names of entries, with the meaning they have on the command line: `*` and `?` stop
//! at `/`, `**` crosses it. Which entries an extraction gets is decided in Java, by the answers.

use jni::EnvUnowned;
use jni::objects::{JByteArray, JClass, JObject};
use smimezip::extract::Patterns;

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
        let wrong = |error: smimezip::Error| Failure::Argument(error.to_string());
        let patterns = Patterns::new(&patterns).map_err(wrong)?;
        let verdicts: Vec<u8> = names.iter().map(|name| u8::from(patterns.matches(name))).collect();
        array(env, &verdicts)
    })
}
