// Saving: what the worker reads goes to a sink, and is finished only when the worker has verified all of it.

/** How many bytes are asked for at once. */
const CHUNK = 1 << 20;

let stopped = false;

/** Copies what `read` begins in the worker to a sink. */
async function copy(sink, read, onBytes) {
  let id;
  try {
    await sink.begin();
    id = await read();
    // The same memory goes to the worker and back each time.
    let room = new Uint8Array(CHUNK);
    for (;;) {
      if (stopped) throw { text: "stopped", code: "stopped" };
      const answer = await asker.next(id, room);
      room = answer.room;
      // No more only if its size and its CRC-32 are right.
      if (answer.count === 0) {
        await sink.finish();
        return answer.state;
      }
      onBytes(answer.count, answer.state);
      await sink.write(room.subarray(0, answer.count));
    }
  } catch (error) {
    await sink.abort();
    if (id !== undefined) asker.ask("end", id).catch(() => {});
    throw error;
  }
}

/** An error as a text: the worker's, or the browser's. */
function errorText(error) {
  return error.text ?? shown(String(error.message ?? error));
}

/** Saves one entry. */
async function saveEntry(number, row, said) {
  await alone(`Saving ${row.name}`, async () => {
    said.className = "said";
    said.textContent = "";
    try {
      const sink = await chosenSink(row.save_as);
      if (!sink) return "Nothing was saved.";
      let done = 0;
      const read = () => asker.ask("read", number, row.entry);
      await copy(sink, read, (bytes) => showProgress((done += bytes), row.size));
      said.className = "said right";
      said.textContent = "saved, size and CRC-32 are right";
      return `${row.name} is saved: size and CRC-32 are right.`;
    } catch (error) {
      said.className = "said wrong";
      said.textContent = `not saved: ${errorText(error)}`;
      throw error;
    }
  });
}

/** Saves all of an export as one archive. */
async function saveZip(number, it) {
  await alone("Saving all as one zip", async () => {
    const sink = await chosenSink(it.save_as);
    if (!sink) return "Nothing was saved.";
    const make = () => asker.ask("whole", number);
    const state = await copy(sink, make, (_, { read }) => showProgress(read, it.size));
    if (state.left_out.length) showProblems([{ text: "Left out:", list: state.left_out }]);
    return `${count(state.files, "file")} saved as one zip: size and CRC-32 of each are right.`;
  });
}

/** Saves all of an export to a folder, each file on its own; what is there already stays. */
async function saveFolder(number, it) {
  await alone("Saving all to a folder", async () => {
    let root;
    try {
      root = await showDirectoryPicker({ id: "smimezip", mode: "readwrite" });
    } catch (error) {
      if (error.name === "AbortError") return "Nothing was saved.";
      throw error;
    }
    const total = { files: 0, done: 0, left_out: [] };
    const some = 500;
    for (let from = 0; ; from += some) {
      const entries = await asker.ask("toSave", number, from, some);
      for (const entry of entries) {
        if (stopped) throw { text: `stopped; ${count(total.files, "file")} saved before`, code: "stopped" };
        await saveTo(root, number, entry, total, it.size);
      }
      if (entries.length < some) break;
    }
    if (total.left_out.length) showProblems([{ text: "Not saved:", list: total.left_out }]);
    return `${count(total.files, "file")} saved to the folder: size and CRC-32 of each are right.`;
  });
}

/** Saves one entry of all below a folder; what cannot be is noted. */
async function saveTo(root, number, entry, total, bytes) {
  const before = total.done;
  try {
    if (entry.problem) throw { text: entry.problem };
    const folders = entry.folder ? entry.path : entry.path.slice(0, -1);
    let folder = root;
    for (const name of folders) folder = await folder.getDirectoryHandle(name, { create: true });
    if (entry.folder) return;
    const name = entry.path.at(-1);
    if (await has(folder, name)) throw { text: "a file of this name is there already" };
    const sink = new FileSink(await folder.getFileHandle(name, { create: true }), () => folder.removeEntry(name));
    const read = () => asker.ask("read", number, entry.entry);
    await copy(sink, read, (more) => showProgress((total.done += more), bytes));
    total.files += 1;
  } catch (error) {
    if (error.code === "stopped" || error.code === "fault") throw error;
    total.left_out.push(`${entry.name}: ${errorText(error)}`);
  }
  total.done = before + entry.size;
}

async function has(folder, name) {
  try {
    await folder.getFileHandle(name);
    return true;
  } catch (error) {
    if (error.name === "NotFoundError") return false;
    throw error;
  }
}
