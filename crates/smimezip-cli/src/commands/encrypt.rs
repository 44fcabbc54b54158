//! `smimezip encrypt`: one message of one file or stream, as `openssl smime -encrypt` makes it, at
//! any size.

use std::fs::File;
use std::io::{self, IsTerminal, Read};
use std::path::{Path, PathBuf};

use smimezip::extract::{SaveOptions, save_stream_with};
use smimezip::keys::Recipient;
use smimezip::message::{SealOptions, Sealer};
use smimezip::{Error, ErrorKind};

use super::decrypt::{self, set_of};
use super::{Context, sealing};
use crate::args::Encrypt;
use crate::cancellable::Cancellable;
use crate::exit::{Failure, Outcome};
use crate::keyring;
use crate::passphrase::PassphraseSource;

/// Bytes of the content that are read at once.
const BUFFER: usize = 256 * 1024;

pub(crate) fn run(args: &Encrypt, context: &Context) -> Outcome {
    let from_stdin = args.file.as_os_str() == "-";
    let output = match &args.output {
        Some(output) => output.clone(),
        None if from_stdin => PathBuf::from("-"),
        None => default_output(&args.file)?,
    };
    context.history.begin((!from_stdin).then(|| set_of(&args.file)).as_deref(), Some(&output));
    let recipients = recipients(args, from_stdin)?;
    let options = sealing::options(&args.sealing);
    let (source, options) =
        if from_stdin { (stdin(context)?, options) } else { file(&args.file, options, context)? };
    let sealer = Sealer::new(&recipients, &options)?;
    let message = Sealed::new(source, sealer);
    context.listen_to_signals()?;
    let shown = if from_stdin { "standard input".into() } else { args.file.display().to_string() };
    let named = |error: Error| error.in_part(&*shown);
    if let Some(stream) = decrypt::stream(&output)? {
        context.history.turn_off();
        return context.to_stream(message, stream, named);
    }
    if output.as_os_str() == "-" {
        return context.to_stdout(message, named);
    }
    let options = SaveOptions::new()
        .overwrite(args.saving.overwrite.into())
        .durable(!args.saving.no_sync)
        .cancel(&context.cancel);
    let size = save_stream_with(message, &output, &options, &mut context.bar());
    let size = size.map_err(|error| match error.kind() {
        ErrorKind::Exists(_) => error,
        _ => named(error),
    })?;
    context.report_file("encrypted", &output, size)
}

/// The owners of all certificates, and whoever knows one of the passwords.
fn recipients(args: &Encrypt, from_stdin: bool) -> Result<Vec<Recipient>, Failure> {
    if from_stdin && args.password.contains(&PassphraseSource::Stdin) {
        let text = "standard input is the content; give the password in another way";
        return Err(Failure::Usage(text.into()));
    }
    if args.sealing.to.is_empty() && args.password.is_empty() {
        return Err(sealing::for_nobody("--to FILE or --password SRC"));
    }
    let mut recipients = sealing::recipients(&args.sealing)?;
    for password in keyring::passwords(&args.password)? {
        recipients.push(Recipient::from_password(password)?);
    }
    Ok(recipients)
}

/// Where the content comes from, and how many bytes of it there are, if that is known.
struct Source {
    stream: Box<dyn Read>,
    left: Option<u64>,
}

fn stdin(context: &Context) -> Result<Source, Failure> {
    if io::stdin().is_terminal() {
        return Err(Failure::Usage("standard input is a terminal; send a file to it".into()));
    }
    let stream = Cancellable::new(io::stdin(), &context.cancel);
    Ok(Source { stream: Box::new(stream), left: None })
}

/// A file, whose size the message then says at its start; a pipe has none.
fn file(
    path: &Path,
    options: SealOptions,
    context: &Context,
) -> Result<(Source, SealOptions), Failure> {
    let failed = |error: io::Error| Error::from(error).in_part(path.display().to_string());
    let file = File::open(path).map_err(failed)?;
    let metadata = file.metadata().map_err(failed)?;
    if !metadata.is_file() {
        let stream = Cancellable::new(file, &context.cancel);
        return Ok((Source { stream: Box::new(stream), left: None }, options));
    }
    let size = metadata.len();
    Ok((Source { stream: Box::new(file), left: Some(size) }, options.known_size(size)))
}

/// The file's name with the suffix of a sealed one, in the current folder.
fn default_output(file: &Path) -> Result<PathBuf, Failure> {
    if file.is_dir() {
        let shown = file.display();
        let text = format!("{shown} is a folder; encrypt makes one message, seal a whole export");
        return Err(Failure::Usage(text));
    }
    let mut name = file
        .file_name()
        .ok_or_else(|| Failure::Usage("say where to write to: -o FILE, or -o -".into()))?
        .to_owned();
    name.push(".smime");
    Ok(PathBuf::from(name))
}

/// The message of a content that is read while it is.
struct Sealed {
    source: Source,
    /// `None` once the message is complete.
    sealer: Option<Sealer>,
    content: Vec<u8>,
    message: Vec<u8>,
    used: usize,
}

impl Sealed {
    fn new(source: Source, sealer: Sealer) -> Self {
        let (content, message) = (vec![0; BUFFER], Vec::new());
        Self { source, sealer: Some(sealer), content, message, used: 0 }
    }

    /// Makes more of the message, if there is more.
    fn fill(&mut self) -> Result<(), Error> {
        self.used = 0;
        self.message.clear();
        let count = match self.source.stream.read(&mut self.content) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => return Ok(()),
            count => count?,
        };
        self.count(count)?;
        match &mut self.sealer {
            Some(sealer) if count > 0 => sealer.update(&self.content[..count], &mut self.message),
            _ => self.sealer.take().map_or(Ok(()), |sealer| sealer.finish(&mut self.message)),
        }
    }

    /// Sees whether the content is as long as it was.
    fn count(&mut self, count: usize) -> Result<(), Error> {
        let Some(left) = &mut self.source.left else { return Ok(()) };
        let is_end = count == 0;
        match left.checked_sub(count as u64) {
            Some(now) if !is_end || now == 0 => *left = now,
            _ => return Err(ErrorKind::Changed.into()),
        }
        Ok(())
    }
}

impl Read for Sealed {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        while self.used == self.message.len() {
            if self.sealer.is_none() {
                return Ok(0);
            }
            self.fill()?;
        }
        let rest = &self.message[self.used..];
        let count = rest.len().min(buf.len());
        buf[..count].copy_from_slice(&rest[..count]);
        self.used += count;
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(content: &'static [u8], announced: u64) -> Result<Vec<u8>, Error> {
        let recipient = Recipient::from_secret_key(vec![7; 32], "shared").unwrap();
        let options = SealOptions::new().known_size(announced);
        let sealer = Sealer::new(&[recipient], &options).unwrap();
        let source = Source { stream: Box::new(content), left: Some(announced) };
        let mut bytes = Vec::new();
        Sealed::new(source, sealer).read_to_end(&mut bytes)?;
        Ok(bytes)
    }

    #[test]
    fn a_file_that_grows_or_shrinks_is_refused() {
        assert!(read(b"12345", 5).unwrap().starts_with(b"MIME-Version"));
        assert!(read(b"", 0).is_ok());
        for announced in [0, 4, 6] {
            let error = read(b"12345", announced).unwrap_err();
            assert!(matches!(error.kind(), ErrorKind::Changed), "{error}");
        }
    }
}
