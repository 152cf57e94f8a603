//! What the test programs share: the built binary, and the peers (programs of other people).
//!
//! A peer that is not installed is no failure: the test says `not run: …` and passes. Where
//! `NXK_REQUIRE_PEERS` is set, as in CI, a missing peer fails the test instead.

// Every test program compiles this file for itself and uses a part of it.
#![allow(dead_code)]

pub mod compiled;
pub mod configuration;
pub mod manifests;
pub mod rust_tokens;

use std::env;
use std::ffi::OsString;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};

/// The program `name` on the `PATH`, if there is one.
///
/// # Panics
/// When there is none and `NXK_REQUIRE_PEERS` is set.
pub fn peer(name: &str) -> Option<PathBuf> {
    let found = find_on_path(name);
    if found.is_none() {
        missing(&format!("{name} is not installed"));
    }
    found
}

/// The Python that has the packages of `tests/requirements.txt`: `NXK_PYTHON`, or the one that
/// `tests/run` sets up. `module` is the package that the caller needs.
///
/// # Panics
/// When it is not there and `NXK_REQUIRE_PEERS` is set.
pub fn python(module: &str) -> Option<PathBuf> {
    let python = env::var_os("NXK_PYTHON").map_or_else(|| repository().join(".venv/bin/python"), PathBuf::from);
    let import = Command::new(&python).args(["-c", &format!("import {module}")]).stderr(Stdio::null()).status();
    if import.is_ok_and(|status| status.success()) {
        return Some(python);
    }
    missing(&format!("{} does not have {module} (`tests/run` installs it)", python.display()));
    None
}

/// Helm of this major version: `NXK_HELM3` or `NXK_HELM4`, or the one that `tests/run` sets up.
///
/// # Panics
/// When it is not there and `NXK_REQUIRE_PEERS` is set.
pub fn helm(major: u32) -> Option<PathBuf> {
    let set_up = || repository().join(format!(".peers/helm{major}/helm"));
    let helm = env::var_os(format!("NXK_HELM{major}")).map_or_else(set_up, PathBuf::from);
    if !helm.is_file() {
        missing(&format!("Helm {major} is not at {} (`tests/run` installs it)", helm.display()));
        return None;
    }
    Some(helm)
}

/// A command that runs nxk, from a folder of the caller's choice or the repository.
pub fn nxk() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_nxk"));
    command.current_dir(repository()).stdin(Stdio::null()).env("NO_COLOR", "1");
    command
}

/// Runs nxk with `arguments` in the repository.
pub fn run_nxk<S: Into<OsString>>(arguments: impl IntoIterator<Item = S>) -> Output {
    nxk().args(arguments.into_iter().map(Into::into)).output().expect("the built program starts")
}

/// The top folder of the repository.
pub fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The folder with specifications and verdicts, if this machine has it: `NXK_SHARED`, or beside the project.
pub fn shared() -> Option<PathBuf> {
    let folder = env::var_os("NXK_SHARED").map_or_else(|| repository().join("../shared"), PathBuf::from);
    folder.is_dir().then_some(folder)
}

/// Reads a text file of the repository.
pub fn read(path: impl AsRef<Path>) -> String {
    let path = repository().join(path);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Every file below `folder` (relative to the repository) whose name ends in `ending`, by path;
/// none when the folder is not there.
pub fn files_below(folder: &str, ending: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![repository().join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).into_iter().flatten() {
            let path = entry.expect("a readable folder").path();
            match path.is_dir() {
                true => folders.push(path),
                false if path.to_string_lossy().ends_with(ending) => found.push(path),
                false => {}
            }
        }
    }
    found.sort();
    found
}

/// A file system of 256 KiB that is unmounted with the value.
pub struct TinyDisk(tempfile::TempDir);

impl TinyDisk {
    /// Mounts one where that is allowed.
    pub fn mount() -> Option<TinyDisk> {
        let folder = tempfile::tempdir().expect("a scratch folder");
        let mount = Command::new("mount").args(["-t", "tmpfs", "-o", "size=256k", "tmpfs"]).arg(folder.path()).output();
        if mount.is_ok_and(|output| output.status.success()) {
            return Some(TinyDisk(folder));
        }
        not_run("no small file system can be mounted here");
        None
    }

    /// Where it is mounted.
    pub fn path(&self) -> &Path {
        self.0.path()
    }
}

impl Drop for TinyDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg(self.path()).status();
    }
}

/// What `work` makes of each item, in their order, on all cores.
pub fn in_parallel<T: Sync, R: Send>(items: &[T], work: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let next = AtomicUsize::new(0);
    let worker = || {
        let mut done = Vec::new();
        loop {
            let at = next.fetch_add(1, Ordering::Relaxed);
            let Some(item) = items.get(at) else { return done };
            done.push((at, work(item)));
        }
    };
    let mut done: Vec<(usize, R)> = std::thread::scope(|scope| {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let workers: Vec<_> = (0..cores).map(|_| scope.spawn(worker)).collect();
        workers.into_iter().flat_map(|worker| worker.join().expect("the work does not panic")).collect()
    });
    done.sort_by_key(|(at, _)| *at);
    done.into_iter().map(|(_, result)| result).collect()
}

/// Says on the terminal, past the capture of the test runner, that something was not tested.
pub fn not_run(why: &str) {
    let test = std::thread::current().name().unwrap_or("a test").to_owned();
    // A closed stderr is no reason to fail.
    let _ = writeln!(std::io::stderr(), "not run: {test}: {why}");
}

fn missing(why: &str) {
    assert!(env::var_os("NXK_REQUIRE_PEERS").is_none(), "{why}, and NXK_REQUIRE_PEERS demands it");
    not_run(why);
}

fn find_on_path(name: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    env::split_paths(&path).map(|folder| folder.join(name)).find(|program| program.is_file())
}
