//! A web server on the loopback interface that gives the files of a folder, whole or by ranges.

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::sync::{Arc, Mutex};

/// The ranges that were asked for: the target, and the first and the last byte.
type Ranges = Arc<Mutex<Vec<(String, u64, u64)>>>;

pub struct HttpServer {
    pub address: String,
    ranges: Ranges,
}

impl HttpServer {
    pub fn start(folder: &Path) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let ranges = Ranges::default();
        let (folder, shared) = (folder.to_owned(), Arc::clone(&ranges));
        std::thread::spawn(move || {
            for client in listener.incoming().flatten() {
                let (folder, ranges) = (folder.clone(), Arc::clone(&shared));
                std::thread::spawn(move || serve(client, &folder, &ranges));
            }
        });
        HttpServer { address, ranges }
    }

    /// The ranges so far, and forgets them.
    pub fn take_ranges(&self) -> Vec<(String, u64, u64)> {
        std::mem::take(&mut self.ranges.lock().unwrap())
    }
}

fn serve(client: TcpStream, folder: &Path, ranges: &Ranges) {
    let mut out = client.try_clone().unwrap();
    let mut lines = BufReader::new(client).lines().map_while(Result::ok);
    while let Some(request) = lines.next() {
        let headers: Vec<String> = lines.by_ref().take_while(|line| !line.is_empty()).collect();
        let mut words = request.split(' ');
        let (method, target) = (words.next().unwrap(), words.next().unwrap().to_owned());
        let Ok(bytes) = std::fs::read(folder.join(target.trim_start_matches('/'))) else {
            out.write_all(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n").unwrap();
            continue;
        };
        let range =
            headers.iter().find_map(|line| line.to_ascii_lowercase().strip_prefix("range: bytes=").map(str::to_owned));
        let (status, body, place) = match range {
            Some(range) => {
                let (first, last) = range.split_once('-').unwrap();
                let (first, last) = (first.parse::<u64>().unwrap(), last.parse::<u64>().unwrap());
                ranges.lock().unwrap().push((target, first, last));
                let place = format!("Content-Range: bytes {first}-{last}/{}\r\n", bytes.len());
                ("206 Partial Content", &bytes[first as usize..=last as usize], place)
            }
            None => ("200 OK", &bytes[..], String::new()),
        };
        let modified = "Last-Modified: Wed, 01 May 2024 22:00:00 GMT\r\nETag: \"1\"\r\n";
        let head = format!("HTTP/1.1 {status}\r\nContent-Length: {}\r\n{modified}{place}\r\n", body.len());
        out.write_all(head.as_bytes()).unwrap();
        if method == "GET" {
            out.write_all(body).unwrap();
        }
    }
}
