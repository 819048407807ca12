"use strict";

// What a reader's screen shows: the server tells what happened, this page shows it for a while and returns to waiting.

const ANSWER_MS = 4000; // how long an answer stands
const NOTICED_MS = 3000; // how long a card may be read before the page waits again
const SILENT_MS = 5000; // without a word for so long the page says that it is not connected
const ZONE = "Asia/Tokyo";

const body = document.body;
const sections = [...document.querySelectorAll("[data-shows]")];
let idleTimer = 0;

function show(state) {
  clearTimeout(idleTimer);
  body.dataset.state = state;
  for (const section of sections) section.hidden = section.dataset.shows !== state;
}

function answer(state, ja, en) {
  const section = sections.find((each) => each.dataset.shows === state);
  if (!section) return;
  if (ja !== undefined) {
    section.querySelector("[data-ja]").textContent = ja;
    section.querySelector("[data-en]").textContent = en;
    const length = [...ja].length;
    section.querySelector(".said").dataset.length = length <= 8 ? "short" : length <= 12 ? "medium" : "long";
  }
  show(state);
  idleTimer = setTimeout(show, state === "noticed" ? NOTICED_MS : ANSWER_MS, "idle");
  sound(state);
}

// Alarms of the door: the latest stands below whatever else is shown, until it is over.

const alarms = new Map();
const banner = document.getElementById("alarm");

function raise(told) {
  alarms.delete(told.alarm);
  alarms.set(told.alarm, { ...told, until: performance.now() + told.seconds * 1000 });
  showAlarm();
  sound("alarm");
}

function showAlarm() {
  const now = performance.now();
  for (const [name, alarm] of alarms) if (alarm.until <= now) alarms.delete(name);
  const last = [...alarms.values()].pop();
  banner.hidden = !last;
  if (last && banner.querySelector(".alarm-ja").textContent !== last.ja) {
    banner.querySelector(".alarm-ja").textContent = last.ja;
    banner.querySelector(".alarm-en").textContent = last.en;
  }
}

// Sound: a tick when a card is seen, one high tone for yes, two low ones for no. [Hz, ms, pause ms]

const TONES = {
  noticed: [[1760, 45, 0]],
  granted: [[1319, 220, 0]],
  refused: [[311, 180, 90], [311, 260, 0]],
  unrecorded: [[440, 450, 0]],
  retry: [[659, 90, 70], [659, 90, 0]],
  alarm: [[880, 160, 120], [880, 160, 120], [880, 160, 0]],
};
const muted = document.getElementById("muted");
const audio = "AudioContext" in window ? new AudioContext() : null;

function showMuted() {
  muted.hidden = audio !== null && audio.state === "running";
}

function sound(name) {
  if (audio === null || !(name in TONES)) return;
  if (audio.state !== "running") {
    audio.resume().catch(() => {});
    return; // a tone that comes later would say something that is no longer so
  }
  let at = audio.currentTime;
  for (const [hertz, ms, pause] of TONES[name]) {
    const tone = new OscillatorNode(audio, { type: "triangle", frequency: hertz });
    const volume = new GainNode(audio, { gain: 0 });
    const end = at + ms / 1000;
    volume.gain.setValueAtTime(0, at);
    volume.gain.linearRampToValueAtTime(0.6, at + 0.005);
    volume.gain.setValueAtTime(0.6, end - 0.01);
    volume.gain.linearRampToValueAtTime(0, end);
    tone.connect(volume).connect(audio.destination);
    tone.start(at);
    tone.stop(end);
    at = end + pause / 1000;
  }
}

// The clock of the office, whatever zone this browser lives in.

const timeOf = new Intl.DateTimeFormat("ja-JP", { timeZone: ZONE, hour: "numeric", minute: "2-digit", hour12: false });
const dateOf = new Intl.DateTimeFormat("ja-JP-u-ca-japanese", {
  timeZone: ZONE, era: "long", year: "numeric", month: "long", day: "numeric", weekday: "short",
});
const dateEnOf = new Intl.DateTimeFormat("en-GB", { timeZone: ZONE, weekday: "short", day: "numeric", month: "long" });

function write(selector, text) {
  for (const place of document.querySelectorAll(selector)) if (place.textContent !== text) place.textContent = text;
}

function tick() {
  const now = new Date();
  write("[data-clock]", timeOf.format(now).replace(/^24/, "0"));
  write("[data-date]", dateOf.format(now).replace("(", "（").replace(")", "）"));
  write("[data-date-en]", dateEnOf.format(now));
  showAlarm();
  showMuted();
}

// The line to the box: opened again whenever it is silent.

let source = null;
let heardAt = 0;

function open() {
  if (source) source.close();
  heardAt = performance.now();
  source = new EventSource(body.dataset.events);
  source.onopen = () => {
    heardAt = performance.now();
    if (body.dataset.state === "lost") show("idle");
  };
  source.onerror = () => {
    if (body.dataset.state !== "lost") show("lost");
  };
  source.onmessage = (event) => {
    heardAt = performance.now();
    const told = JSON.parse(event.data);
    if (body.dataset.state === "lost") show("idle");
    if (told.show) answer(told.show, told.ja, told.en);
    if (told.alarm) raise(told);
    if (told.calm && alarms.delete(told.calm)) showAlarm();
  };
}

setInterval(() => {
  tick();
  if (performance.now() - heardAt > SILENT_MS) {
    show("lost");
    open();
  }
}, 500);

if (audio !== null) {
  audio.onstatechange = showMuted;
  audio.resume().catch(() => {});
}
tick();
open();
