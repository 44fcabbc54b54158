// What is shown: elements made of texts alone, never of markup, and texts in which nothing can deceive.

/** A text in which what cannot be seen, or changes the order of what is read, is escaped. */
function shown(text) {
  const code = (it) => `\\u{${it.codePointAt(0).toString(16)}}`;
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, code);
}

/** An element with properties and children; texts among them stay texts. */
function element(tag, properties = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name.includes("-") || name === "role") made.setAttribute(name, value);
    else made[name] = value;
  }
  made.append(...children);
  return made;
}

/** A name, in an order of its own whatever is in it. */
function nameElement(text) {
  return element("bdi", { className: "name" }, text);
}

function byId(id) {
  return document.getElementById(id);
}

/** A number of bytes, short. */
function size(bytes) {
  const units = ["B", "KiB", "MiB", "GiB", "TiB"];
  let unit = 0;
  let whole = bytes;
  while (whole >= 1024 && unit + 1 < units.length) {
    whole /= 1024;
    unit += 1;
  }
  const digits = unit === 0 ? 0 : 1;
  // Never more than there is.
  return `${(Math.floor(whole * 10 ** digits) / 10 ** digits).toFixed(digits)} ${units[unit]}`;
}

/** So many things. */
function count(number, thing) {
  return `${number.toLocaleString("en")} ${thing}${number === 1 ? "" : "s"}`;
}

/** Says what goes on, also to who cannot see it. */
function say(text) {
  byId("status").textContent = text;
}

/** Shows what went wrong, each with a list of its own if there is one. */
function showProblems(problems) {
  const paragraphs = problems.map(({ text, list = [] }) => {
    const items = list.slice(0, 100).map((it) => element("li", {}, it));
    if (list.length > items.length) items.push(element("li", {}, `and ${list.length - items.length} more`));
    return element("div", { className: "problem" }, text, ...(items.length ? [element("ul", {}, ...items)] : []));
  });
  byId("problems").replaceChildren(...paragraphs);
}

/** Shows how far it is; nothing without a total. */
function showProgress(done, total) {
  const bar = byId("progress");
  bar.hidden = !total;
  byId("amount").textContent = total ? `${size(done)} of ${size(total)}` : "";
  if (total) bar.value = Math.min(1, done / total);
}

/** Shows that something is read, of which the end is not known. */
function showReading(bytes) {
  byId("progress").hidden = false;
  byId("progress").removeAttribute("value");
  byId("amount").textContent = `${size(bytes)} read`;
}
