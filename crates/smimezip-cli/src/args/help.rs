//! What stands beside the list of options: headings, examples, exit codes, limits. The limits come
//! from the library's own table, so that none is missing here.

use std::fmt::Write as _;

use smimezip::{Limit, Limits};

use crate::text;

/// Headings of the lists of options.
pub(super) const GENERAL: &str = "General options";
pub(super) const KEYS: &str = "Keys";

/// What most people come for.
const FIRST: &str = "\
Examples:
  smimezip extract export-….zip.smime --key key.pem -C out
  smimezip list export-….zip.smime --key key.pem
  smimezip status downloads --key key.pem
  smimezip help extract";

pub(super) const EXTRACT: &str = "\
Examples:
  smimezip extract export-….zip.smime --key key.pem -C out
  smimezip extract downloads --key key.pem -C out
  smimezip extract export-….zip.smime --key key.pem -C out --include '**/*.json'
  smimezip extract export-….zip.smime --key key.pem -C out --available
  smimezip extract export-….zip.smime --key key.pem -C out --passin keystore:exports
  smimezip extract downloads --key key.pem -C out --watch

Several exports go to a folder each, below DIR. One that cannot be extracted does not keep the
others from it; the last line counts them, and the exit code is 8. What is there already with the
right sizes and CRC-32 is not extracted again, which is no failure.";
pub(super) const SALVAGE: &str = "\
Examples:
  smimezip salvage export-….z01.smime --key key.pem -C out
  smimezip salvage downloads --key key.pem -C out --json

Where the directory is there, in the last part, entries are found by it, else by the headers before
each of them. What has the CRC-32 and the size that were written for it comes to
out/export-…-not-complete/files, and out/export-…-not-complete/REPORT.txt says what is not there.
Nothing is guessed: of several entries with one name none is extracted, and of a part that is
authenticated and cut off nothing is used. It exits with 8, unless the directory names nothing that
is not there. Where parts are only missing and the last one is there, extract --available is enough.";
pub(super) const LIST: &str = "\
Examples:
  smimezip list export-….zip.smime --key key.pem
  smimezip list export-….zip.smime --key key.pem --long --include 'entities/*'

The last part is enough: entries that need missing parts are marked with their names.";
pub(super) const WHICH: &str = "\
Examples:
  smimezip which export-….zip.smime 'entities/**' --key key.pem
  smimezip which export-….zip.smime 'entities/**' --key key.pem --all

Of the export only the last part (X.zip.smime) must be there, which has the directory. Nothing is
printed if nothing has to be downloaded.";
pub(super) const VERIFY: &str = "\
Examples:
  smimezip verify export-….zip.smime --key key.pem
  smimezip verify downloads --key key.pem --keep-going --json
  smimezip verify export-….zip.smime --key key.pem --available
  smimezip verify --manifest downloads/export-….manifest.json";
pub(super) const DECRYPT: &str = "\
Examples:
  smimezip decrypt export-….z12.smime --key key.pem
  smimezip decrypt invoice.p7m --key key.pem -o invoice.pdf
  smimezip decrypt downloads/*.smime --key key.pem -d out
  producer | smimezip decrypt - --key key.pem | consumer";
pub(super) const INSPECT: &str = "\
Examples:
  smimezip inspect downloads
  smimezip inspect export-….zip.smime --key key.pem

It exits with 6 if parts are missing, are there in copies that differ, or belong to another set; with
3 or 5 if something is no message, or is cut off. How many parts there are is seen with a key that
fits, or by a manifest beside them.";
pub(super) const STATUS: &str = "\
Examples:
  smimezip status downloads --key key.pem
  smimezip status downloads --key key.pem --retention 30d --watch

Names, sizes, the heads of parts and the end record in the last one are looked at, so that it is
fast; `smimezip verify` reads everything. How many parts there are is seen with a key that fits
only. The time it was created is when the oldest file of an export was written here. It exits with
0 if every export is complete, else with 8; --watch ends with 0 on Ctrl-C.";
pub(super) const CAT: &str = "\
Examples:
  smimezip cat export-….zip.smime entities/Customer.json --key key.pem | head

The last part and those that the entry lies in are enough; `smimezip which` names them.";

pub(super) const SEAL: &str = "\
Examples:
  smimezip seal tree --to certificate.pem -o outbox
  smimezip seal tree --to one.pem --to other.pem --split 500M -o outbox --name customer-7
  smimezip seal letters 'read me.txt' --to certificate.pem --exclude '**/*.tmp' --dry-run

At the end it says which --limit those who get the export have to give, if it exceeds one by its
default, or by what --limit says here.

A file that changes while it is read ends the work, and is named: what was written of it cannot be
taken back from a stream that goes forward only. Nothing is left then; run it again.";
pub(super) const ENCRYPT: &str = "\
Examples:
  smimezip encrypt invoice.pdf --to certificate.pem
  smimezip encrypt invoice.pdf --password prompt
  producer | smimezip encrypt - --to certificate.pem --authenticated | consumer";

pub(super) const CHECK_CERT: &str = "\
Examples:
  smimezip check-cert certificate.pem
  smimezip check-cert certificate.pem --key key.pem

It exits with 4 if nothing can be sealed for the certificate, or if the key does not open it. That
the certificate belongs to whom it says is not checked.";

