// The page: one thing is done at a time, and can be stopped.

let busy = "";
const asker = new Asker((bytes) => {
  // What is authenticated is read whole before it is open; nobody knows how much that is.
  if (busy === "Opening") showReading(bytes);
});

/** Does one thing, and says how it ended; whatever else is asked for meanwhile is refused. */
async function alone(what, work) {
  if (busy) return say(`${busy}: wait until that is done, or stop it.`);
  busy = what;
  stopped = false;
  byId("stop").hidden = false;
  showProblems([]);
  say(`${what} …`);
  try {
    say((await work()) ?? "");
  } catch (error) {
    say("");
    const text = errorText(error);
    showProblems([{ text: error.code === "stopped" ? `${what}: ${text}.` : `${what} failed: ${text}` }]);
    // What has a fault must not be asked again.
    if (error.code === "fault") begin();
  } finally {
    busy = "";
    byId("stop").hidden = true;
    showProgress(0, 0);
  }
}

/** A new worker. */
function begin() {
  byId("results").replaceChildren();
  asker.start().catch((error) => {
    if (error.code === "stopped") return;
    showProblems([{ text: `This browser cannot run this page: ${errorText(error)}` }]);
  });
}

async function open() {
  const passphrase = byId("passphrase");
  passphrase.removeAttribute("aria-invalid");
  byId("results").replaceChildren();
  if (chosen.parts.length === 0) {
    showProblems([{ text: "Choose the parts of the export first." }]);
    return byId("parts").focus();
  }
  await alone("Opening", async () => {
    const read = async (file) => ({ name: file.name, bytes: new Uint8Array(await file.arrayBuffer()) });
    const small = chosen.keys.filter((file) => file.size <= 1 << 20);
    const keys = await Promise.all(small.map(read));
    const summary = await asker.ask("open", chosen.parts, keys, passphrase.value);
    for (const { bytes } of keys) bytes.fill(0);
    return showSummary(summary, chosen.keys.length - small.length);
  });
}

function showSummary({ keys, key_errors, exports, others }, large) {
  const problems = key_errors.map(({ text }) => ({ text }));
  if (large) problems.push({ text: `${count(large, "file")} left out: too large for a key` });
  if (exports.length === 0) problems.push({ text: "None of the files is a part of an export." });
  showProblems(problems);
  if (key_errors.some(({ code }) => code.startsWith("passphrase"))) {
    byId("passphrase").setAttribute("aria-invalid", "true");
    byId("passphrase").focus();
  }
  const actions = { entry: saveEntry, folder: saveFolder, zip: saveZip };
  const made = exports.map((it, number) => exportElement(number, it, actions));
  if (others.length) {
    const text = `${count(others.length, "file")} left alone, as no part of an export: ${others.slice(0, 5).join(", ")}`;
    made.push(element("p", { className: "quiet" }, others.length > 5 ? `${text} …` : text));
  }
  byId("results").replaceChildren(...made);
  const opened = exports.filter((it) => !it.error);
  if (opened.length) byId(`export-${exports.indexOf(opened[0])}`).focus();
  if (exports.length === 0) return "";
  const files = opened.reduce((sum, it) => sum + it.files, 0);
  const known = keys.length ? ` Keys: ${keys.join("; ")}.` : "";
  if (opened.length === 0) return `Nothing could be opened.${known}`;
  const of = exports.length > 1 ? ` in ${opened.length} of ${exports.length} exports` : "";
  return `Opened: ${count(files, "file")}${of}.${known}`;
}

byId("form").addEventListener("submit", (event) => {
  event.preventDefault();
  open();
});
byId("stop").addEventListener("click", () => {
  stopped = true;
  // While an export is opened the worker hears nothing.
  if (busy === "Opening") begin();
});
listenToFiles();
begin();
