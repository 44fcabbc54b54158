// What a browser gives a page to save to, as its dialogs are no test's to press.

/** Files in the page's memory: what was written is in `window.saved`, what was taken back in `window.aborted`. */
export function streams() {
  window.saved = {};
  window.aborted = [];
  window.removed = [];
  window.bytes = 0;
  const file = (path) => ({
    getFile: async () => ({ size: (window.saved[path] ?? []).length }),
    remove: async () => void window.removed.push(path),
    createWritable: async () => {
      const chunks = [];
      return {
        write: async (some) => {
          window.bytes += some.length;
          // What is large is counted only.
          if (window.bytes < 1 << 21) for (const byte of some) chunks.push(byte);
        },
        close: async () => void (window.saved[path] = chunks),
        abort: async () => void window.aborted.push(path),
      };
    },
  });
  const folder = (path) => ({
    getDirectoryHandle: async (name) => folder(`${path}${name}/`),
    getFileHandle: async (name, { create } = {}) => {
      if (!create && !(path + name in window.saved)) throw new DOMException("not there", "NotFoundError");
      return file(path + name);
    },
    removeEntry: async (name) => void window.removed.push(path + name),
  });
  window.showSaveFilePicker = async ({ suggestedName }) => file(suggestedName);
  window.showDirectoryPicker = async () => folder("");
}

/** None at all, as in browsers that have only downloads. */
export function none() {
  delete window.showSaveFilePicker;
  delete window.showDirectoryPicker;
}

/** The browser's own files and streams, in the folder that it keeps for an origin: a page from a server has one. */
export function own() {
  const root = () => navigator.storage.getDirectory();
  window.showSaveFilePicker = async ({ suggestedName }) => (await root()).getFileHandle(suggestedName, { create: true });
  window.showDirectoryPicker = root;
}

/** The SHA-256 of each file there, by its path. */
export async function ownSums() {
  const found = {};
  const look = async (folder, path) => {
    for await (const [name, it] of folder.entries()) {
      if (it.kind === "directory") await look(it, `${path}${name}/`);
      else {
        const bytes = await (await it.getFile()).arrayBuffer();
        const sum = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
        found[path + name] = [...sum].map((byte) => byte.toString(16).padStart(2, "0")).join("");
      }
    }
  };
  await look(await navigator.storage.getDirectory(), "");
  return found;
}
