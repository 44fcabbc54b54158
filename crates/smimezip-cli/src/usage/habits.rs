//! What people type who know other programs: OpenSSL, 7-Zip, unzip, zip, age. They are told what it
//! is here; nothing is done that they may not have meant.

/// Flags of OpenSSL, and what they are here. A few letters after one dash are as many flags here,
/// or a flag's value.
const OPENSSL: [(&str, &str); 11] = [
    ("-inkey", "--key FILE"),
    ("-passin", "--passin SRC"),
    ("-recip", "--cert FILE"),
    ("-in", "the INPUT itself, without a flag"),
    ("-out", "-C DIR for extract, -o FILE for decrypt and encrypt"),
    ("-decrypt", "the command `smimezip decrypt`, or `smimezip extract` for a whole export"),
    ("-encrypt", "the command `smimezip encrypt`, or `smimezip seal` for a whole export"),
    ("-inform", "not needed: how a message is wrapped is seen"),
    ("-outform", "--container WHAT"),
    ("-pwri_password", "--password SRC"),
    ("-secretkey", "--secret-key SRC"),
];

/// The same of 7-Zip, by how they begin.
const SEVEN_ZIP: [(&str, &str); 5] = [
    ("-x!", "--exclude GLOB"),
    ("-xr!", "--exclude GLOB, and `**/` before a name is for all folders"),
    ("-i!", "--include GLOB"),
    ("-ir!", "--include GLOB, and `**/` before a name is for all folders"),
    ("-ao", "--overwrite always or --overwrite skip"),
];

/// Flags that no command has.
const FLAGS: [(&str, &str); 22] = [
    ("-f", REPLACE),
    ("--force", REPLACE),
    ("-y", REPLACE),
    ("--yes", REPLACE),
    ("-p", SECRETS),
    ("-P", SECRETS),
    ("--passphrase", SECRETS),
    ("--passphrase-file", SECRETS),
    ("-l", "`smimezip list INPUT` lists, and extracts nothing"),
    ("--list", "`smimezip list INPUT` lists, and extracts nothing"),
    ("-t", "`smimezip verify INPUT` checks everything, and extracts nothing"),
    ("--test", "`smimezip verify INPUT` checks everything, and extracts nothing"),
    ("-x", "`smimezip extract INPUT` extracts"),
    ("-d", DECRYPT),
    ("--decrypt", DECRYPT),
    ("-e", "`smimezip extract INPUT` extracts, and `smimezip encrypt FILE` encrypts"),
    ("-s", "`smimezip cat INPUT ENTRY` writes one entry to standard output"),
    ("-r", "all that is in a folder is meant anyway; --to FILE is for whom something is sealed"),
    ("--recipient", "--to FILE is for whom something is sealed"),
    ("--identity", "--key FILE is the private key"),
    ("-m", "--level N is how hard seal compresses"),
    ("-9", "--level N is how hard seal compresses"),
];

const REPLACE: &str = "nothing is ever asked, and --overwrite always replaces files that exist";
const DECRYPT: &str = "`smimezip decrypt FILE` decrypts one message; -C DIR is the folder that \
                       extract writes to";
const SECRETS: &str = "a key's passphrase comes by --passin SRC, a message's password by --password \
                       SRC; `smimezip cat INPUT ENTRY` writes one entry to standard output";

/// Commands of other programs, and of this one under other names.
const COMMANDS: [(&str, &str); 11] = [
    ("e", "smimezip extract INPUT, which keeps folders"),
    ("a", "smimezip seal TREE --to CERTIFICATE"),
    ("create", "smimezip seal TREE --to CERTIFICATE"),
    ("test", "smimezip verify INPUT"),
    ("info", "smimezip inspect INPUT"),
    ("unzip", "smimezip extract INPUT"),
    ("7z", "smimezip extract INPUT"),
    ("smime", "smimezip decrypt FILE, smimezip encrypt FILE, or extract for a whole export"),
    ("keystore", "smimezip passphrase store NAME"),
    ("keyring", "smimezip passphrase store NAME"),
    ("cms", "smimezip decrypt FILE, smimezip encrypt FILE, or extract for a whole export"),
];

/// What a flag is here that would be taken for another one.
pub(super) fn of_argument(argument: &str) -> Option<String> {
    let openssl = OPENSSL.iter().find(|(flag, _)| argument == *flag).map(|it| ("OpenSSL", it));
    let seven_zip = || SEVEN_ZIP.iter().find(|(flag, _)| argument.starts_with(flag));
    let (program, (flag, here)) = openssl.or_else(|| Some(("7-Zip", seven_zip()?)))?;
    Some(format!("{flag} is {program}'s; here it is {here}"))
}

/// What a flag is here that there is not.
pub(super) fn of_flag(flag: &str) -> Option<String> {
    let (flag, here) = FLAGS.iter().find(|(known, _)| flag == *known)?;
    Some(format!("there is no {flag} here: {here}"))
}

/// What a command is here that there is not.
pub(super) fn of_command(command: &str) -> Option<String> {
    let (command, here) = COMMANDS.iter().find(|(known, _)| command == *known)?;
    Some(format!("there is no command {command} here; it is {here}"))
}