pub(super) const PASSPHRASE: &str = "\
Examples:
  smimezip passphrase store exports --key key.pem
  smimezip extract export-….zip.smime --key key.pem -C out --passin keystore:exports
  smimezip passphrase forget exports

The key store is the Secret Service of a Linux desktop (GNOME Keyring, KWallet), the Keychain of
macOS, or the Credential Manager of Windows. It keeps what belongs to the person who is signed in,
and may ask them to unlock it. Entries have the service \"smimezip\" and the name as their account: in the
Secret Service the attributes `service` and `username`, as
  secret-tool lookup service smimezip username exports
Where there is no key store, as on most servers, --passin takes file:PATH and env:VAR.";
pub(super) const PASSPHRASE_STORE: &str = "\
Examples:
  smimezip passphrase store exports
  smimezip passphrase store exports --key key.pem
  smimezip passphrase store exports --from file:passphrase.txt

The passphrase is text. It is asked for on the terminal, and not shown.";
pub(super) const PASSPHRASE_FORGET: &str = "\
Examples:
  smimezip passphrase forget exports

If several entries have the name, as others may have stored, all of them are removed.";

pub(super) const HISTORY: &str = "\
Examples:
  smimezip history --status failed
  smimezip history --set 'export-2b71*' --json
  smimezip history show 12
  smimezip history again 12

Runs of extract, salvage, seal, verify, and of decrypt and encrypt to a file, are kept in
$XDG_STATE_HOME/smimezip/history.jsonl, by default ~/.local/state/smimezip/history.jsonl (on
Windows under %LOCALAPPDATA%), a line for each export; beyond 2,000 the newest 1,000 stay.
Arguments are kept as they were typed, patterns too; names of entries are not, nor secrets: a run
with pass:TEXT or --unwrap-command cannot be repeated. --no-history, or history = false in the
configuration file, keeps nothing.";
pub(super) const COMPLETIONS: &str = "\
Examples:
  smimezip completions bash > ~/.local/share/bash-completion/completions/smimezip
  smimezip completions zsh > ~/.zfunc/_smimezip";
pub(super) const MAN: &str = "\
Examples:
  smimezip man ~/.local/share/man/man1";

const EXIT_CODES: &str = "\
Exit codes:
  0    done
  1    wrong usage
  2    input or output error
  3    not an encrypted message or not an archive
  4    no key fits, wrong passphrase, or decryption failed
  5    damaged data
  6    parts missing, duplicate or too many
  7    refused: limit, unsafe name, or existing file
  8    some entries failed (--keep-going) or need missing parts (--available); not all is
       there (salvage); of several exports some failed (extract) or are not complete (status);
       of several messages some failed (decrypt)
  9    no entry matches
  130  interrupted

Integrity: CBC ciphers authenticate nothing; CRC-32 finds accidents, not attacks. AES-GCM,
AES-CCM and ChaCha20-Poly1305 are verified whole before anything is decrypted.";

/// What the configuration file may say.
const CONFIGURATION: &str = "\
Configuration file: $XDG_CONFIG_HOME/smimezip/config.toml, by default ~/.config/smimezip/config.toml.
The command line wins; --no-config reads none. Paths are from the file's folder, or from ~/. What it
may say:
  keys = [\"keys\"]                 folders of private keys, as --keys
  [[key]]                         a private key, as --key, and as many more
  file = \"old.pem\"
  passin = \"file:old.txt\"         where its passphrase is, never pass: itself; \"keystore:NAME\"
                                  is in the key store
  passin = \"prompt\"               the same for keys without one of their own; before all [[key]]
  cert = [\"certificate.pem\"]      as --cert
  to = [\"certificate.pem\"]        for whom seal and encrypt work, as --to
  directory = \"exports\"           where extract writes to, as --directory
  history = false                 as --no-history
  [limits]                        as --limit
  total-size = \"20G\"";

/// Columns of the text about a limit.
const WIDTH: usize = 70;
const INDENT: &str = "    ";

/// What follows the options of the program itself.
pub(super) fn short() -> String {
    format!("{FIRST}\n\n{EXIT_CODES}")
}

/// The same, the configuration file and the limits.
pub(super) fn long() -> String {
    let mut out = format!("{FIRST}\n\n{EXIT_CODES}\n\n{CONFIGURATION}");
    out.push_str(
        "\n\nLimits, each with its default. --limit NAME=VALUE changes one; values may end in K, \
         M, G, T:\n",
    );
    let defaults = Limits::default();
    for limit in Limit::ALL {
        let value = match defaults.get(*limit) {
            u64::MAX => "none".to_owned(),
            value => value.to_string(),
        };
        // Writing to a String cannot fail.
        let _ = write!(out, "  {:<24} {value:>10}", text::flag_name(*limit));
        let mut column = WIDTH;
        for word in about(*limit).split(' ') {
            column = column.saturating_add(1).saturating_add(word.len());
            if column > WIDTH {
                column = INDENT.len().saturating_add(word.len());
                let _ = write!(out, "\n{INDENT}{word}");
            } else {
                let _ = write!(out, " {word}");
            }
        }
        out.push('\n');
    }
    out.truncate(out.trim_end().len());
    out
}

/// The first sentence of what the library says of a limit.
fn about(limit: Limit) -> &'static str {
    let reason = limit.reason().trim_start();
    reason.split_once(". ").map_or(reason, |(first, _)| first).trim_end_matches('.')
}
