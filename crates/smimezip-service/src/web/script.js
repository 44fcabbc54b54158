// What the pages do besides what they do without a script: bars that move, a count of what is selected, and
// several downloads by one click.
"use strict";

// ---- bars

const bars = (id) => document.querySelectorAll(`[data-job="${CSS.escape(id)}"] .progress`);

function move(event) {
  for (const box of bars(event.job)) {
    const bar = box.querySelector("progress");
    if (event.percent === null) bar.removeAttribute("value");
    else bar.value = event.percent;
    bar.setAttribute("aria-valuetext", event.spoken);
    box.title = event.remaining;
    box.querySelector(".done").textContent = event.done;
  }
}

// The server makes the page again; what was selected and where the focus was stays.
async function refresh() {
  const old = document.getElementById("live");
  const answer = await fetch(location.href, { headers: { accept: "text/html" } });
  if (!old || !answer.ok || answer.redirected) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const fresh = page.getElementById("live");
  if (!fresh) return;
  const checked = [...old.querySelectorAll("input:checked")].map((box) => box.id);
  const focused = old.contains(document.activeElement) ? document.activeElement.id : "";
  old.replaceWith(fresh);
  for (const id of checked) {
    const box = id && document.getElementById(id);
    if (box) box.checked = true;
  }
  if (focused) document.getElementById(focused)?.focus();
  const actions = page.querySelector(".title .actions");
  if (actions) document.querySelector(".title .actions")?.replaceWith(actions);
}

let waiting = 0;
function refreshSoon() {
  clearTimeout(waiting);
  waiting = setTimeout(() => refresh().catch(() => {}), 200);
}

function listen() {
  const live = document.getElementById("live");
  if (!live) return;
  const isList = live.tagName === "TBODY";
  const seen = new Map();
  const state = (event) => `${event.status} ${event.cancelling}`;
  const source = new EventSource("/events");
  source.onmessage = (message) => {
    const event = JSON.parse(message.data);
    const shown = document.querySelector(`[data-job="${CSS.escape(event.job)}"]`);
    if (!shown && !isList) return;
    const before = seen.get(event.job) ?? (shown && `${shown.dataset.status} false`);
    seen.set(event.job, state(event));
    if (before !== state(event)) refreshSoon();
    else move(event);
  };
}

// ---- what is selected

function count() {
  const label = document.querySelector(".selected");
  if (!label) return;
  const most = Number(label.dataset.most);
  const boxes = [...document.querySelectorAll("input[name=id][type=checkbox]")];
  const all = document.querySelector("input.all");
  const say = (text, isProblem) => {
    label.textContent = text;
    label.classList.toggle("too-many", isProblem);
  };
  const update = () => {
    const number = boxes.filter((box) => box.checked).length;
    all.checked = number > 0 && number === Math.min(boxes.length, most);
    all.indeterminate = number > 0 && !all.checked;
    say(number ? `${number} of at most ${most} selected.` : `Select up to ${most} files.`, false);
  };
  for (const box of boxes) {
    box.addEventListener("change", () => {
      const isOneTooMany = boxes.filter((other) => other.checked).length > most;
      if (isOneTooMany) box.checked = false;
      update();
      if (isOneTooMany) say(`At most ${most} files can be selected at once.`, true);
    });
  }
  all.hidden = boxes.length === 0;
  all.addEventListener("change", () => {
    boxes.forEach((box, at) => (box.checked = all.checked && at < most));
    update();
    if (all.checked && boxes.length > most) say(`The first ${most} are selected, which is the most.`, true);
  });
  update();
}

// ---- several downloads

function each() {
  const button = document.querySelector("button.each");
  if (!button) return;
  button.hidden = false;
  button.addEventListener("click", async () => {
    for (const link of document.querySelectorAll("a.one")) {
      link.click();
      // Browsers leave out downloads that begin at the same moment.
      await new Promise((done) => setTimeout(done, 400));
    }
  });
}

listen();
count();
each();
