//! `smimezip passphrase`: what `--passin keystore:NAME` finds in the key store is put there, and
//! removed. Nothing of a passphrase is ever shown.

use std::path::Path;

use serde_json::json;

use super::Context;
use crate::args::PassphraseAction;
use crate::console::Console;
use crate::exit::Outcome;
use crate::history::words_in_shell;
use crate::json;
use crate::keyring;
use crate::keystore::{self, Problem};
use crate::passphrase::PassphraseSource;

pub(crate) fn run(action: &PassphraseAction, context: &Context) -> Outcome {
    // Before a person is asked for what cannot be stored.
    keystore::check()?;
    match action {
        PassphraseAction::Store { name, from, key } => {
            store(name, from.as_ref().unwrap_or(&PassphraseSource::Prompt), key.as_deref(), context)
        }
        PassphraseAction::Forget { name } => forget(name, &context.console),
    }
}

fn store(name: &str, from: &PassphraseSource, key: Option<&Path>, context: &Context) -> Outcome {
    let passphrase = keyring::passphrase_to_store(from, name, key.is_some())?;
    if let Some(key) = key {
        keyring::check_passphrase(&passphrase, key, context)?;
    }
    let action = if keystore::store(name, &passphrase)? { "replaced" } else { "stored" };
    let flag = words_in_shell(&["--passin".to_owned(), format!("keystore:{name}")]);
    report(action, name, &format!("; {flag} reads it"), &context.console)
}

fn forget(name: &str, console: &Console) -> Outcome {
    match keystore::forget(name) {
        Ok(()) => report("removed", name, "", console),
        // To say how it is stored would not help somebody who wants it gone.
        Err(Problem::NotStored { name }) => Err(Problem::NothingToForget { name }.into()),
        Err(problem) => Err(problem.into()),
    }
}

/// Says what was done; `more` is for people.
fn report(action: &str, name: &str, more: &str, console: &Console) -> Outcome {
    if console.json {
        return json::line("passphrase", &json!({ "action": action, "name": name }));
    }
    let place = if action == "removed" { "from" } else { "in" };
    console.say(&format!("{action} the passphrase {name} {place} the key store{more}"));
    Ok(())
}
