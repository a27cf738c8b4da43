//! What the scheduler knows of the sessions, and its port.

use std::collections::{HashMap, VecDeque};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

use super::{Counts, Message};
use crate::progress::FAILURES_SHOWN;

/// Sessions that are remembered; the oldest is forgotten first.
const SESSIONS: usize = 1000;
/// Bytes of the longest message: twenty failures with long paths.
const MESSAGE_BYTES: u64 = 1 << 20;
/// How long a connection may be silent.
const SILENCE: Duration = Duration::from_secs(600);

/// The sessions of this scheduler.
#[derive(Debug, Default)]
pub(crate) struct Board(Mutex<Sessions>);

#[derive(Debug, Default)]
struct Sessions {
    by_id: HashMap<u64, Session>,
    /// From the oldest on.
    order: VecDeque<u64>,
}

#[derive(Debug, Default)]
struct Session {
    files: u64,
    bytes: u64,
    tasks: HashMap<u64, Counts>,
}

impl Sessions {
    fn session(&mut self, id: u64) -> &mut Session {
        if !self.by_id.contains_key(&id) {
            self.order.push_back(id);
            if self.order.len() > SESSIONS
                && let Some(oldest) = self.order.pop_front()
            {
                self.by_id.remove(&oldest);
            }
        }
        self.by_id.entry(id).or_default()
    }
}

impl Session {
    fn counts(&self) -> Counts {
        let mut all = Counts { files: self.files, bytes: self.bytes, ..Counts::default() };
        for task in self.tasks.values() {
            all.files_done += task.files_done;
            all.bytes_done += task.bytes_done;
            all.milliseconds += task.milliseconds;
            all.failed += task.failed;
            all.failures.extend(task.failures.iter().cloned());
        }
        all.failures.sort();
        all.failures.truncate(FAILURES_SHOWN);
        all
    }
}

impl Board {
    /// The board of this process.
    pub(crate) fn of_process() -> &'static Arc<Board> {
        static BOARD: OnceLock<Arc<Board>> = OnceLock::new();
        BOARD.get_or_init(Arc::default)
    }

    /// Notes what a session will read.
    pub(crate) fn plan(&self, session: u64, files: u64, bytes: u64) {
        let mut sessions = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let session = sessions.session(session);
        session.files += files;
        session.bytes += bytes;
    }

    /// What is answered to a message.
    fn answer(&self, message: Message) -> Counts {
        let mut sessions = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match message {
            Message::Report { session, task, counts } => {
                sessions.session(session).tasks.insert(task, counts);
                Counts::default()
            }
            Message::Ask { session } => sessions.by_id.get(&session).map(Session::counts).unwrap_or_default(),
        }
    }
}

/// Answers at an address as long as the process lives. A port that is taken costs the progress, not the queries.
pub(crate) async fn serve(address: SocketAddr) {
    let listener = match TcpListener::bind(address).await {
        Ok(listener) => listener,
        Err(error) => {
            log::warn!("no progress will be shown, because the port of reports ({address}) cannot be opened: {error}");
            return;
        }
    };
    loop {
        match listener.accept().await {
            Ok((stream, _)) => drop(tokio::spawn(converse(stream))),
            // Too many open files, perhaps: others will end.
            Err(_) => tokio::time::sleep(Duration::from_millis(100)).await,
        }
    }
}

/// Answers line by line; whoever says something else is not listened to any more.
async fn converse(stream: TcpStream) {
    let (read, mut write) = stream.into_split();
    let mut read = BufReader::new(read);
    loop {
        let mut line = Vec::new();
        let mut limited = (&mut read).take(MESSAGE_BYTES);
        let Ok(Ok(1..)) = tokio::time::timeout(SILENCE, limited.read_until(b'\n', &mut line)).await else { return };
        let Ok(message) = serde_json::from_slice(&line) else { return };
        let Ok(mut answer) = serde_json::to_vec(&Board::of_process().answer(message)) else { return };
        answer.push(b'\n');
        if write.write_all(&answer).await.is_err() {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Board, Message, SESSIONS};
    use crate::reports::Counts;

    fn report(board: &Board, session: u64, task: u64, files_done: u64) {
        let failures = vec![(format!("{task}.wav"), "bad".to_owned())];
        let counts = Counts { files_done, bytes_done: 10 * files_done, failed: 1, failures, ..Counts::default() };
        board.answer(Message::Report { session, task, counts });
    }

    #[test]
    fn tasks_add_up_and_a_second_try_replaces_the_first() {
        let board = Board::default();
        board.plan(7, 100, 1000);
        report(&board, 7, 1, 5);
        report(&board, 7, 2, 6);
        report(&board, 7, 1, 3);
        report(&board, 8, 1, 50);
        let counts = board.answer(Message::Ask { session: 7 });
        assert_eq!((counts.files, counts.bytes, counts.files_done, counts.bytes_done), (100, 1000, 9, 90));
        assert_eq!(counts.failed, 2);
        assert_eq!(counts.failures.iter().map(|failure| failure.0.as_str()).collect::<Vec<_>>(), ["1.wav", "2.wav"]);
        assert_eq!(board.answer(Message::Ask { session: 9 }), Counts::default());
    }

    #[test]
    fn the_oldest_session_is_forgotten_first() {
        let board = Board::default();
        for session in 0..=SESSIONS as u64 {
            board.plan(session, 1, 1);
        }
        let files = |session| board.answer(Message::Ask { session }).files;
        assert_eq!((files(0), files(1), files(SESSIONS as u64)), (0, 1, 1));
    }
}
