//! A loss of power, as far as it can be had without one: the process ends before each of its writes.
//!
//! The child is traced, and is killed when it enters the call that would be its n-th change of a file:
//! a write, a sync, a rename, a removal, a new file. What was written before stays.

use std::path::{Path, PathBuf};
use std::process::Child;

use nix::sys::ptrace::{self, Options};
use nix::sys::signal::{Signal, kill};
use nix::sys::wait::{WaitPidFlag, WaitStatus, waitpid};
use nix::unistd::Pid;

use crate::kill::{Course, kills};

/// Linux's numbers, x86-64, of calls that change what a file descriptor stands for.
const WRITES: [u64; 9] = [1, 18, 20, 296, 328, 74, 75, 77, 285];

/// Of calls that change folders: rename, mkdir, rmdir, link, unlink and their kin.
const FOLDERS: [u64; 10] = [82, 264, 316, 83, 258, 84, 87, 263, 265, 266];

/// open and openat, and the flag that makes a file.
const OPENS: [(u64, usize); 2] = [(2, 1), (257, 2)];
const CREATE: u64 = 0o100;

const ENOSYS: u64 = -38_i64 as u64;

/// Lets the child run until it is about to make its `last`-th change below `folder`, and kills it there;
/// how many changes it has made.
fn run(mut child: Child, folder: &Path, last: usize) -> nix::Result<usize> {
    let main = Pid::from_raw(child.id() as i32);
    for task in fs_err::read_dir(format!("/proc/{main}/task")).unwrap() {
        let task = Pid::from_raw(task.unwrap().file_name().to_str().unwrap().parse().unwrap());
        ptrace::seize(
            task,
            Options::PTRACE_O_TRACECLONE | Options::PTRACE_O_TRACESYSGOOD | Options::PTRACE_O_EXITKILL,
        )?;
        ptrace::interrupt(task)?;
    }
    // The end of its input is the word that it waits for.
    drop(child.stdin.take());
    let mut changes = 0;
    loop {
        // Only what this thread traces: other tests have children too.
        let status = waitpid(None, Some(WaitPidFlag::__WALL | WaitPidFlag::__WNOTHREAD))?;
        let (task, signal) = match status {
            WaitStatus::Exited(task, _) | WaitStatus::Signaled(task, _, _) if task == main => {
                return Ok(changes);
            }
            WaitStatus::PtraceSyscall(task) => {
                if is_change(main, task, folder) {
                    changes += 1;
                    if changes == last {
                        kill(main, Signal::SIGKILL)?;
                        continue;
                    }
                }
                (task, None)
            }
            WaitStatus::Stopped(task, signal) => (task, Some(signal)),
            WaitStatus::PtraceEvent(task, ..) => (task, None),
            _ => continue,
        };
        // A task that was killed meanwhile is gone.
        let _ = ptrace::syscall(task, signal);
    }
}

/// Whether a task is about to change something below `folder`.
fn is_change(main: Pid, task: Pid, folder: &Path) -> bool {
    let Ok(registers) = ptrace::getregs(task) else { return false };
    if registers.rax != ENOSYS {
        return false;
    }
    let (call, arguments) = (registers.orig_rax, [registers.rdi, registers.rsi, registers.rdx]);
    let of_folder = || {
        let file = fs_err::read_link(format!("/proc/{main}/fd/{}", arguments[0]));
        file.is_ok_and(|file: PathBuf| file.starts_with(folder))
    };
    let creates = OPENS.iter().any(|&(open, flags)| call == open && arguments[flags] & CREATE != 0);
    creates || FOLDERS.contains(&call) || (WRITES.contains(&call) && of_folder())
}

/// On a thread of its own, which is the one that traces.
async fn trace(course: &Course, last: usize) -> usize {
    let (child, folder) = (course.child(), course.device.dir.path().to_owned());
    tokio::task::spawn_blocking(move || {
        std::thread::spawn(move || run(child, &folder, last)).join().unwrap().unwrap()
    })
    .await
    .unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sync_that_ends_before_any_of_its_writes_leaves_the_old_release_or_the_new_one() {
    let course = Course::new(120).await;
    for way in 0..2 {
        course.take(way);
        let changes = trace(&course, usize::MAX).await;
        assert!(course.is_new(way) && changes > 30, "{changes} changes were seen");
        course.reset();
        // Each of them in a campaign; a few of them otherwise.
        let step = if kills().is_some() { 1 } else { changes.div_ceil(8) };
        let (mut tried, mut new) = (0, 0);
        for last in (1..=changes).step_by(step) {
            trace(&course, last).await;
            new += usize::from(course.is_new(way));
            tried += 1;
            course.completes(way).await;
            course.reset();
        }
        println!("{changes} changes of files, killed before {tried} of them, {new} times at the new release");
    }
}
