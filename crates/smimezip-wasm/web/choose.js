// What was chosen or dropped: parts and keys, of which more may come. A file that is dropped anywhere is a key if its
// extension says so, or if it is dropped on the step for keys.

const chosen = { parts: [], keys: [] };

function isKey(name) {
  return /\.(pem|key|der|p12|pfx|p8|pk8|crt|cer)$/i.test(name);
}

/** Adds files; one of the same name and size again is the same. */
function add(kind, files) {
  for (const file of files) {
    const to = kind === "keys" || isKey(file.name) ? chosen.keys : chosen.parts;
    if (!to.some((it) => it.name === file.name && it.size === file.size)) to.push(file);
  }
  showChosen("parts");
  showChosen("keys");
}

function showChosen(kind) {
  const files = chosen[kind];
  const at = byId(`${kind}-chosen`);
  if (files.length === 0) return at.replaceChildren();
  const bytes = files.reduce((sum, file) => sum + file.size, 0);
  const most = 6;
  const names = files.slice(0, most).map((file) => element("li", {}, nameElement(shown(file.name))));
  if (files.length > most) names.push(element("li", {}, `and ${files.length - most} more`));
  const label = kind === "keys" ? "Remove the key" : "Remove the files of the export";
  const remove = element("button", { type: "button", "aria-label": label }, "Remove");
  remove.addEventListener("click", () => {
    files.length = 0;
    showChosen(kind);
    byId(kind).focus();
  });
  const what = `${count(files.length, "file")}, ${size(bytes)}`;
  const list = element("ul", {}, ...names);
  at.replaceChildren(element("div", { className: "chosen" }, element("span", { className: "right" }, what), remove, list));
}

/** All files in what was dropped, those in folders, too. */
async function dropped(transfer) {
  const items = [...transfer.items].filter((item) => item.kind === "file");
  // All of them at once: after the first wait they are gone.
  const given = items.map((item) => ({ entry: item.webkitGetAsEntry?.(), file: item.getAsFile() }));
  const files = [];
  for (const { entry, file } of given) {
    if (entry?.isDirectory) files.push(...(await filesIn(entry)));
    else if (file) files.push(file);
  }
  return files;
}

/** The files in a folder, and in those in it. */
async function filesIn(folder) {
  const reader = folder.createReader();
  const files = [];
  for (;;) {
    const entries = await new Promise((resolve, reject) => reader.readEntries(resolve, reject));
    if (entries.length === 0) return files;
    for (const entry of entries) {
      if (entry.isDirectory) files.push(...(await filesIn(entry)));
      else files.push(await new Promise((resolve, reject) => entry.file(resolve, reject)));
    }
  }
}

function stepAt(event) {
  return event.target instanceof Element ? event.target.closest(".step") : null;
}

/** Listens to what is chosen and dropped. */
function listenToFiles() {
  for (const [id, kind] of [["parts", "parts"], ["folder", "parts"], ["keys", "keys"]]) {
    byId(id).addEventListener("change", ({ target }) => {
      add(kind, target.files);
      // So that the same file can be chosen again.
      target.value = "";
    });
  }
  const mark = (over) => {
    for (const step of document.querySelectorAll(".step")) step.classList.toggle("over", step === over);
  };
  addEventListener("dragover", (event) => {
    event.preventDefault();
    mark(stepAt(event) ?? byId("parts-step"));
  });
  addEventListener("dragleave", (event) => {
    if (!event.relatedTarget) mark(null);
  });
  addEventListener("drop", async (event) => {
    event.preventDefault();
    mark(null);
    const kind = stepAt(event) === byId("keys-step") ? "keys" : "parts";
    try {
      add(kind, await dropped(event.dataTransfer));
    } catch {
      showProblems([{ text: "This browser does not show what is in the folder: choose it, or drop the files in it." }]);
    }
  });
}
