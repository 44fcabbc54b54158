//! What is asked of the key store by the crate `keyring-core`. It may ask a person to unlock it,
//! and waits for them; for one that does not answer at all nobody waits long.

use std::sync::{OnceLock, mpsc};
use std::thread;
use std::time::Duration;

use keyring_core::{Entry, Error};
use smimezip::Passphrase;
use zeroize::Zeroizing;

use super::Problem;

/// What all entries have in common; `secret-tool` and the like find them by it, and the name.
const SERVICE: &str = "smimezip";
/// How long the key store has to answer at first: as long as D-Bus gives a program to start.
const PATIENCE: Duration = Duration::from_secs(25);

/// The passphrase under this name. As in a file, a line end after it is no part of it.
pub(crate) fn get(name: &str) -> Result<Zeroizing<Vec<u8>>, Problem> {
    let mut stored = read(&entry(name)?).map_err(|error| problem(error, name))?;
    let text = stored.strip_suffix(b"\n").unwrap_or(&stored);
    let length = text.strip_suffix(b"\r").unwrap_or(text).len();
    stored.truncate(length);
    Ok(stored)
}

/// Stores a passphrase under this name; whether it replaced one.
pub(crate) fn store(name: &str, passphrase: &Passphrase) -> Result<bool, Problem> {
    // KWallet keeps nothing else.
    let text = std::str::from_utf8(passphrase.bytes()).map_err(|_| Problem::Failed {
        reason: "it keeps text only, and the passphrase is no UTF-8 text".to_owned(),
    })?;
    let entry = entry(name)?;
    let replaces = match read(&entry) {
        Ok(_) => true,
        Err(Error::NoEntry) => false,
        Err(error) => return Err(problem(error, name)),
    };
    entry.set_password(text).map_err(|error| problem(error, name))?;
    Ok(replaces)
}

/// Removes what is stored under this name, all of it if there are several entries.
pub(crate) fn forget(name: &str) -> Result<(), Problem> {
    let outcome = match entry(name)?.delete_credential() {
        Err(Error::Ambiguous(entries)) => {
            let mut removed = entries.into_iter().map(|entry| entry.delete_credential());
            removed.find(Result::is_err).unwrap_or(Ok(()))
        }
        outcome => outcome,
    };
    outcome.map_err(|error| problem(error, name))
}

/// The entry under this name, which need not be there.
fn entry(name: &str) -> Result<Entry, Problem> {
    /// Nobody waits for it twice.
    static THERE: OnceLock<Result<(), String>> = OnceLock::new();
    let connect = || connect().map_err(|error| reason(&error));
    let silence = || Err(format!("nothing came within {} seconds", PATIENCE.as_secs()));
    let there = THERE.get_or_init(|| within(PATIENCE, connect).unwrap_or_else(silence));
    there.clone().map_err(|reason| Problem::NotThere { reason })?;
    Entry::new(SERVICE, name).map_err(|error| problem(error, name))
}

/// Has entries be those of the system's own key store.
fn connect() -> Result<(), Error> {
    #[cfg(windows)]
    let store = windows_native_keyring_store::Store::new()?;
    #[cfg(target_os = "macos")]
    let store = apple_native_keyring_store::keychain::Store::new()?;
    #[cfg(not(any(windows, target_os = "macos")))]
    let store = zbus_secret_service_keyring_store::Store::new()?;
    keyring_core::set_default_store(store);
    Ok(())
}

/// What is stored; what is no text is what it is.
fn read(entry: &Entry) -> Result<Zeroizing<Vec<u8>>, Error> {
    match entry.get_password() {
        Ok(text) => Ok(Zeroizing::new(text.into_bytes())),
        Err(Error::BadEncoding(bytes)) => Ok(Zeroizing::new(bytes)),
        Err(error) => Err(error),
    }
}

/// What `work` comes to, unless it takes longer than `time`: then it goes on by itself.
fn within<T: Send + 'static>(
    time: Duration,
    work: impl FnOnce() -> T + Send + 'static,
) -> Option<T> {
    let (sender, receiver) = mpsc::sync_channel(1);
    let work = move || {
        // Nobody may be waiting any more.
        let _ = sender.send(work());
    };
    thread::Builder::new().spawn(work).ok()?;
    receiver.recv_timeout(time).ok()
}

fn problem(error: Error, name: &str) -> Problem {
    match error {
        Error::NoEntry => Problem::NotStored { name: name.to_owned() },
        Error::Ambiguous(_) => Problem::Several { name: name.to_owned() },
        Error::NoStorageAccess(_) => Problem::NoAccess { reason: reason(&error) },
        error => Problem::Failed { reason: reason(&error) },
    }
}

/// What the system says, in one line. An error that has bytes of the passphrase says nothing.
fn reason(error: &Error) -> String {
    match error {
        Error::PlatformFailure(inner) | Error::NoStorageAccess(inner) => inner.to_string(),
        Error::BadEncoding(_) | Error::BadDataFormat(..) => "what is stored is no text".to_owned(),
        error => error.to_string(),
    }
    .replace('\n', " ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_waits_for_what_does_not_answer() {
        let (_sender, never) = mpsc::channel::<()>();
        assert_eq!(within(Duration::from_millis(1), move || never.recv()), None);
        assert_eq!(within(PATIENCE, || 7), Some(7));
    }
}
