#!/usr/bin/env python3
"""Drives `ndaudio report` in a real browser: loads, sorts, searches, zooms, and looks for errors on the console.

    apt-get install chromium chromium-driver
    cargo build -p ndaudio-cli
    python3 crates/ndaudio-cli/tests/report.py target/debug/ndaudio [SCREENSHOT.png] [COUNT]

Speaks WebDriver (https://www.w3.org/TR/webdriver2/) to ChromeDriver with nothing but the standard library. COUNT recordings (default 60) of 2 s
are made here; one has a clipped second, one a damaged header, one is RF64, one is not audio.
"""
import base64, json, math, os, pathlib, random, socket, struct, subprocess, sys, tempfile, time, urllib.request, wave

ELEMENT = "element-6066-11e4-a52e-4f735466cecf"


class Browser:
    def __init__(self, folder):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        self.base = f"http://127.0.0.1:{port}"
        self.driver = subprocess.Popen(["chromedriver", f"--port={port}"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for _ in range(150):
            try:
                self.call("GET", "/status")
                break
            except OSError:
                time.sleep(0.2)
        flags = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
                 "--disable-component-update", "--disable-sync", "--window-size=1280,900", f"--user-data-dir={folder}/profile"]
        wanted = {"browserName": "chrome", "goog:loggingPrefs": {"browser": "ALL"}, "goog:chromeOptions": {"args": flags}}
        answer = self.call("POST", "/session", {"capabilities": {"alwaysMatch": wanted}})
        self.session = "/session/" + answer["sessionId"]

    def call(self, method, path, body=None):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.base + path, data, {"Content-Type": "application/json"}, method=method)
        with urllib.request.urlopen(request, timeout=180) as answer:
            return json.load(answer)["value"]

    def post(self, path, body=None):
        return self.call("POST", self.session + path, body or {})

    def run(self, script, *arguments):
        return self.post("/execute/sync", {"script": script, "args": list(arguments)})

    def find(self, selector):
        return self.post("/element", {"using": "css selector", "value": selector})[ELEMENT]

    def click(self, selector):
        self.post(f"/element/{self.find(selector)}/click")

    def wheel(self, selector, delta):
        origin = {ELEMENT: self.find(selector)}
        scroll = {"type": "scroll", "x": 100, "y": 0, "deltaX": 0, "deltaY": delta, "origin": origin}
        self.post("/actions", {"actions": [{"type": "wheel", "id": "wheel", "actions": [scroll]}]})

    def close(self):
        try:
            self.call("DELETE", self.session)
        finally:
            self.driver.terminate()
            self.driver.wait()


def recordings(folder, count):
    """Hours of a night, each a tone of its own, as loud as its number."""
    random.seed(1)
    for number in range(count):
        name = folder / f"SITE_20230630_{number // 60 % 24:02}{number % 60:02}00{'' if number < 1440 else number}.wav"
        with wave.open(str(name), "wb") as out:
            out.setnchannels(1), out.setsampwidth(2), out.setframerate(8000)
            loud, tone = 300 + 20000 * number / count, 300 + 3000 * number / count
            samples = [int(loud * math.sin(2 * math.pi * tone * i / 8000) + random.gauss(0, 30)) for i in range(16000)]
            if number == 3:
                samples[4000:12000] = [32767] * 8000
            out.writeframes(struct.pack("<16000h", *samples))
        if number == 9:
            # RF64 (EBU Tech 3306), as recorders write it past 4 GiB.
            riff = name.read_bytes()
            sizes = struct.pack("<4sIQQQI", b"ds64", 28, len(riff) + 28, len(riff) - 44, 16000, 0)
            name.write_bytes(b"RF64\xff\xff\xff\xffWAVE" + sizes + riff[12:40] + b"\xff\xff\xff\xff" + riff[44:])
        if number == 5:
            damaged = bytearray(name.read_bytes())
            damaged[40:44] = b"\xff\xff\xff\x7f"
            name.write_bytes(damaged)
    (folder / "not audio.wav").write_text("<script>document.title='broken'</script>")


