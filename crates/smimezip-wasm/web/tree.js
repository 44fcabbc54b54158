// What is in an export, as folders that open and rows with a button. Rows are asked for when somebody looks at them,
// so many at a time.

const ROWS = 200;

/** What the core's word for it means. */
const INTEGRITY = {
  authenticated: "Authenticated: each part is as it was sealed.",
  checksummed: "Checksummed: damage is found, a change that somebody made on purpose is not.",
};

/** One export with all that is said of it. */
function exportElement(number, it, actions) {
  const title = element("h2", { id: `export-${number}`, tabIndex: -1 }, nameElement(it.name));
  const made = element("section", { className: "export", "aria-labelledby": title.id }, title);
  const notes = it.notes.map((note) => element("p", { className: "quiet" }, note));
  if (it.error) {
    made.append(...notes, element("div", { className: "problem" }, it.error.text));
    return made;
  }
  const parts = it.missing.length ? `${it.parts} of ${count(it.parts + it.missing.length, "part")}` : count(it.parts, "part");
  const facts = [count(it.files, "file"), size(it.size), parts];
  made.append(element("p", {}, facts.join(" · ")), element("p", { className: "quiet" }, INTEGRITY[it.integrity]), ...notes);
  if (it.missing.length) {
    const names = it.missing.slice(0, 50).map((name) => element("li", {}, nameElement(name)));
    if (it.missing.length > names.length) names.push(element("li", {}, `and ${it.missing.length - names.length} more`));
    made.append(element("div", { className: "problem" }, "Missing parts:", element("ul", {}, ...names)));
  }
  if (it.unreadable) {
    const text = `${it.unreadable} of ${count(it.files, "file")} cannot be read; the reason is beside each.`;
    made.append(element("p", { className: "wrong" }, text));
  }
  const button = (text, action) => {
    const button = element("button", { type: "button" }, text);
    button.addEventListener("click", () => action(number, it));
    return button;
  };
  const buttons = element("div", { className: "buttons" });
  if (window.showDirectoryPicker) buttons.append(button("Save all to a folder", actions.folder));
  buttons.append(button("Save all as one zip", actions.zip));
  const list = element("ul", { className: "tree", "aria-label": "Files and folders" });
  made.append(buttons, list);
  fill(list, number, 0, 0, actions);
  return made;
}

/** Adds the rows of a folder to a list, from one on. */
async function fill(list, number, folder, from, actions) {
  const { rows, total } = await asker.ask("rows", number, folder, from, ROWS);
  list.append(...rows.map((row) => element("li", {}, rowElement(row, number, actions))));
  const done = from + rows.length;
  if (total === 0) list.append(element("li", { className: "row quiet" }, "nothing"));
  if (done >= total) return;
  const more = element("button", { type: "button" }, `Show ${Math.min(ROWS, total - done)} more of ${total}`);
  const item = element("li", { className: "row" }, more);
  more.addEventListener("click", async () => {
    // A second click would add the same rows.
    more.disabled = true;
    try {
      await fill(list, number, folder, done, actions);
    } finally {
      more.disabled = false;
    }
    const next = item.nextElementSibling?.querySelector("summary, button");
    item.remove();
    next?.focus();
  });
  list.append(item);
}

function rowElement(row, number, actions) {
  return row.folder === undefined ? fileElement(row, number, actions) : folderElement(row, number, actions);
}

function folderElement(row, number, actions) {
  const list = element("ul");
  const facts = `${count(row.files, "file")}, ${size(row.size)}`;
  const summary = element("summary", {}, nameElement(row.name), element("span", { className: "size" }, facts));
  if (row.unreadable) {
    summary.append(element("span", { className: "wrong" }, `${row.unreadable} cannot be read`));
  }
  const made = element("details", {}, summary, list);
  made.addEventListener("toggle", () => fill(list, number, row.folder, 0, actions), { once: true });
  return made;
}

function fileElement(row, number, actions) {
  const said = element("span", { className: "said" });
  const made = element("div", { className: "row" }, nameElement(row.name));
  made.append(element("span", { className: "size" }, size(row.size)));
  if (row.problem) {
    said.className = "said wrong";
    said.textContent = row.problem;
  } else {
    const button = element("button", { type: "button", "aria-label": `Save ${row.name}` }, "Save");
    button.addEventListener("click", () => actions.entry(number, row, said));
    made.append(button);
    if (row.note) said.textContent = `${row.note}; it is saved as ${shown(row.save_as)}`;
  }
  made.append(said);
  return made;
}
