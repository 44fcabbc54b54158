//! A key store for one test alone: GNOME Keyring on a session bus of its own, with files in a
//! temporary folder. That of whoever runs the tests is never asked.

#![allow(dead_code, reason = "each test program uses its own part")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]
#![allow(unreachable_pub, reason = "shared by textual inclusion")]

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::time::Duration;

/// A bus that starts no service by itself.
const BUS: &str = r#"<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:tmpdir=/tmp</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
"#;

/// What the key store belongs to, and whether it is open.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// There is a bus, and no key store on it.
    None,
    /// It was not unlocked, and there is nobody who could be asked to.
    Locked,
    Unlocked,
}

pub struct KeyStore {
    address: String,
    home: String,
    bus: Child,
    daemon: Option<Child>,
}

impl KeyStore {
    /// Starts one whose files are in `home`, if the programs for it are there.
    pub fn start(home: &Path, state: State) -> Option<Self> {
        for program in ["dbus-daemon", "dbus-send", "gnome-keyring-daemon", "secret-tool"] {
            if Command::new(program).arg("--version").output().is_err() {
                println!("SKIPPED: {program} is not installed");
                return None;
            }
        }
        let config = home.join("bus.conf");
        std::fs::write(&config, BUS).unwrap();
        let mut bus = Command::new("dbus-daemon")
            .args(["--nofork", "--print-address"])
            .arg(format!("--config-file={}", config.display()))
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut address = String::new();
        BufReader::new(bus.stdout.take().unwrap()).read_line(&mut address).unwrap();
        let address = address.trim().to_owned();
        let home = home.to_str().unwrap().to_owned();
        let mut store = Self { address, home, bus, daemon: None };
        if state != State::None {
            store.start_daemon(state);
        }
        Some(store)
    }

    fn start_daemon(&mut self, state: State) {
        let mut daemon = Command::new("gnome-keyring-daemon");
        daemon.args(["--foreground", "--components=secrets"]);
        if state == State::Unlocked {
            daemon.arg("--unlock");
        }
        daemon.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
        let mut daemon = self.within(&mut daemon).spawn().unwrap();
        daemon.stdin.take().unwrap().write_all(b"of the key store").unwrap();
        self.daemon = Some(daemon);
        let mut has_owner = Command::new("dbus-send");
        has_owner.args(["--session", "--print-reply", "--dest=org.freedesktop.DBus", "/"]);
        has_owner.args(["org.freedesktop.DBus.NameHasOwner", "string:org.freedesktop.secrets"]);
        let has_owner = self.within(&mut has_owner);
        for _ in 0..600 {
            let said = has_owner.output().unwrap();
            if String::from_utf8_lossy(&said.stdout).contains("boolean true") {
                return;
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        panic!("the key store did not start");
    }

    /// Makes a command one that sees this key store, and no other.
    pub fn within<'a>(&self, command: &'a mut Command) -> &'a mut Command {
        for name in ["DISPLAY", "WAYLAND_DISPLAY", "GNOME_KEYRING_CONTROL", "XDG_DATA_HOME"] {
            command.env_remove(name);
        }
        command
            .env("DBUS_SESSION_BUS_ADDRESS", &self.address)
            .env("HOME", &self.home)
            .env("XDG_RUNTIME_DIR", &self.home)
    }

    /// Runs the program.
    pub fn run(&self, arguments: &[&str]) -> Output {
        self.within(super::smimezip().args(arguments)).output().unwrap()
    }

    /// Runs the program of libsecret with `input` on its standard input.
    pub fn secret_tool(&self, arguments: &[&str], input: &str) -> Output {
        let mut command = Command::new("secret-tool");
        command.args(arguments).stdin(Stdio::piped());
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = self.within(&mut command).spawn().unwrap();
        child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
        child.wait_with_output().unwrap()
    }
}

impl Drop for KeyStore {
    fn drop(&mut self) {
        if let Some(mut child) = self.daemon.take() {
            let _ = child.kill();
            let _ = child.wait();
        }
        let _ = self.bus.kill();
        let _ = self.bus.wait();
    }
}