def main():
    program, screenshot = os.path.abspath(sys.argv[1]), sys.argv[2] if len(sys.argv) > 2 else None
    count = int(sys.argv[3]) if len(sys.argv) > 3 else 60
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        (folder / "night").mkdir()
        recordings(folder / "night", count)
        page = folder / "report.html"
        start = time.monotonic()
        ran = subprocess.run([program, "report", "night", "-o", "report.html"], cwd=folder, stderr=subprocess.PIPE, text=True)
        print(f"report of {count + 1} files: {time.monotonic() - start:.1f} s, {page.stat().st_size / 1e6:.1f} MB")
        assert ran.returncode == 1 and "not audio.wav" in ran.stderr, ran.stderr
        text = page.read_text()
        assert "http://" not in text.replace("http://www.w3.org", "") and "https://" not in text, "the page needs a network"

        browser = Browser(folder)
        try:
            start = time.monotonic()
            browser.post("/url", {"url": page.as_uri()})
            rows = lambda: browser.run("return [...document.querySelectorAll('#rows tr')].map(r => [...r.cells].map(c => c.textContent))")
            table = rows()
            print(f"loaded in {time.monotonic() - start:.1f} s")
            assert len(table) == count + 1, len(table)
            assert browser.run("return document.title").startswith("Recordings in ")

            # Sorting: by RMS, upwards and downwards; what could not be read stands last.
            column = "#head th[data-key=rms] button"
            values = lambda: [float(row[6].replace("−", "-")) for row in rows() if row[6] != "–"]
            browser.click(column)
            assert values() == sorted(values()) and len(set(values())) > count // 2
            browser.click(column)
            assert values() == sorted(values(), reverse=True)
            assert rows()[-1][0].endswith("not audio.wav")

            # Searching and filtering.
            search = browser.find("#search")
            browser.post(f"/element/{search}/value", {"text": "000300"})
            assert [row[0][-10:] for row in rows()] == ["000300.wav"], rows()
            browser.post(f"/element/{search}/clear")
            browser.click("#odd")
            assert {row[0][-10:] for row in rows()} == {"000300.wav", "000500.wav", " audio.wav"}, rows()
            browser.click("#odd")
            assert len(rows()) == count + 1

            # A recording with its pictures, and the time of day that its name says.
            browser.run("document.querySelector('#rows tr[data-index=\"7\"]').click()")
            shown = lambda: browser.run("return document.getElementById('range').textContent")
            first = browser.run("return document.getElementById('name').textContent")
            assert first.endswith(".wav"), first
            whole = shown()
            assert whole.startswith("00:0") and " to 00:0" in whole, whole
            colours = "const c = document.getElementById(arguments[0]); const d = c.getContext('2d').getImageData(70, 20, 400, 90).data;" \
                      "const seen = new Set(); for (let i = 0; i < d.length; i += 4) seen.add(d[i] << 16 | d[i + 1] << 8 | d[i + 2]); return seen.size"
            time.sleep(0.5)
            assert browser.run(colours, "envelope") >= 2 and browser.run(colours, "spectra") >= 5, "the pictures are empty"

            # An RF64 file is one like any other.
            browser.run("document.querySelector('#rows tr[data-index=\"9\"]').click()")
            facts = browser.run("return document.getElementById('facts').textContent")
            assert facts.startswith("RF64/WAVE · 16-bit PCM · 8,000 Hz · 1 channel · 0:02.000"), facts
            assert browser.run("return document.querySelectorAll('#anomalies li').length") == 0
            browser.run("document.querySelector('#rows tr[data-index=\"7\"]').click()")

            # Zooming: by button, by wheel, and back.
            browser.click("#in")
            zoomed = shown()
            assert zoomed != whole
            browser.wheel("#envelope", -300)
            assert shown() not in (whole, zoomed)
            browser.click("#all")
            assert shown() == whole
            browser.click("#in")
            if screenshot:
                pathlib.Path(screenshot).write_bytes(base64.b64decode(browser.call("GET", browser.session + "/screenshot")))
            log = [entry for entry in browser.post("/se/log", {"type": "browser"}) if entry["level"] in ("SEVERE", "WARNING")]
            assert log == [], log
        finally:
            browser.close()
    print("ok")


main()
