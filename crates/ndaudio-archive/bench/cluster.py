"""A scheduler and executors on this machine, for the benchmarks."""

import json
import os
import socket
import subprocess
import time
import urllib.request

here = os.path.dirname(os.path.abspath(__file__))
release = os.environ.get("NDAUDIO_ARCHIVE_BUILD", os.path.join(here, "../target/release"))
program = f"{release}/ndaudio-archive"


def free_pair():
    while True:
        with socket.socket() as first, socket.socket() as second:
            first.bind(("127.0.0.1", 0))
            port = first.getsockname()[1]
            try:
                second.bind(("127.0.0.1", port + 1))
                return port
            except OSError:
                continue


class Cluster:
    def __init__(self, executors):
        port = free_pair()
        self.address = f"127.0.0.1:{port}"
        start = lambda *arguments: subprocess.Popen([program, *arguments], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.scheduler = start("scheduler", "--port", str(port))
        self.executors = [
            start("executor", "--scheduler", self.address, "--port", str(free_pair()), "--tasks", "1") for _ in range(executors)
        ]
        while True:
            try:
                with urllib.request.urlopen(f"http://{self.address}/api/executors") as answer:
                    if len(json.load(answer)) >= executors:
                        return
            except OSError:
                pass
            time.sleep(0.1)

    def memory(self):
        """The largest resident set of the scheduler and of any executor, in MiB."""
        def high(process):
            with open(f"/proc/{process.pid}/status") as status:
                return next(int(line.split()[1]) for line in status if line.startswith("VmHWM")) / 1024
        return high(self.scheduler), max(high(process) for process in self.executors)

    def stop(self):
        for process in [*self.executors, self.scheduler]:
            process.kill()
            process.wait()
