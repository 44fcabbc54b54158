//! Another program, run to its end: it gets its input and gives its output at the same time, as
//! much as was allowed, and is killed when the call it works for is cancelled.

use std::io::{self, Read, Write};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::Builder;
use std::time::{Duration, Instant};

use smimezip::{CancelToken, Error};
use zeroize::Zeroizing;

/// How often it is looked whether the call was cancelled.
const TICK: Duration = Duration::from_millis(20);
/// How long output may still come from a program that has ended: what it started may have its
/// pipes.
const GRACE: Duration = Duration::from_millis(500);
/// Bytes of standard error that are kept.
const MAX_MESSAGE: usize = 4096;

/// What a program did.
pub(crate) struct Finished {
    pub(crate) status: ExitStatus,
    /// Its standard output; `None` if it was more than was allowed.
    pub(crate) output: Option<Zeroizing<Vec<u8>>>,
    /// The first of its standard error.
    pub(crate) message: Vec<u8>,
}

/// Runs `command` with `input`, allowing `most` bytes of output.
///
/// # Errors
/// `Cancelled`, or what the operating system says.
pub(crate) fn run(command: Command, input: &[u8], most: usize) -> Result<Finished, Error> {
    let mut running = Running::start(command)?;
    let child = &mut running.child;
    if let Some(mut stdin) = child.stdin.take() {
        let input = input.to_vec();
        // A program that does not read says so by its result.
        start(move || drop(stdin.write_all(&input)))?;
    }
    let output = child.stdout.take().map(|it| Collected::start(it, most)).transpose()?;
    let message = child.stderr.take().map(|it| Collected::start(it, MAX_MESSAGE)).transpose()?;
    let mut ended: Option<(ExitStatus, Instant)> = None;
    let (status, output) = loop {
        CancelToken::check_current()?;
        let closed = output.as_ref().is_none_or(|it| it.wait(TICK));
        let too_much = output.as_ref().is_some_and(Collected::is_more_than_allowed);
        // Once it has ended, its number may be another program's.
        if too_much && ended.is_none() {
            running.kill();
        }
        if ended.is_none() {
            ended = running.status()?.map(|status| (status, Instant::now()));
        }
        match ended {
            Some((status, at)) if closed || at.elapsed() > GRACE => {
                let output = output.map(Collected::take).unwrap_or_default();
                break (status, (!too_much).then_some(output));
            }
            // The output was closed before the end.
            None if closed => std::thread::sleep(Duration::from_millis(1)),
            _ => {}
        }
    };
    let message = message.map(|it| {
        it.wait(GRACE);
        it.take().to_vec()
    });
    Ok(Finished { status, output, message: message.unwrap_or_default() })
}

fn start(work: impl FnOnce() + Send + 'static) -> io::Result<()> {
    // It ends with the program that has the other end of the pipe.
    Builder::new().name("pipe".into()).spawn(work).map(drop)
}

/// A program that is killed when nobody waits for it any more.
struct Running {
    child: Child,
    /// Whether what it started is killed with it.
    #[cfg(unix)]
    is_group: bool,
    ended: bool,
}

impl Running {
    fn start(mut command: Command) -> io::Result<Self> {
        // In a terminal it stays in the group that Ctrl-C reaches and that may ask for a PIN.
        #[cfg(unix)]
        let is_group = {
            use std::os::unix::process::CommandExt as _;
            let has_terminal = std::fs::File::open("/dev/tty").is_ok();
            if !has_terminal {
                command.process_group(0);
            }
            !has_terminal
        };
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        Ok(Self {
            child: command.spawn()?,
            #[cfg(unix)]
            is_group,
            ended: false,
        })
    }

    fn status(&mut self) -> io::Result<Option<ExitStatus>> {
        let status = self.child.try_wait()?;
        self.ended = status.is_some();
        Ok(status)
    }

    fn kill(&mut self) {
        #[cfg(unix)]
        if self.is_group {
            use rustix::process::{Pid, Signal, kill_process_group};
            if let Some(group) = i32::try_from(self.child.id()).ok().and_then(Pid::from_raw) {
                let _ = kill_process_group(group, Signal::KILL);
            }
        }
        let _ = self.child.kill();
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if !self.ended {
            self.kill();
            let _ = self.child.wait();
        }
    }
}

/// What a thread of its own reads of a pipe: so many bytes are kept, and one more is too much.
struct Collected {
    bytes: Arc<Mutex<Zeroizing<Vec<u8>>>>,
    most: usize,
    closed: Receiver<()>,
}

impl Collected {
    fn start(mut pipe: impl Read + Send + 'static, most: usize) -> io::Result<Self> {
        // Never moved as it grows, which would leave a copy of a key.
        let bytes = Arc::new(Mutex::new(Zeroizing::new(Vec::with_capacity(most + 1))));
        let (open, closed) = mpsc::channel();
        let kept = Arc::clone(&bytes);
        start(move || {
            let _open = open;
            let mut buffer = Zeroizing::new([0; 4096]);
            loop {
                match pipe.read(&mut buffer[..]) {
                    Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                    Ok(0) | Err(_) => return,
                    Ok(count) => {
                        let mut kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
                        let room = (most + 1).saturating_sub(kept.len());
                        kept.extend_from_slice(&buffer[..count.min(room)]);
                    }
                }
            }
        })?;
        Ok(Self { bytes, most, closed })
    }

    /// Whether the pipe is closed, after so much time at most.
    fn wait(&self, time: Duration) -> bool {
        self.closed.recv_timeout(time) == Err(RecvTimeoutError::Disconnected)
    }

    fn is_more_than_allowed(&self) -> bool {
        self.bytes.lock().unwrap_or_else(PoisonError::into_inner).len() > self.most
    }

    fn take(self) -> Zeroizing<Vec<u8>> {
        let mut bytes = self.bytes.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::replace(&mut *bytes, Zeroizing::new(Vec::new()))
    }
}
