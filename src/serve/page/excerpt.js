// Asks for parts of the page sooner than links and forms would: everything works without it.
"use strict";

const box = document.querySelector("#q");
const main = document.querySelector("main");
const said = document.querySelector(".said");
const trouble = document.querySelector(".trouble");
const keys = document.querySelector("#keys");
const reading = document.body.classList.contains("reading");

// How long typing must pause, and how long an answer may take before that shows, in milliseconds.
const PAUSE = 120;
const PATIENCE = 200;

/* Results as one types. */

let asking = null; // What is being asked for; an older answer is dropped.
let typing = 0;
let typed = false; // Whether the address already stands for what is being typed.

async function load(address, { quiet = false, top = false } = {}) {
  asking?.abort();
  const own = (asking = new AbortController());
  const slow = setTimeout(() => document.body.classList.add("busy"), PATIENCE);
  try {
    const answer = await fetch(address, { headers: { "X-Part": "answer" }, signal: own.signal });
    const text = await answer.text();
    if (own !== asking) return;
    const part = new DOMParser().parseFromString(text, "text/html").querySelector(".answer");
    if (!part) throw new Error("no answer");
    put(part, quiet);
    trouble.hidden = true;
    if (top) window.scrollTo(0, 0);
  } catch (error) {
    if (own !== asking || error.name === "AbortError") return;
    trouble.textContent = "The server does not answer. Is excerpt serve still running?";
    trouble.hidden = false;
  } finally {
    clearTimeout(slow);
    if (own === asking) document.body.classList.remove("busy");
  }
}

// Puts an answer in the place of the one before; what had the focus keeps it.
function put(part, quiet) {
  const selected = !document.getSelection().isCollapsed && main.contains(document.getSelection().anchorNode);
  if (quiet && (selected || document.activeElement.matches("main input"))) {
    // What is being read or written stays; how fresh it is shows.
    const [old, state] = [main.querySelector(".state"), part.querySelector(".state")];
    if (old && state) old.replaceWith(document.adoptNode(state));
    return;
  }
  const held = main.contains(document.activeElement) ? document.activeElement : null;
  const open = [...main.querySelectorAll("details[open]")].map(nearCopies);
  main.replaceChildren(document.adoptNode(part));
  for (const details of main.querySelectorAll("details")) details.open = open.includes(nearCopies(details));
  const again = held && held.id && document.getElementById(held.id);
  if (again) again.focus({ preventScroll: true });
  else if (held && !quiet) main.querySelector("h1")?.focus({ preventScroll: true });
  document.title = part.dataset.title || "excerpt";
  if (!quiet) said.textContent = part.dataset.said || "";
}

function nearCopies(details) {
  return details.closest(".hit")?.querySelector("a.open")?.id;
}

function address() {
  const given = new URLSearchParams(new FormData(box.form));
  for (const [name, value] of [...given]) if (!value.trim()) given.delete(name);
  const rest = given.toString();
  return rest ? `/?${rest}` : "/";
}

function go(to, how) {
  if (how === "type" && typed) history.replaceState(null, "", to);
  else if (to !== location.pathname + location.search) history.pushState(null, "", to);
  typed = how === "type";
  load(to, { top: how !== "type" });
}

// The box carries the filters of the address along.
function agree() {
  const given = new URLSearchParams(location.search);
  if (document.activeElement !== box || given.get("q") !== box.value) box.value = given.get("q") ?? "";
  box.form.querySelectorAll("input[type=hidden]").forEach((input) => input.remove());
  for (const name of ["in", "format", "lang", "after", "before", "sort"]) {
    if (!given.get(name)) continue;
    const input = document.createElement("input");
    Object.assign(input, { type: "hidden", name, value: given.get(name) });
    box.form.append(input);
  }
}

if (box) {
  box.setSelectionRange(box.value.length, box.value.length);
  box.addEventListener("input", (event) => {
    if (event.isComposing) return;
    clearTimeout(typing);
    typing = setTimeout(() => go(address(), "type"), PAUSE);
  });
  box.addEventListener("compositionend", () => box.dispatchEvent(new Event("input")));
  box.form.addEventListener("submit", (event) => {
    event.preventDefault();
    clearTimeout(typing);
    go(address(), "submit");
  });
  main.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-nav]");
    if (!link || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey || event.button) return;
    event.preventDefault();
    go(link.getAttribute("href"), "link");
    agree();
  });
  main.addEventListener("submit", (event) => {
    if (event.target.matches("form.update")) {
      event.preventDefault();
      update();
    } else if (event.target.matches("form[data-nav]")) {
      event.preventDefault();
      const given = new URLSearchParams(new FormData(event.target));
      for (const [name, value] of [...given]) if (!value.trim()) given.delete(name);
      go(`/?${given}`, "link");
      agree();
    }
  });
  window.addEventListener("popstate", () => {
    typed = false;
    agree();
    load(location.pathname + location.search);
  });
  window.addEventListener("pageshow", () => {
    const last = sessionStorage.getItem("opened");
    sessionStorage.removeItem("opened");
    if (last) document.getElementById(last)?.focus({ preventScroll: false });
  });
}

/* Updates. */

