// The worker: it has the files and the module, and answers what the page asks, one thing after the other. Nothing
// here knows of the page.

/** Files by their numbers, as the module knows them. */
let files = [];
let opened = null;
/** What is being read or made, by numbers that the page has. */
const under_way = new Map();
let last = 0;
/** How many bytes were read since the last question, and how many of them the page knows of. */
let read = 0;
let told = 0;
const TELL = 16 << 20;

// What the module calls.

function readFile(file, offset, into) {
  try {
    const part = files[file].slice(offset, offset + into.length);
    const bytes = new Uint8Array(new FileReaderSync().readAsArrayBuffer(part));
    into.set(bytes);
    read += bytes.length;
    if (read >= told + TELL) postMessage({ read: (told = read) });
    return bytes.length;
  } catch (error) {
    throw String(error.message);
  }
}

function localTime(year, month, day, hour, minute, second) {
  return new Date(year, month - 1, day, hour, minute, second).getTime() / 1000;
}

/** What the page can ask for. */
const answers = {
  async load(module) {
    await wasm_bindgen({ module_or_path: module });
  },

  open(parts, keys, passphrase) {
    for (const it of under_way.values()) it.free();
    under_way.clear();
    if (opened) opened.free();
    opened = null;
    files = parts;
    const given = new wasm_bindgen.Given();
    for (const file of parts) given.addFile(file.name, file.size);
    for (const { name, bytes } of keys) {
      given.addKey(name, bytes);
      bytes.fill(0);
    }
    opened = given.open(passphrase);
    return JSON.parse(opened.summary());
  },

  rows(number, folder, from, count) {
    return JSON.parse(opened.rows(number, folder, from, count));
  },

  toSave(number, from, count) {
    return JSON.parse(opened.toSave(number, from, count));
  },

  read(number, entry) {
    return begin(opened.read(number, entry));
  },

  whole(number) {
    return begin(opened.whole(number));
  },

  /** The next bytes, in the room of those before. None are left only if all that came before is verified. */
  next(id, room) {
    const it = under_way.get(id);
    const count = it.next(room);
    const state = it.state ? JSON.parse(it.state()) : null;
    if (count === 0) answers.end(id);
    return { room, count, state };
  },

  end(id) {
    under_way.get(id)?.free();
    under_way.delete(id);
  },
};

function begin(it) {
  last += 1;
  under_way.set(last, it);
  return last;
}

/** What is wrong, as a text and the name of its kind. */
function explained(error) {
  // The module throws what it says as JSON.
  if (typeof error === "string") return JSON.parse(error);
  if (error instanceof WebAssembly.RuntimeError) {
    // It has stopped, and must not be asked for anything else.
    const said = wasm_bindgen.lastPanic() || error.message;
    return { text: `this page has a fault, please report it: ${said}`, code: "fault" };
  }
  return { text: String(error.message), code: "script" };
}

onmessage = async ({ data: { id, what, given } }) => {
  read = told = 0;
  try {
    const answer = await answers[what](...given);
    postMessage({ id, answer }, answer?.room ? [answer.room.buffer] : []);
  } catch (error) {
    postMessage({ id, error: explained(error) });
  }
};
