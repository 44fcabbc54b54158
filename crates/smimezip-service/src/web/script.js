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

// What of the old has to be replaced by what of the fresh: of a list only the rows that changed, if they are
// the same rows.
function changes(old, fresh) {
  if (old.innerHTML === fresh.innerHTML) return [];
  const pairs = [...old.children].map((row, at) => [row, fresh.children[at]]);
  const isSame = ([row, other]) => other && row.dataset.job && row.dataset.job === other.dataset.job;
  if (old.children.length !== fresh.children.length || !pairs.every(isSame)) return [[old, fresh]];
  return pairs.filter(([row, other]) => row.outerHTML !== other.outerHTML);
}

// The server makes the page again; what was selected and where the focus was stays.
async function refresh() {
  const answer = await fetch(location.href, { headers: { accept: "text/html" } });
  if (!answer.ok || answer.redirected) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const [old, fresh] = [document.getElementById("live"), page.getElementById("live")];
  if (!old || !fresh) return;
  const checked = [...old.querySelectorAll("input:checked")].map((box) => box.id);
  const focused = old.contains(document.activeElement) ? document.activeElement.id : "";
  for (const [before, after] of changes(old, fresh)) before.replaceWith(after);
  for (const id of checked) {
    const box = id && document.getElementById(id);
    if (box) box.checked = true;
  }
  if (focused && document.activeElement.id !== focused) document.getElementById(focused)?.focus();
  const [shown, actions] = [document, page].map((it) => it.querySelector(".title .actions"));
  if (shown && actions && shown.innerHTML !== actions.innerHTML) shown.replaceWith(actions);
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
  let source = null;
  // A browser has six connections to a server. A page that nobody sees must not keep one: neither that of
  // another tab, nor one that was left and is kept for the way back.
  const close = () => {
    source?.close();
    source = null;
  };
  const open = () => {
    if (source || document.hidden) return;
    source = new EventSource("/events");
    // What changed before the server listened for this page: now, and when it has looked once more.
    source.onopen = () => {
      const runs = () => document.querySelector("[data-status=waiting], [data-status=in_progress]");
      for (const delay of [0, 2500]) setTimeout(() => source && runs() && refreshSoon(), delay);
    };
    source.onmessage = (message) => {
      const event = JSON.parse(message.data);
      const shown = document.querySelector(`[data-job="${CSS.escape(event.job)}"]`);
      if (!shown && !isList) return;
      const before = seen.get(event.job) ?? (shown && `${shown.dataset.status} false`);
      seen.set(event.job, state(event));
      if (before !== state(event)) refreshSoon();
      else move(event);
    };
  };
  document.addEventListener("visibilitychange", () => (document.hidden ? close() : open()));
  addEventListener("pagehide", close);
  addEventListener("pageshow", open);
  open();
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