function progress(given) {
  const place = main.querySelector(".progress");
  if (!place) return;
  place.hidden = false;
  const bar = place.querySelector("progress");
  if (given && given.files > 0) {
    bar.max = Math.max(1, given.bytes);
    bar.value = Math.min(given.bytes, given.bytes_done);
    place.querySelector(".how").textContent = `${given.files_done} of ${given.files} files read`;
  } else {
    bar.removeAttribute("value");
    place.querySelector(".how").textContent = "comparing with the files";
  }
}

async function update() {
  const button = main.querySelector("form.update button");
  if (button) button.disabled = true;
  progress(null);
  said.textContent = "Updating";
  try {
    const answer = await fetch("/api/update", { method: "POST" });
    const told = await answer.text();
    const failed = told.match(/^event: failed\ndata: (.*)$/m);
    if (failed) throw new Error(JSON.parse(failed[1]).error.message);
    if (!answer.ok) throw new Error("the server refused");
    said.textContent = "The index is up to date";
  } catch (error) {
    trouble.textContent = `The index could not be updated: ${error.message}`;
    trouble.hidden = false;
  }
  load(location.pathname + location.search, { quiet: true });
}

if (box) {
  let events = null;
  let broken = false; // Also while nobody looks: what was told then was missed.
  const listen = () => {
    if (document.hidden) {
      events?.close();
      events = null;
      broken = true;
      return;
    }
    if (events) return;
    events = new EventSource("/api/events");
    events.addEventListener("open", () => {
      if (!broken) return;
      broken = false;
      trouble.hidden = true;
      load(location.pathname + location.search, { quiet: true });
    });
    events.addEventListener("error", () => {
      broken = true;
      trouble.textContent = "The server does not answer. Is excerpt serve still running?";
      trouble.hidden = false;
    });
    events.addEventListener("progress", (event) => progress(JSON.parse(event.data)));
    events.addEventListener("done", (event) => {
      const done = JSON.parse(event.data);
      const anything = done.added + done.changed + done.removed + done.failed > 0;
      if (anything || main.querySelector(".progress:not([hidden])")) {
        load(location.pathname + location.search, { quiet: true });
      }
    });
    events.addEventListener("failed", (event) => {
      const { error } = JSON.parse(event.data);
      if (error.kind === "no-index") return;
      trouble.textContent = `The index could not be updated: ${error.message}`;
      trouble.hidden = false;
    });
  };
  document.addEventListener("visibilitychange", listen);
  listen();
}

/* The reader. */

const matches = [...document.querySelectorAll(".passage.match")];

function step(by) {
  if (!matches.length) return;
  const held = matches.indexOf(document.activeElement);
  let at = held + by;
  if (held < 0) {
    // From what is on the screen on.
    const asked = matches.findIndex((match) => match.classList.contains("asked"));
    at = asked < 0 ? 0 : asked + by;
  }
  at = (at + matches.length) % matches.length;
  matches[at].focus({ preventScroll: true });
  matches[at].scrollIntoView({ block: "center" });
  document.querySelector(".which").textContent = `${at + 1} of ${matches.length}`;
  said.textContent = `Match ${at + 1} of ${matches.length}`;
}

for (const button of document.querySelectorAll("[data-step]")) {
  button.hidden = false;
  button.addEventListener("click", () => step(Number(button.dataset.step)));
}

/* Keys. */

for (const button of document.querySelectorAll("[data-help]")) {
  button.hidden = false;
  button.addEventListener("click", () => keys.showModal());
}

function back() {
  const up = document.querySelector("a.back");
  const same = document.referrer && new URL(document.referrer).origin === location.origin;
  if (same && history.length > 1) history.back();
  else if (up) location.href = up.href;
}

function move(by) {
  const hits = [...main.querySelectorAll(".hit a.open")];
  if (!hits.length) return;
  const at = hits.indexOf(document.activeElement.closest?.(".hit")?.querySelector("a.open"));
  const next = at < 0 ? (by > 0 ? 0 : hits.length - 1) : at + by;
  if (next < 0 || next >= hits.length) {
    if (next < 0) box.focus();
    return;
  }
  hits[next].focus({ preventScroll: true });
  hits[next].closest(".hit").scrollIntoView({ block: "nearest" });
}

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (keys?.open) return;
  const inBox = event.target === box;
  const inField = event.target.matches?.("input, textarea, select");
  const steps = reading ? step : move;
  const key = event.key;
  if (inField && !inBox) return;
  if (inBox && !["ArrowDown", "Escape"].includes(key)) return;
  if (key === "/" && box) {
    box.focus();
    box.select();
  } else if (key === "/" && reading) {
    location.href = document.querySelector("a.back").href;
  } else if (key === "j" || (key === "ArrowDown" && !reading)) {
    steps(1);
  } else if (key === "k" || (key === "ArrowUp" && !reading)) {
    steps(-1);
  } else if (key === "o") {
    const file = reading
      ? document.querySelector("a.file")?.href
      : document.activeElement.closest?.(".hit")?.querySelector("a.open")?.dataset.file;
    if (!file) return;
    location.href = file;
  } else if (key === "Escape") {
    if (reading) back();
    else if (inBox && box.value) return; // The browser clears the box.
    else box?.focus();
  } else if (key === "?") {
    keys?.showModal();
  } else {
    return;
  }
  event.preventDefault();
});

document.addEventListener("click", (event) => {
  const open = event.target.closest?.(".hit a.open");
  if (open && !event.metaKey && !event.ctrlKey && !event.shiftKey) sessionStorage.setItem("opened", open.id);
});
