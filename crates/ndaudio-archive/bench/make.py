"""Makes recordings that take no disk: a second of noise, and a hole for the rest.

    python3 bench/make.py FOLDER FILES SECONDS [SAMPLE_RATE CHANNELS]       # 16 bits

Reading a hole costs what reading from the page cache costs. The files lie in site=0 to site=9, ten minutes apart from 2024-05-01 on.
"""

import datetime
import os
import random
import struct
import sys

folder, files, seconds = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
rate, channels = (int(text) for text in sys.argv[4:6]) if len(sys.argv) > 4 else (48_000, 2)
frame = 2 * channels
size = seconds * rate * frame
assert size < 2**32 - 64, "a WAVE file ends at 4 GiB"
header = struct.pack("<4sI4s4sIHHIIHH4sI", b"RIFF", 36 + size, b"WAVE", b"fmt ", 16, 1, channels, rate, rate * frame, frame, 16, b"data", size)
noise = random.Random(1).randbytes(min(size, rate * frame))
begin = datetime.datetime(2024, 5, 1)
for number in range(files):
    place = f"{folder}/site={number % 10}"
    os.makedirs(place, exist_ok=True)
    name = (begin + datetime.timedelta(minutes=10 * number)).strftime("%Y%m%d_%H%M%S")
    with open(f"{place}/{name}.wav", "wb") as file:
        file.write(header + (noise if seconds > 1 or files < 1000 else noise[:64]))
        file.truncate(44 + size)
