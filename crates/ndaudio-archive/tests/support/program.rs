//! The program under test, and clusters of it.

use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

pub fn program() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ndaudio-archive"));
    command.env("RUST_BACKTRACE", "1");
    command
}

/// Runs the program with these arguments.
pub fn run(arguments: &[&str]) -> Output {
    program().args(arguments).output().unwrap()
}

/// Runs a query and returns its CSV.
pub fn query(options: &[&str], sql: &str) -> String {
    let output = program().arg("query").args(options).args(["--format", "csv", sql]).output().unwrap();
    assert!(output.status.success(), "{sql}\n{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// A port that nothing listens at.
pub fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// A port of a scheduler: the next one, for reports, is free too.
fn free_pair() -> u16 {
    loop {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        if port < u16::MAX && TcpListener::bind(("127.0.0.1", port + 1)).is_ok() {
            return port;
        }
    }
}

/// A process that is killed when the test is over.
pub struct Process(pub Child);

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A scheduler and executors on this machine.
pub struct Cluster {
    pub address: String,
    pub executors: Vec<Process>,
    _scheduler: Process,
}

impl Cluster {
    /// Starts them in `folder`, each executor with one task at a time.
    pub fn start(folder: &Path, executors: usize) -> Self {
        Self::start_with(folder, executors, &[])
    }

    pub fn start_with(folder: &Path, executors: usize, environment: &[(&str, &str)]) -> Self {
        let port = free_pair();
        let address = format!("127.0.0.1:{port}");
        let log = |name: String| std::fs::File::create(folder.join(name)).unwrap();
        let spawn = |arguments: &[&str], name: String| {
            let mut command = program();
            command.args(arguments).envs(environment.iter().copied()).env("RUST_LOG", "warn").current_dir(folder);
            Process(command.stdout(Stdio::null()).stderr(log(name)).spawn().unwrap())
        };
        let scheduler = spawn(&["scheduler", "--port", &port.to_string()], "scheduler.log".into());
        let executor = |number: usize| {
            let port = free_port().to_string();
            let arguments = ["executor", "--scheduler", &address, "--port", &port, "--tasks", "1"];
            spawn(&arguments, format!("executor{number}.log"))
        };
        let started: Vec<Process> = (0..executors).map(executor).collect();
        let cluster = Cluster { address, executors: started, _scheduler: scheduler };
        cluster.wait_for(executors);
        cluster
    }

    /// Asks the scheduler's own interface how many executors there are.
    fn wait_for(&self, executors: usize) {
        let begun = Instant::now();
        while self.registered() < executors {
            assert!(begun.elapsed() < Duration::from_secs(90), "the executors have not come");
            std::thread::sleep(Duration::from_millis(100));
        }
    }

    fn registered(&self) -> usize {
        self.api("executors").as_array().map_or(0, Vec::len)
    }

    /// What the scheduler's own interface says.
    pub fn api(&self, what: &str) -> serde_json::Value {
        let answer = Command::new("curl").args(["-s", &format!("http://{}/api/{what}", self.address)]).output();
        serde_json::from_slice(&answer.map(|answer| answer.stdout).unwrap_or_default()).unwrap_or_default()
    }
}
