//! What a program writes to its standard output becomes one entry. It is run without a shell; that
//! it succeeds is what makes the output whole.

use std::io::Write;
use std::process::Stdio;
use std::time::SystemTime;

use jiff::Timestamp;
use smimezip::build::{Built, EntryAttributes};
use smimezip::parts::PartSink;
use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::process::Command;

use super::Task;
use crate::ServiceError;

/// How much is read at once.
const READ: usize = 64 << 10;
/// How much of what a program says of its failure is kept: the end of it.
const TOLD: usize = 2000;
/// Has the time since when something counts as changed, if the job is of that kind.
const SINCE: &str = "SMIMEZIP_SINCE";

pub(super) fn export<S: PartSink>(
    task: &Task,
    run: &[String],
    entry: &str,
    sink: S,
) -> Result<Built, ServiceError> {
    let Some((program, arguments)) = run.split_first() else {
        return Err(ServiceError::Config("`run` of a source names no program".into()));
    };
    let failed = |source| ServiceError::Io { what: program.clone(), source };
    let mut command = Command::new(program);
    command
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        // Also if the job is cancelled.
        .kill_on_drop(true);
    if let Some(since) = task.since.and_then(|since| Timestamp::try_from(since).ok()) {
        command.env(SINCE, since.to_string());
    }
    let _entered = task.handle.enter();
    let mut child = command.spawn().map_err(failed)?;
    let (Some(mut output), Some(errors)) = (child.stdout.take(), child.stderr.take()) else {
        return Err(failed(std::io::ErrorKind::BrokenPipe.into()));
    };
    let told = tokio::spawn(end_of(errors));

    let mut archive = task.writer(sink)?;
    let mut file =
        archive.begin_file(entry, &EntryAttributes::new().modified(SystemTime::now()))?;
    let mut buffer = vec![0; READ];
    loop {
        let count = task.wait(output.read(&mut buffer))?.map_err(failed)?;
        if count == 0 {
            break;
        }
        file.write_all(buffer.get(..count).unwrap_or_default()).map_err(smimezip::Error::from)?;
        task.meter.add(count);
    }
    let status = task.wait(child.wait())?.map_err(failed)?;
    if !status.success() {
        let told = task.wait(told)?.unwrap_or_default();
        return Err(ServiceError::Conflict(format!("{program} failed ({status}): {told}")));
    }
    file.finish()?;
    Ok(archive.finish()?)
}

/// The end of what somebody says, on one line.
async fn end_of(mut stream: impl AsyncRead + Unpin) -> String {
    let (mut end, mut buffer) = (Vec::new(), [0; 1024]);
    while let Ok(count @ 1..) = stream.read(&mut buffer).await {
        end.extend_from_slice(buffer.get(..count).unwrap_or_default());
        let surplus = end.len().saturating_sub(TOLD);
        end.drain(..surplus);
    }
    let told = String::from_utf8_lossy(&end);
    told.split(char::is_control)
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .collect::<Vec<_>>()
        .join("; ")
}
