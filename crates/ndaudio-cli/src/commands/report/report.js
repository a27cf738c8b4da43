"use strict";
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const byId = (id) => document.getElementById(id);
  const recordings = data.recordings.map((recording, index) => ({ ...recording, index }));

  // Numbers and times.
  const number = (digits) => (value) => {
    if (value === null || value === undefined) return "–";
    if (typeof value === "string") return value.replace("-inf", "−∞").replace("inf", "∞");
    // Nothing is "−0.00".
    return value.toFixed(digits).replace(/^-(?=[0.]*$)/, "").replace("-", "−");
  };
  const grouped = (value) => (value === undefined ? "–" : value.toLocaleString("en"));
  const pad = (value, width = 2) => String(value).padStart(width, "0");
  const length = (seconds) => {
    if (typeof seconds !== "number") return "–";
    const whole = Math.floor(seconds + 0.0005), hours = Math.floor(whole / 3600);
    const minutes = Math.floor(whole / 60) % 60, rest = (Math.max(seconds - whole, 0)).toFixed(3).slice(2);
    const tail = `${pad(whole % 60)}.${rest}`;
    return hours ? `${hours}:${pad(minutes)}:${tail}` : `${minutes}:${tail}`;
  };
  // The wall clock of the recorder, whatever the time zone of whoever looks at this.
  const began = (recording) => {
    if (!recording.began) return null;
    const [, local, fraction = "", zone = ""] = /^([^.Z+]*?\d\d:\d\d:\d\d)(\.\d+)?(Z|[+-]\d\d:\d\d.*)?$/.exec(recording.began) || [];
    const time = local ? Date.parse(`${local}Z`) : NaN;
    return Number.isNaN(time) ? null : { time: time / 1000 + Number(fraction || 0), zone };
  };
  const clockAt = (seconds, digits) => {
    const scaled = Math.round(seconds * 10 ** digits) / 10 ** digits;
    const date = new Date(Math.floor(scaled) * 1000);
    const text = `${pad(date.getUTCHours())}:${pad(date.getUTCMinutes())}:${pad(date.getUTCSeconds())}`;
    return digits ? text + (scaled - Math.floor(scaled)).toFixed(digits).slice(1) : text;
  };
  const rank = (value) => (value === "-inf" ? -Infinity : value === "inf" ? Infinity : value);

  const columns = [
    { name: "File", key: "file", show: (r) => r.file, kind: "file" },
    { name: "Began", key: "began", show: (r) => (r.began ? r.began.replace("T", " ") : "–") },
    { name: "Length", key: "seconds", show: (r) => length(r.seconds), kind: "number" },
    { name: "Hz", key: "sample_rate", show: (r) => grouped(r.sample_rate), kind: "number" },
    { name: "Ch.", key: "channels", show: (r) => grouped(r.channels), kind: "number" },
    { name: "Encoding", key: "encoding", show: (r) => r.encoding ?? "–" },
    { name: "RMS, dBFS", key: "rms", show: (r) => number(2)(r.rms), kind: "number" },
    { name: "Peak, dBFS", key: "peak", show: (r) => number(2)(r.peak), kind: "number" },
    { name: "DC", key: "mean", show: (r) => number(5)(r.mean), kind: "number" },
    { name: "Clipped", key: "clipped", show: (r) => grouped(r.clipped), kind: "number", bad: (r) => r.clipped > 0 },
    { name: "Anomalies", key: "odd", show: (r) => (r.error ? "not readable" : grouped(r.odd)), kind: "number", bad: (r) => r.odd > 0 },
  ];
  for (const recording of recordings) {
    recording.odd = recording.error ? 1 : recording.anomalies.length + (recording.not_numbers > 0 ? 1 : 0);
    recording.text = [recording.file, recording.encoding, recording.began, recording.error, ...(recording.anomalies ?? [])]
      .join("\n").toLowerCase();
  }

  // The table.
  let order = { key: "file", ascending: true }, selected = null;
  const visible = () => {
    const words = byId("search").value.toLowerCase().split(/\s+/).filter(Boolean), odd = byId("odd").checked;
    const kept = recordings.filter((r) => words.every((word) => r.text.includes(word)) && (!odd || r.odd > 0 || r.clipped > 0));
    const sign = order.ascending ? 1 : -1;
    return kept.sort((a, b) => {
      const [x, y] = [rank(a[order.key]), rank(b[order.key])];
      // What is unknown stands last, whichever way round.
      if (x === null || x === undefined) return y === null || y === undefined ? a.index - b.index : 1;
      if (y === null || y === undefined) return -1;
      return sign * (typeof x === "string" ? x.localeCompare(y, "en", { numeric: true }) : x - y) || a.index - b.index;
    });
  };
  const drawTable = () => {
    const rows = visible(), body = document.createDocumentFragment();
    for (const recording of rows) {
      const row = document.createElement("tr");
      row.tabIndex = 0;
      row.dataset.index = recording.index;
      row.classList.toggle("selected", recording === selected);
      for (const column of columns) {
        const cell = row.insertCell();
        cell.textContent = column.show(recording);
        cell.className = `${column.kind ?? ""} ${column.bad?.(recording) ? "bad" : ""}`.trim();
      }
      body.append(row);
    }
    byId("rows").replaceChildren(body);
    byId("shown").textContent = rows.length === recordings.length ? "" : `${grouped(rows.length)} of ${grouped(recordings.length)} shown`;
    for (const head of byId("head").children) {
      const sorted = head.dataset.key === order.key;
      if (sorted) head.setAttribute("aria-sort", order.ascending ? "ascending" : "descending");
      else head.removeAttribute("aria-sort");
    }
  };
  for (const column of columns) {
    const head = document.createElement("th"), button = document.createElement("button");
    head.dataset.key = column.key;
    head.className = column.kind === "number" ? "number" : "";
    button.type = "button";
    button.textContent = column.name;
    button.addEventListener("click", () => {
      order = { key: column.key, ascending: order.key === column.key ? !order.ascending : true };
      drawTable();
    });
    head.append(button);
    byId("head").append(head);
  }
  byId("search").addEventListener("input", drawTable);
  byId("odd").addEventListener("change", drawTable);
  const pick = (event) => {
    const row = event.target.closest("tr");
    if (row) select(recordings[row.dataset.index]);
  };
  byId("rows").addEventListener("click", pick);
  byId("rows").addEventListener("keydown", (event) => {
    if (event.key === "Enter" || event.key === " ") { event.preventDefault(); pick(event); }
  });

  // The pictures of the selected recording.
  const LEFT = 62, RIGHT = 66, BELOW = 34;
  const view = { from: 0, to: 1 };
  let image = null, bytes = null;
  const select = (recording) => {
    selected = recording;
    for (const row of byId("rows").children) row.classList.toggle("selected", Number(row.dataset.index) === recording.index);
    byId("detail").hidden = false;
    byId("name").textContent = recording.file;
    const facts = recording.error ? [recording.error]
      : [recording.container, recording.encoding, `${grouped(recording.sample_rate)} Hz`, `${recording.channels} channel${recording.channels === 1 ? "" : "s"}`,
        length(recording.seconds), recording.began ? `began ${recording.began.replace("T", " ")}` : "start unknown"];
    byId("facts").textContent = facts.join(" · ");
    byId("anomalies").replaceChildren(...(recording.anomalies ?? []).map((text) => {
      const item = document.createElement("li");
      item.textContent = text;
      return item;
    }));
    view.from = 0;
    view.to = typeof recording.seconds === "number" ? recording.seconds : 0;
    bytes = recording.envelope ? Uint8Array.from(atob(recording.envelope), (c) => c.charCodeAt(0)) : null;
    image = null;
    if (recording.spectra) {
      const loading = new Image();
      loading.onload = () => { if (selected === recording) { image = loading; drawPictures(); } };
      loading.src = recording.spectra.image;
    }
    drawPictures();
  };
  const prepare = (canvas) => {
    const scale = window.devicePixelRatio || 1, width = canvas.clientWidth, height = Number(canvas.getAttribute("height-css") ?? canvas.height);
    if (!canvas.hasAttribute("height-css")) canvas.setAttribute("height-css", height);
    canvas.style.height = `${height}px`;
    canvas.width = Math.round(width * scale);
    canvas.height = Math.round(height * scale);
    const context = canvas.getContext("2d");
    context.setTransform(scale, 0, 0, scale, 0, 0);
    context.clearRect(0, 0, width, height);
    context.font = "11px system-ui, 'DejaVu Sans', sans-serif";
    return { context, width: width - LEFT - RIGHT, height };
  };
  const STEPS = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400, 172800, 604800];
  const timeAxis = (context, width, top, height) => {
    const start = began(selected), origin = start ? start.time % 86400 : 0, span = view.to - view.from;
    const step = STEPS.find((candidate) => span / candidate <= Math.max(2, width / 95)) ?? 604800;
    const digits = Math.max(0, Math.ceil(-Math.log10(step) - 1e-9));
    context.fillStyle = "#333";
    context.strokeStyle = "#555";
    context.textAlign = "center";
    for (let k = Math.ceil((origin + view.from) / step - 1e-9); k * step <= origin + view.to + step * 1e-9; k += 1) {
      const seconds = k * step - origin, x = LEFT + (seconds - view.from) / span * width;
      context.fillRect(x, top + height, 1, 4);
      let label;
      if (!start) label = span < 120 && view.to < 600 ? `${(k * step).toFixed(digits)} s` : length(k * step).replace(/\.000$/, "");
      else if (step >= 86400) label = new Date((start.time + seconds) * 1000).toISOString().slice(5, 10);
      else label = clockAt(start.time + seconds, digits).slice(0, step >= 60 ? 5 : undefined);
      context.fillText(label, x, top + height + 16);
    }
    let title = "time from the start";
    if (start) {
      const day = (seconds) => new Date((start.time + seconds) * 1000).toISOString().slice(0, 10);
      const [first, last] = [day(view.from), day(view.to - 0.001)];
      title = `time of day${first === last ? ` on ${first}` : `, ${first} to ${last}`} ${start.zone === "Z" ? "UTC" : start.zone}`;
    }
    context.fillText(title, LEFT + width / 2, top + height + 30);
  };
  const label = (context, text, y) => { context.textAlign = "right"; context.fillText(text, LEFT - 7, y + 4); };
  const upwards = (context, text, x, y) => {
    context.save();
    context.translate(x, y);
    context.rotate(-Math.PI / 2);
    context.textAlign = "center";
    context.fillText(text, 0, 0);
    context.restore();
  };
  const drawEnvelope = () => {
    const { context, width, height } = prepare(byId("envelope"));
    const top = 6, inner = height - top - BELOW, middle = top + inner / 2;
    context.fillStyle = "#333";
    label(context, number(2)(selected.scale), top + 4);
    label(context, "0", middle);
    label(context, number(2)(-selected.scale), top + inner - 4);
    upwards(context, "amplitude", 12, middle);
    const count = bytes ? bytes.length / 3 : 0, total = selected.seconds;
    if (count > 0 && total > 0) {
      const bar = (x, w, low, high, colour) => {
        context.fillStyle = colour;
        const y = middle - high * inner / 2, h = Math.max(1, (high - low) * inner / 2);
        context.fillRect(x, y, w, h);
      };
      // So few frames a column that the wave itself is seen: bars that touch, and no RMS, which would mean nothing.
      const close = selected.frames / count <= 8;
      let before = null;
      for (let pixel = 0; pixel < width; pixel += 1) {
        const at = (x) => (view.from + x / width * (view.to - view.from)) / total * count;
        const first = Math.min(count - 1, Math.floor(at(pixel))), last = Math.max(first, Math.min(count - 1, Math.ceil(at(pixel + 1)) - 1));
        let low = 255, high = 0, power = 0;
        for (let c = first; c <= last; c += 1) {
          low = Math.min(low, bytes[3 * c]);
          high = Math.max(high, bytes[3 * c + 1]);
          power += bytes[3 * c + 2] ** 2;
        }
        const rms = Math.sqrt(power / (last - first + 1)) / 254;
        const [bottom, top] = close && before ? [Math.min(low, before.high), Math.max(high, before.low)] : [low, high];
        bar(LEFT + pixel, 1, (bottom - 128) / 127, (top - 128) / 127, close ? "#2f6db0" : "#9ebfe0");
        if (!close) bar(LEFT + pixel, 1, -rms, rms, "#2f6db0");
        before = { low, high };
      }
    }
    context.strokeStyle = "#555";
    context.strokeRect(LEFT - 0.5, top - 0.5, width + 1, inner + 1);
    if (view.to > view.from) timeAxis(context, width, top, inner);
  };
  const drawSpectra = () => {
    const { context, width, height } = prepare(byId("spectra"));
    const top = 6, inner = height - top - BELOW, spectra = selected.spectra;
    if (!spectra) return;
    if (image) {
      context.imageSmoothingEnabled = false;
      const total = selected.seconds, x = view.from / total * image.width, w = (view.to - view.from) / total * image.width;
      context.drawImage(image, x, 0, Math.max(w, 1e-6), image.height, LEFT, top, width, inner);
    }
    context.fillStyle = "#333";
    const kilo = spectra.nyquist >= 4000 ? 1000 : 1, unit = kilo === 1000 ? "kHz" : "Hz";
    const step = [1, 2, 5, 10, 20, 50, 100, 200, 500].find((candidate) => spectra.nyquist / kilo / candidate <= 7) ?? 500;
    for (let value = 0; value <= spectra.nyquist / kilo; value += step) {
      const y = top + inner * (1 - value * kilo / spectra.nyquist);
      context.fillRect(LEFT - 4, y, 4, 1);
      label(context, String(value), y);
    }
    upwards(context, `frequency, ${unit}`, 12, top + inner / 2);
    const bar = context.createLinearGradient(0, top + inner, 0, top);
    ["#440154", "#3b528b", "#21918c", "#5ec962", "#fde725"].forEach((colour, index) => bar.addColorStop(index / 4, colour));
    context.fillStyle = bar;
    context.fillRect(LEFT + width + 8, top, 10, inner);
    context.fillStyle = "#333";
    context.textAlign = "left";
    context.fillText(number(0)(spectra.high), LEFT + width + 22, top + 9);
    context.fillText(number(0)(spectra.low), LEFT + width + 22, top + inner);
    upwards(context, "dBFS/Hz", LEFT + width + 34, top + inner / 2);
    context.strokeStyle = "#555";
    context.strokeRect(LEFT - 0.5, top - 0.5, width + 1, inner + 1);
    if (view.to > view.from) timeAxis(context, width, top, inner);
  };
  const timeText = (seconds) => {
    const start = began(selected);
    return start ? clockAt(start.time + seconds, 3) : length(seconds);
  };
  const drawPictures = () => {
    if (!selected) return;
    const drawable = !selected.error;
    byId("envelope").hidden = byId("spectra").hidden = !drawable;
    byId("range").textContent = drawable ? `${timeText(view.from)} to ${timeText(view.to)}` : "";
    if (!drawable) return;
    drawEnvelope();
    drawSpectra();
  };

  // Zooming and moving.
  const show = (from, to) => {
    const total = typeof selected?.seconds === "number" ? selected.seconds : 0;
    const shortest = Math.min(total, Math.max(0.002, 8 / (selected?.sample_rate || 8000)));
    const span = Math.min(Math.max(to - from, shortest), total);
    view.from = Math.min(Math.max(0, from), total - span);
    view.to = view.from + span;
    drawPictures();
  };
  const zoom = (factor, around = (view.from + view.to) / 2) => {
    show(around - (around - view.from) / factor, around + (view.to - around) / factor);
  };
  const secondsAt = (canvas, event) => {
    const box = canvas.getBoundingClientRect(), width = box.width - LEFT - RIGHT;
    return view.from + Math.min(Math.max((event.clientX - box.left - LEFT) / width, 0), 1) * (view.to - view.from);
  };
  byId("in").addEventListener("click", () => zoom(2));
  byId("out").addEventListener("click", () => zoom(0.5));
  byId("all").addEventListener("click", () => show(0, Infinity));
  for (const canvas of [byId("envelope"), byId("spectra")]) {
    let drag = null;
    canvas.addEventListener("wheel", (event) => {
      event.preventDefault();
      zoom(Math.exp(-event.deltaY / 400), secondsAt(canvas, event));
    }, { passive: false });
    canvas.addEventListener("pointerdown", (event) => {
      canvas.setPointerCapture(event.pointerId);
      drag = { x: event.clientX, from: view.from, to: view.to };
    });
    canvas.addEventListener("pointermove", (event) => {
      byId("cursor").textContent = `at ${timeText(secondsAt(canvas, event))}`;
      if (!drag) return;
      const width = canvas.clientWidth - LEFT - RIGHT, moved = (drag.x - event.clientX) / width * (drag.to - drag.from);
      show(drag.from + moved, drag.to + moved);
    });
    canvas.addEventListener("pointerup", () => { drag = null; });
    canvas.addEventListener("dblclick", () => show(0, Infinity));
    canvas.addEventListener("keydown", (event) => {
      const step = (view.to - view.from) / 4;
      const actions = { "+": () => zoom(2), "=": () => zoom(2), "-": () => zoom(0.5), "0": () => show(0, Infinity),
        ArrowLeft: () => show(view.from - step, view.to - step), ArrowRight: () => show(view.from + step, view.to + step) };
      if (actions[event.key]) { event.preventDefault(); actions[event.key](); }
    });
  }
  window.addEventListener("resize", drawPictures);

  byId("title").textContent = data.title;
  document.title = `Recordings in ${data.title}`;
  const readable = recordings.filter((recording) => !recording.error);
  const total = readable.reduce((sum, recording) => sum + (typeof recording.seconds === "number" ? recording.seconds : 0), 0);
  byId("summary").textContent = `${grouped(recordings.length)} recording${recordings.length === 1 ? "" : "s"}, ${length(total)} in all, `
    + `${grouped(readable.filter((recording) => recording.clipped > 0).length)} with clipped samples, `
    + `${grouped(recordings.filter((recording) => recording.odd > 0).length)} with anomalies or errors`;
  drawTable();
  if (readable.length > 0) select(visible().find((recording) => !recording.error));
})();
